"""A call's arguments: read from a form, a query or a JSON body, then made into the types that the method asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Request

from bot.playground.methods import Method
from bot.playground.model import Json

TS = re.compile(r"\d{10}\.\d{6}")


class BadArgument(ValueError):
    """What a call brought is not what the method takes; says what it must be."""


def read(request: Request) -> tuple[str, Json]:
    """The token ("" when there is none) and the arguments as they came; a body that is not JSON raises ValueError."""
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip()
    args: Json = dict(request.args.items())
    if request.mimetype == "application/json":
        body = json.loads(request.get_data() or b"{}")
        if not isinstance(body, dict):
            raise BadArgument("the body must be a JSON object")
        args |= body
    else:
        args |= dict(request.form.items())
    return args.pop("token", "") or token, args


def as_string(value: Any) -> str:
    """A string; numbers are not."""
    if not isinstance(value, str):
        raise BadArgument("must be a string")
    return value


def as_ts(value: Any) -> str:
    """A message timestamp, as a string of ten digits, a point and six more."""
    if not isinstance(value, str) or not TS.fullmatch(value):
        raise BadArgument("must be a timestamp such as 1700000000.000100, as a string")
    return value


def as_boolean(value: Any) -> bool:
    """A boolean, or what a form writes for one."""
    known = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}
    if not isinstance(value, (bool, str, int)) or value not in known:
        raise BadArgument("must be a boolean")
    return known[value]


def as_integer(value: Any) -> int:
    """A whole number, or what a form writes for one."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)):
        raise BadArgument("must be a whole number")
    return int(value)


def as_json(value: Any) -> Any:
    """What the JSON in a form's string stands for; from a JSON body the thing itself."""
    return json.loads(value) if isinstance(value, str) else value


def as_object(value: Any) -> Json:
    """A JSON object."""
    thing = as_json(value)
    if not isinstance(thing, dict):
        raise BadArgument("must be an object")
    return thing


def as_list(value: Any) -> list[Any]:
    """A JSON list."""
    thing = as_json(value)
    if not isinstance(thing, list):
        raise BadArgument("must be a list")
    return thing


def as_ids(value: Any) -> list[str]:
    """Ids, separated by commas or as a JSON list of strings."""
    things = value.split(",") if isinstance(value, str) and not value.startswith("[") else as_list(value)
    if not all(isinstance(thing, str) for thing in things):
        raise BadArgument("must be a list of ids")
    return [thing.strip() for thing in things]


TYPES: Mapping[str, Callable[[Any], Any]] = {
    "string": as_string,
    "ts": as_ts,
    "boolean": as_boolean,
    "integer": as_integer,
    "object": as_object,
    "list": as_list,
    "blocks": as_list,
    "ids": as_ids,
}


def checked(method: Method, args: Mapping[str, Any]) -> tuple[Json, list[str]]:
    """The arguments in their types, and a sentence for each that is unknown, missing or of the wrong type."""
    found: list[str] = [f"missing argument {name}" for name in method.compulsory if args.get(name) in (None, "")]
    typed: Json = {}
    for name, value in args.items():
        if name == "team_id":  # Bolt's client adds it to every call
            continue
        if name not in method.arguments:
            found.append(f"unknown argument {name}")
            continue
        try:
            typed[name] = TYPES[method.arguments[name]](value)
        except ValueError as error:
            found.append(f"argument {name}: {error}")
    return typed, found
