"""What people do with what the app shows them: commands, buttons, selects, shortcuts, modals.

`Actions` is the half of `events.Sender` that speaks interactivity; use Sender.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground import block_kit, forms, interactions
from bot.playground import manifest as manifests
from bot.playground.deliveries import Delivery
from bot.playground.manifest import NotOffered
from bot.playground.modals import STACK
from bot.playground.model import Blocks, Channel, Json, Message, SlackError, User, View
from bot.playground.payloads import message_json, view_json
from bot.playground.post_office import PostOffice
from bot.playground.response_urls import check, show
from bot.playground.workspace import SLACKBOT, Workspace

TROUBLE = "We had some trouble connecting. Try again?"


class Actions:
    """Interactivity and slash commands, from the people of a workspace to the app."""

    def __init__(self, office: PostOffice, workspace: Workspace, manifest: Mapping[str, Any]) -> None:
        self.office, self.workspace, self.manifest = office, workspace, manifest
        self.redeliver, self.replay = office.redeliver, office.replay
        self.redeliver_failed = office.redeliver_failed
        self._suggested: dict[tuple[str, str], Blocks] = {}

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything sent so far, oldest first."""
        return self.office.deliveries

    def command(self, user: str | User, channel: str | Channel, command: str, text: str = "") -> Delivery:
        """A person gives a slash command; what the app answers at once is shown to them, or to all if it says so."""
        if command not in manifests.commands(self.manifest):
            raise NotOffered(f"the manifest has no command {command}")
        person, place = self.workspace.user(user), self.workspace.channel(channel)
        fields = {
            "token": interactions.VERIFICATION_TOKEN,
            "team_id": self.workspace.team_id,
            "team_domain": self.workspace.domain,
            "channel_id": place.id,
            "channel_name": interactions.channel_name(place),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self.workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": interactions.response_url(self.workspace, place.id, person, None),
            "trigger_id": self.workspace.tickets.trigger(person.id),
        }
        delivery = self.office.send_command(fields)
        self._show_answer(delivery, command, person, place)
        return delivery

    def click(
        self,
        user: str | User,
        thing: Message | View,
        action_id: str,
        value: str | None = None,
        block_id: str | None = None,
        values: Mapping[Any, Any] | None = None,
    ) -> Delivery:
        """A person presses a button of a message or view; `values`: what they had typed into the view (see submit)."""
        block, element = interactions.found(thing, action_id, value=value, block_id=block_id)
        return self._act(user, self._typed(thing, values), block, element, {})

    def select(
        self,
        user: str | User,
        thing: Message | View,
        action_id: str,
        choice: Any,
        block_id: str | None = None,
        values: Mapping[Any, Any] | None = None,
    ) -> Delivery:
        """A person makes a choice: an option by its value (a list for a multi-select), a user id, a date, a text."""
        block, element = interactions.found(thing, action_id, block_id=block_id)
        known = self._suggested.get((self.workspace.user(user).id, action_id))
        picked = forms.chosen(element, choice, known)
        thing = self._typed(thing, values)
        if isinstance(thing, View) and thing.payload["type"] == "modal":
            whole = forms.state(thing.blocks, thing.values)
            whole[block["block_id"]][action_id] = picked
            thing = self.workspace.views.type_in(thing, whole)
        return self._act(user, thing, block, element, picked)

    def suggest(self, user: str | User, action_id: str, value: str, thing: Message | View | None = None) -> Blocks:
        """A person types into an external select (by default of their open modal); returns the options shown.

        Nothing is asked, and nothing returned, for fewer characters than the element's min_query_length (3).
        """
        self._needs_interactivity()
        person = self.workspace.user(user)
        where = thing or self.workspace.views.front(person.id) or self.workspace.views.home(person.id)
        if where is None:
            raise LookupError("no view is open")
        block, element = interactions.found(where, action_id)
        if len(value) < element.get("min_query_length", 3):
            return []
        payload = interactions.base(self.workspace, "block_suggestion", person)
        payload |= interactions.place(self.workspace, where, person)
        payload |= {"action_id": action_id, "block_id": block["block_id"], "value": value}
        options = self._options(self.office.send_interaction(payload))
        self._suggested[(person.id, action_id)] = options
        return options

    def submit(
        self, user: str | User, values: Mapping[Any, Any] | None = None, *, view: View | None = None
    ) -> Delivery:
        """A person submits the modal in front (or `view`), having put `values` in: action_id or block_id to choice.

        Raises forms.IncompleteForm where Slack would not send it. What the app answers (errors, update, push,
        clear, or nothing to close) happens to the person's modals.
        """
        self._needs_interactivity()
        person = self.workspace.user(user)
        shown = view or self.workspace.views.front(person.id)
        if shown is None:
            raise LookupError("no modal is open")
        whole = forms.filled_in(shown, values or {}, self._known(person))
        shown = self.workspace.views.type_in(shown, whole)
        forms.complete(shown, whole)
        payload = interactions.base(self.workspace, "view_submission", person)
        payload |= {
            "trigger_id": self.workspace.tickets.trigger(person.id),
            "view": view_json(self.workspace, shown),
            "response_urls": [],
        }
        delivery = self.office.send_interaction(payload)
        with self.workspace.lock:
            self._apply(delivery, shown)
        return delivery

    def close_view(self, user: str | User, *, whole: bool = False) -> Delivery | None:
        """A person closes the modal in front, or the whole stack; the app is told if the view asked for that."""
        person = self.workspace.user(user)
        view = self.workspace.views.front(person.id)
        if view is None:
            raise LookupError("no modal is open")
        whole = whole or bool(view.payload.get("clear_on_close"))
        self.workspace.views.close(person.id, whole=whole)
        if not view.payload.get("notify_on_close"):
            return None
        payload = interactions.base(self.workspace, "view_closed", person)
        return self.office.send_interaction(payload | {"view": view_json(self.workspace, view), "is_cleared": whole})

    def global_shortcut(self, user: str | User, callback_id: str) -> Delivery:
        """A person chooses a shortcut from the lightning menu."""
        payload = self._shortcut(user, "shortcut", "global", callback_id)
        return self.office.send_interaction(payload)

    def message_shortcut(self, user: str | User, message: Message, callback_id: str) -> Delivery:
        """A person chooses a shortcut from the menu of a message."""
        person, channel = self.workspace.user(user), self.workspace.channel(message.channel)
        payload = self._shortcut(user, "message_action", "message", callback_id) | {
            "message_ts": message.ts,
            "channel": {"id": channel.id, "name": interactions.channel_name(channel)},
            "message": message_json(self.workspace, message),
            "response_url": interactions.response_url(self.workspace, channel.id, person, message),
        }
        return self.office.send_interaction(payload)

    def _shortcut(self, user: str | User, kind: str, offered_as: str, callback_id: str) -> Json:
        self._needs_interactivity()
        if callback_id not in manifests.shortcuts(self.manifest, offered_as):
            raise NotOffered(f"the manifest has no {offered_as} shortcut {callback_id}")
        person = self.workspace.user(user)
        return interactions.base(self.workspace, kind, person) | {
            "callback_id": callback_id,
            "trigger_id": self.workspace.tickets.trigger(person.id),
            "action_ts": self.workspace.next_ts(),
        }

    def _act(self, user: str | User, thing: Message | View, block: Json, element: Json, choice: Json) -> Delivery:
        self._needs_interactivity()
        person = self.workspace.user(user)
        return self.office.send_interaction(interactions.acted(self.workspace, person, thing, block, element, choice))

    def _needs_interactivity(self) -> None:
        if not manifests.interactive(self.manifest):
            raise NotOffered("the manifest does not turn interactivity on")

    def _typed(self, thing: Message | View, values: Mapping[Any, Any] | None) -> Message | View:
        if isinstance(thing, Message) or values is None:
            return thing
        whole = forms.filled_in(thing, values, self._known(self.workspace.user(thing.user)))
        return self.workspace.views.type_in(thing, whole)

    def _known(self, person: User) -> dict[str, Blocks]:
        return {action_id: options for (user, action_id), options in self._suggested.items() if user == person.id}

    def _options(self, delivery: Delivery) -> Blocks:
        answer = delivery.json if delivery.ok and isinstance(delivery.json, dict) else {}
        groups = answer.get("option_groups", [])
        options: Blocks = answer.get("options", []) + [each for group in groups for each in group["options"]]
        faults = [fault for each in options for fault in block_kit.option_faults(each)]
        if len(options) > 100 or faults:
            self.workspace.violation("block_suggestion", "; ".join(faults) or f"{len(options)} options")
            return []
        return options

    def _show_answer(self, delivery: Delivery, command: str, person: User, place: Channel) -> None:
        if not delivery.ok:
            why = "operation_timeout" if delivery.error == "http_timeout" else "dispatch_failed"
            text = f"{command} failed with the error \u201c{why}\u201d"
            self.workspace.post(place, text, user=SLACKBOT, ephemeral_to=person.id)
            return
        body = delivery.json if isinstance(delivery.json, dict) else {"text": delivery.text}
        if not body.get("text") and not body.get("blocks"):
            return
        try:
            check(self.workspace, body)
            show(self.workspace, place.id, person.id, body)
        except SlackError as error:
            self.workspace.violation(command, f"the answer was refused: {error.code}")

    def _apply(self, delivery: Delivery, view: View) -> None:
        views, answer = self.workspace.views, delivery.json if isinstance(delivery.json, dict) else {}
        kind = answer.get("response_action")
        if not delivery.ok or (delivery.response_body and not answer):
            views.refuse(view.user, {"": TROUBLE})
        elif kind == "errors":
            self._show_errors(view, answer.get("errors", {}))
        elif kind in ("update", "push"):
            self._show_view(view, kind, answer.get("view", {}))
        elif kind == "clear":
            views.close(view.user, whole=True)
        elif kind is not None:
            self.workspace.violation("view_submission", f"unknown response_action {kind}")
        elif (front := views.front(view.user)) is not None and front.id == view.id:
            views.close(view.user)

    def _show_errors(self, view: View, errors: Mapping[str, str]) -> None:
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        unknown = sorted(errors.keys() - inputs)
        if unknown or not errors:
            self.workspace.violation("view_submission", f"errors for what is not an input: {', '.join(unknown)}")
            self.workspace.views.refuse(view.user, {"": TROUBLE})
        else:
            self.workspace.views.refuse(view.user, dict(errors))

    def _show_view(self, view: View, kind: str, payload: Json) -> None:
        faults = block_kit.faults(payload, "modal")
        if kind == "push" and len(self.workspace.views.stack(view.user)) >= STACK:
            faults.append("push_limit_reached")
        if faults:
            self.workspace.violation("view_submission", "; ".join(faults))
            self.workspace.views.refuse(view.user, {"": TROUBLE})
        elif kind == "update":
            self.workspace.views.update(view, payload)
        else:
            self.workspace.views.push(view.user, payload)
