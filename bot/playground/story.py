"""A story played in the workspace: people who speak, press and fill in forms, step by step, through the Sender.

The steps are data. Things are found as a person finds them: a button by its label, a field by its name, in what is in
front of that person. A step that cannot be done, or after which its person does not see what the story says they see,
raises StoryEnded with a sentence. Read next: `events`, through which it all goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.events import Sender
from bot.playground.forms import IncompleteForm
from bot.playground.manifest import NotOffered, shortcuts
from bot.playground.model import Channel, Json, Message, User, View
from bot.playground.mrkdwn import wire
from bot.playground.transcript import elements_of, texts

HOME = "home"
PATIENCE = 15.0  # seconds


class StoryEnded(Exception):
    """The story cannot go on; says why."""


@dataclass(frozen=True)
class Step:
    """What one person does. `tell` is for who watches.

    `where`: a channel's name, "home", or "" for direct messages with the bot. At most one of the rest is done: `says`
    a text there (a command when it begins with a slash), `presses` a button (by what stands on it or what a screen
    reader says), chooses a `shortcut` (of the newest message there when Slack offers it for messages), `fills` in the
    open form and sends it, `sends` a file (its `name` and `content`), or `closes` all that is open. With none of them
    they look there. `sees` is what must then be before them, or one of several. A step with `when` is left out unless
    those words are before them already.
    """

    who: str
    tell: str
    where: str = ""
    says: str = ""
    presses: str = ""
    shortcut: str = ""
    fills: Mapping[str, Any] | None = None
    sends: Mapping[str, str] = field(default_factory=dict)
    closes: bool = False
    sees: str | list[str] = ""
    when: str = ""


@dataclass
class Story:
    """A story that is being played: its steps, and how many are done."""

    title: str
    steps: tuple[Step, ...]
    done: int = 0
    patience: float = PATIENCE
    failure: str = ""
    thread: str = ""
    """The thread in which the last step was answered; empty when it was not in one."""
    last: Step | None = None
    """The step that was done last."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Story:
        """A story as it is written down: `title` and a list `step`. TypeError for a key that no step has."""
        return cls(str(document["title"]), tuple(Step(**step) for step in document["step"]))

    @property
    def people(self) -> list[str]:
        """The names of who is in it, in the order in which they come on."""
        return list(dict.fromkeys(step.who for step in self.steps))

    def again(self) -> None:
        """Back to the beginning; what was said stays said."""
        self.done, self.failure, self.last = 0, "", None

    def next(self, sender: Sender) -> Step | None:
        """Do the next step; None when there is none left. Raises StoryEnded."""
        self._pass_over(sender)
        if self.done >= len(self.steps):
            return None
        step = self.steps[self.done]
        try:
            self.thread = Actor(sender, step, self.patience).act()
        except StoryEnded as ended:
            self.failure = f"{step.who}: {ended}"
            raise
        self.done, self.failure, self.last = self.done + 1, "", step
        self._pass_over(sender)
        return step

    def _pass_over(self, sender: Sender) -> None:
        """Leave out the steps that wait for what is not there."""
        while self.done < len(self.steps) and (step := self.steps[self.done]).when:
            if Actor(sender, step, self.patience).applies():
                break
            self.done += 1


