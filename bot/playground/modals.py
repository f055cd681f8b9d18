"""The modals and Home tabs that people have open: stacks of at most three views, and one Home view a person."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import count
from threading import RLock

from bot.playground.model import Json, SlackError, View
from bot.playground.transcript import with_ids

STACK = 3


class Views:
    """Views of one workspace. Safe from any thread; `touch(kind, user)` is told of each change."""

    def __init__(self, lock: RLock, touch: Callable[[str, str], object]) -> None:
        self._lock = lock
        self._touch = touch
        self._numbers = count(1)
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self.errors: dict[str, dict[str, str]] = {}
        """What the last submission of each person was refused for: block_id to sentence."""

    def stack(self, user: str) -> list[View]:
        """The open modals of a person, the one in front last."""
        return list(self._stacks.get(user, []))

    def front(self, user: str) -> View | None:
        """The modal that a person sees, or None."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """The Home tab published for a person, or None."""
        return self._homes.get(user)

    def find(self, *, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """The open view or Home tab with this id or external id, or None."""
        everything = [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())
        for view in everything:
            if view.id == view_id or (external_id and view.payload.get("external_id") == external_id):
                return view
        return None

    def open(self, user: str, payload: Json) -> View:
        """Show a first modal; any that were open are gone."""
        with self._lock:
            view = self._new(user, payload)
            self._put(user, [view])
            return view

    def push(self, user: str, payload: Json) -> View:
        """Put a modal in front of the open one; raises SlackError push_limit_reached, or not_found without one."""
        with self._lock:
            stack = self.stack(user)
            if not stack:
                raise SlackError("not_found")
            if len(stack) >= STACK:
                raise SlackError("push_limit_reached")
            view = self._new(user, payload, under=stack[-1])
            self._put(user, [*stack, view])
            return view

    def update(self, view: View, payload: Json) -> View:
        """Show other content in an open view; what was typed stays where block_id and action_id stay the same."""
        with self._lock:
            changed = replace(view, payload=self._copy(payload), hash=self._hash())
            changed = replace(changed, values=kept_values(view, changed))
            if self._homes.get(view.user, view).id == view.id and view.payload.get("type") == "home":
                self._homes[view.user] = changed
                self._touch("home", view.user)
            else:
                self._put(view.user, [changed if other.id == view.id else other for other in self.stack(view.user)])
            return changed

    def publish(self, user: str, payload: Json) -> View:
        """Show a Home tab to a person; its id stays the same from then on."""
        with self._lock:
            present = self._homes.get(user)
            if present is not None:
                return self.update(present, payload)
            self._homes[user] = view = self._new(user, payload)
            self._touch("home", user)
            return view

    def type_in(self, view: View, values: Json) -> View:
        """Remember what a person has typed into an open view, without telling the app."""
        with self._lock:
            typed = replace(view, values=values)
            if view.payload["type"] == "home":
                self._homes[view.user] = typed
                return typed
            stack = [typed if other.id == view.id else other for other in self.stack(view.user)]
            self._stacks[view.user] = stack
            return typed

    def refuse(self, user: str, errors: dict[str, str]) -> None:
        """Show why a submission was refused, next to its fields."""
        with self._lock:
            self.errors[user] = errors
            self._touch("view", user)

    def close(self, user: str, *, whole: bool = False) -> None:
        """Close the modal in front, or all of them."""
        with self._lock:
            self._put(user, [] if whole else self.stack(user)[:-1])

    def _put(self, user: str, stack: list[View]) -> None:
        self._stacks[user] = stack
        self.errors.pop(user, None)
        self._touch("view", user)

    def _hash(self) -> str:
        return f"{next(self._numbers)}.hash"

    def _new(self, user: str, payload: Json, under: View | None = None) -> View:
        view_id = f"V{next(self._numbers):08d}"
        root = under.root_view_id if under else view_id
        return View(view_id, user, self._hash(), self._copy(payload), root, under.id if under else None)

    def _copy(self, payload: Json) -> Json:
        own = deepcopy(payload)
        with_ids(own["blocks"], lambda: next(self._numbers))
        return own


def kept_values(before: View, after: View) -> Json:
    """What was typed into `before`, for the inputs that `after` has under the same block_id and action_id."""
    present = {
        (block.get("block_id"), block.get("element", {}).get("action_id"))
        for block in after.blocks
        if block.get("type") == "input"
    }
    kept: Json = {}
    for block_id, fields in before.values.items():
        same = {action_id: value for action_id, value in fields.items() if (block_id, action_id) in present}
        if same:
            kept[block_id] = same
    return kept
