"""Draws a screen as HTML: the whole page once, and its parts again whenever something has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.playground import forms, screen
from bot.playground.elements import listed
from bot.playground.mrkdwn import EMOJI, plain, to_html
from bot.playground.wire import Crossing

TEMPLATES = Path(__file__).parent.parent / "templates" / "playground"
PARTS = ("viewer", "people", "places", "head", "main", "thread", "modal")


@pass_context
def mrkdwn(context: Context, text: str) -> Markup:
    """mrkdwn as HTML, with the names that the screen knows."""
    return Markup(to_html(text, context["screen"].names))  # noqa: S704  to_html escapes all it is given


def spoken(count: int, one: str) -> str:
    """A count with its noun: 1 reply, 2 replies."""
    if count == 1:
        return f"1 {one}"
    return f"{count} {one[:-1]}ies" if one.endswith("y") else f"{count} {one}s"


def held(element: dict[str, Any], values: dict[str, Any]) -> Any:
    """What an element holds: the value typed so far, or its initial one; options by their values."""
    state = values.get(str(element.get("action_id"))) or forms.initial(element)
    value = next((value for key, value in state.items() if key != "type"), None)
    if isinstance(value, list):
        return [each["value"] if isinstance(each, dict) else each for each in value]
    return value["value"] if isinstance(value, dict) else value


def environment() -> Environment:
    """The templates, with everything escaped. Keys that a block leaves out count as empty."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "mrkdwn": mrkdwn,
        "plain": plain,
        "clock_time": screen.clock_time,
        "moment": lambda ts: screen.moment(ts).isoformat(timespec="seconds"),
        "initials": screen.initials,
        "hue": screen.hue,
        "spoken": spoken,
        "json": lambda thing: json.dumps(thing, ensure_ascii=False, indent=1),
    }
    env.globals |= {"held": held, "listed": listed, "EMOJI": EMOJI, "HOME": screen.HOME}
    return env


class Drawing:
    """Draws screens with one set of templates."""

    def __init__(self, *, title: str, questions: list[str]) -> None:
        self._env = environment()
        self._env.globals |= {"title": title, "questions": questions}

    def page(self, shown: screen.Screen, version: int, *, framed: bool = False) -> str:
        """The whole page; `framed` when it stands beside others."""
        return self.whole("page", screen=shown, version=version, parts=self.parts(shown), framed=framed)

    def whole(self, name: str, **values: Any) -> str:
        """Another page of ours."""
        return self._env.get_template(f"{name}.html.jinja").render(**values)

    def rows(self, crossings: list[Crossing]) -> str:
        """Rows of the wire, newest first."""
        template: Any = self._env.get_template("crossings.html.jinja").module
        return str(template.rows(crossings))

    def parts(self, shown: screen.Screen) -> dict[str, Markup]:
        """The parts that change, by name."""
        drawn = {name: self._env.get_template(f"{name}.html.jinja").render(screen=shown) for name in PARTS}
        return {name: Markup(html.strip()) for name, html in drawn.items()}  # noqa: S704  our templates escape
