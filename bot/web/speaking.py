"""The language of a page: the one its address names (`?lang=cy`), else the one the reader's browser asks for."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, render_template, request

from bot.language import each_phrase, phrase, sentence, speak, spoken
from catalogue.model import Language


def register(app: Flask) -> None:
    """Have each page spoken in its reader's language."""
    app.before_request(_choose)
    app.after_request(_vary)
    app.jinja_env.globals.update(elsewhere=elsewhere)
    app.jinja_env.filters.update(phrase=phrase, sentence=sentence, each_phrase=each_phrase)


def page(name: str, **values: Any) -> str:
    """A page of `templates/web`, or its twin in Welsh."""
    return render_template(f"cy/web/{name}" if spoken() is Language.WELSH else f"web/{name}", **values)


def elsewhere() -> str:
    """The address of this page in the other language."""
    other = Language.ENGLISH if spoken() is Language.WELSH else Language.WELSH
    return f"?{urlencode({**request.args, 'lang': str(other)})}"


def _choose() -> None:
    named = request.args.get("lang")
    asked = named if named in tuple(Language) else request.accept_languages.best_match(list(Language))
    speak(Language(asked) if asked else None)


def _vary(response: Response) -> Response:
    response.vary.add("Accept-Language")
    return response