class Actor:
    """One person at one step."""

    def __init__(self, sender: Sender, step: Step, patience: float) -> None:
        self.sender, self.step, self.workspace = sender, step, sender.workspace
        self.until = time.monotonic() + patience
        self.user = self._user(step.who)
        self.place = self._place(step.where)
        self.begun = self.workspace.next_ts()
        self.wanted = [step.sees] if isinstance(step.sees, str) else step.sees

    def applies(self) -> bool:
        """Whether what the step waits for is before them."""
        return not self.step.when or any(self.step.when in text for thing in self._things() for text in words_of(thing))

    def act(self) -> str:
        """Do it, and wait for what is to be seen; returns the thread it is in, if it is in one."""
        step = self.step
        try:
            if step.says:
                self._say(step.says)
            elif step.presses:
                self._press(step.presses)
            elif step.shortcut:
                self._shortcut(step.shortcut)
            elif step.fills is not None:
                self._fill_in(step.fills)
            elif step.sends:
                content = step.sends["content"].strip() + "\n"
                self.sender.share(self.user, self.place, step.sends["name"], content.encode())
            elif step.closes:
                self._close()
            elif step.where == HOME:
                self.sender.open_home(self.user)
        except (NotOffered, LookupError) as error:
            raise StoryEnded(f"cannot do that: {error}") from error
        if not step.sees:
            return ""
        seen = self._awaits(self._seen, f"does not see “{'” or “'.join(self.wanted)}”")
        return seen.root if isinstance(seen, Message) and seen.is_reply else ""

    def _user(self, name: str) -> User:
        for user in self.workspace.users.values():
            if user.name == name:
                return user
        raise StoryEnded(f"there is nobody called {name}")

    def _place(self, name: str) -> Channel:
        if name in ("", HOME):
            return self.workspace.open_im(self.user)
        for channel in self.workspace.channels.values():
            if channel.name == name:
                return channel
        raise StoryEnded(f"there is no channel {name}")

    def _say(self, text: str) -> None:
        if text.startswith("/"):
            name, _, rest = text.partition(" ")
            self.sender.command(self.user, self.place, name, rest)
            return
        names = {user.name: user.id for user in self.workspace.users.values()}
        self.sender.say(self.user, self.place, wire(text, names))

    def _press(self, label: str) -> None:
        found = self._awaits(lambda: self._button(label), f"sees no button “{label}”")
        thing, block_id, action_id = found
        self.sender.click(self.user, thing, action_id, block_id=block_id)

    def _button(self, label: str) -> tuple[Message | View, str, str] | None:
        for thing in self._things():
            for block in thing.blocks:
                for element in elements_of(block):
                    names = (element.get("text", {}).get("text"), element.get("accessibility_label"))
                    if element["type"] == "button" and label in names:
                        return thing, block["block_id"], element["action_id"]
        return None

    def _shortcut(self, name: str) -> None:
        for kind in ("global", "message"):
            for callback_id, offered in shortcuts(self.sender.manifest, kind).items():
                if offered == name and kind == "global":
                    self.sender.global_shortcut(self.user, callback_id)
                elif offered == name:
                    shown = self.workspace.messages(self.place, viewer=self.user)
                    mine = [message for message in shown if not message.bot_id]
                    self.sender.message_shortcut(self.user, mine[-1], callback_id)
                else:
                    continue
                return
        raise StoryEnded(f"there is no shortcut “{name}”")

    def _close(self) -> None:
        if self.workspace.views.front(self.user.id):
            self.sender.close_view(self.user, whole=True)

    def _fill_in(self, fields: Mapping[str, Any]) -> None:
        view = self._awaits(lambda: self.workspace.views.front(self.user.id), "sees no form")
        values = {}
        for label, choice in fields.items():
            block = next((each for each in view.blocks if each.get("label", {}).get("text") == label), None)
            if block is None:
                raise StoryEnded(f"finds no field “{label}” in the form")
            values[(block["block_id"], block["element"]["action_id"])] = self._choice(block, choice, view)
        try:
            self.sender.submit(self.user, values, view=view)
        except IncompleteForm as incomplete:
            raise StoryEnded(f"cannot send the form: {incomplete}") from incomplete
        errors = self.workspace.views.errors.get(self.user.id)
        if errors:
            raise StoryEnded("the form is refused: " + "; ".join(errors.values()))

    def _choice(self, block: Json, choice: Any, view: View) -> Any:
        """What to put into a field: for a list, the options whose words were given."""
        element = block["element"]
        wanted = choice if isinstance(choice, list) else [choice]
        if element["type"].endswith("external_select"):
            offered = [each for word in wanted for each in self.sender.suggest(self.user, element["action_id"], word)]
        else:
            groups = element.get("option_groups", [])
            offered = element.get("options", []) + [each for group in groups for each in group["options"]]
        if not offered and not element["type"].endswith("external_select"):
            return choice
        chosen = [self._offered(offered, word) for word in wanted]
        return chosen if isinstance(choice, list) else chosen[0]

    def _offered(self, offered: Iterable[Json], words: str) -> Json:
        for option in offered:
            if option["text"]["text"].startswith(words):
                return option
        raise StoryEnded(f"is not offered “{words}”")

    def _things(self) -> list[Message | View]:
        """What is before them, the nearest first: the open form alone, else the Home tab, or the newest messages."""
        modal = self.workspace.views.front(self.user.id)
        if modal is not None:
            return [modal]
        if self.step.where == HOME:
            home = self.workspace.views.home(self.user.id)
            return [home] if home else []
        return list(reversed(self.workspace.messages(self.place, viewer=self.user)))

    def _seen(self) -> Message | View | None:
        """What is before them and has the words; a message must be new, or changed since the step began."""
        for thing in self._things():
            is_old = isinstance(thing, Message) and max(thing.ts, thing.edited or "") <= self.begun
            if is_old and self._does_something():
                continue
            if any(wanted in text for wanted in self.wanted for text in words_of(thing)):
                return thing
        return None

    def _does_something(self) -> bool:
        step = self.step
        return bool(step.says or step.presses or step.shortcut or step.sends or step.fills is not None)

    def _awaits(self, what: Callable[[], Any], otherwise: str) -> Any:
        found = self.workspace.woken(lambda _workspace: what(), max(self.until - time.monotonic(), 0.0))
        if not found:
            raise StoryEnded(otherwise)
        return found


def words_of(thing: Message | View) -> list[str]:
    """Every text of a message or a view."""
    title = thing.payload.get("title", {}).get("text", "") if isinstance(thing, View) else thing.text
    return [title, *texts(thing.blocks)]
