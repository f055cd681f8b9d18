"""Welsh: every template that has to has a twin, every fixed phrase its Welsh, and only who wants it is spoken to so."""

import ast
import calendar
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta

import bot
from bot import words
from bot.language import phrase, phrases, speaking
from bot.render import PLAIN, part
from bot.slack import answers
from bot.slack.answers import as_message
from catalogue.model import Language
from tests.bot.test_blocks import fits
from tests.fakes.answering import QUESTIONS, Answering

BOT = Path(bot.__file__).parent
TEMPLATES = BOT / "templates"
COMPLETE = ("answers",)
"""Folders all of whose templates have a twin. It only grows."""
ALSO = ("slack/answers.jinja", "slack/following.jinja")
MORE_IN_WELSH = {"answers/foot.jinja": ["answer.shown"]}
"""What only a twin chooses by: the foot says that entries stay in English."""
TWINS = sorted(
    [str(path.relative_to(TEMPLATES)) for folder in COMPLETE for path in (TEMPLATES / folder).glob("*.jinja")] + [*ALSO]
)
MODULES = (BOT / "words.py", BOT / "slack" / "answers.py", BOT / "slack" / "blocks.py", BOT / "slack" / "following.py")


def names_in(source: str) -> set[str]:
    """The values that a template is given."""
    return meta.find_undeclared_variables(PLAIN.parse(source))


def attributes_in(source: str) -> set[str]:
    """What a template reads of those values, such as `.dataset` and `.title`."""
    return set(re.findall(r"\.(?!jinja)([a-z_]+)\b", " ".join(re.findall(r"\{[{%](.*?)[}%]\}", source))))


def choices_in(source: str) -> list[str]:
    """What a template chooses by and goes through, in any order."""
    found = re.findall(r"\{%-? (?:el)?(?:if|for) (.*?) %\}", source.replace(" | phrase", ""))
    return sorted(choice.replace('"cy/', '"') for choice in found)


def blocks_in(source: str) -> list[str]:
    return re.findall(r"\{% block (\w+) %\}", source)


def called_with(module: Path) -> set[str]:
    """Texts that a module hands to `phrase` and to `button`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("phrase", "button") and node.args:
            found |= _texts(node.args[0])
    return found


def _texts(node: ast.AST) -> set[str]:
    """Texts that an expression can come to: not what it compares, and no keys."""
    match node:
        case ast.Constant(value=str(text)):
            return {text} if text else set()
        case ast.IfExp():
            return _texts(node.body) | _texts(node.orelse)
        case ast.Call(func=ast.Attribute(value=owner), args=[*_, last]):
            return _texts(owner) | _texts(last)
        case ast.Dict():
            return {text for value in node.values for text in _texts(value)}
        case _:
            return set()


def texts_of(table: Any) -> set[str]:
    """Texts in a table of words, however deep."""
    if isinstance(table, str):
        return {table}
    if isinstance(table, dict):
        table = table.values()
    return {text for value in table for text in texts_of(value)} if not isinstance(table, int) else set()


def fixed() -> set[str]:
    """Every phrase that stands in Python and has to have Welsh."""
    tables = [
        table for name, table in vars(words).items() if name.isupper() and name[0] != "_" and not isinstance(table, int)
    ]
    months = set(calendar.month_name[1:])
    return months.union(*map(texts_of, tables), texts_of(answers.STEPS), *map(called_with, MODULES))


@pytest.mark.parametrize("name", TWINS)
def test_a_template_has_a_twin_in_welsh_of_the_same_blocks_and_the_same_values(name: str) -> None:
    english, welsh = (path.read_text(encoding="utf-8") for path in (TEMPLATES / name, TEMPLATES / "cy" / name))
    assert blocks_in(welsh) == blocks_in(english)
    assert names_in(welsh) == names_in(english)
    assert attributes_in(welsh) == attributes_in(english)
    assert choices_in(welsh) == sorted(choices_in(english) + MORE_IN_WELSH.get(name, []))
    assert english != welsh or name == "answers/request.jinja"


def test_no_twin_is_without_its_template() -> None:
    twins = {str(path.relative_to(TEMPLATES / "cy")) for path in (TEMPLATES / "cy").rglob("*.jinja")}
    assert twins == set(TWINS)


def test_a_twin_includes_only_twins() -> None:
    for path in (TEMPLATES / "cy").rglob("*.jinja"):
        included = re.findall(r'include "([^"]+)"', path.read_text(encoding="utf-8"))
        assert all(name.startswith("cy/") for name in included)


def test_every_fixed_phrase_has_its_welsh() -> None:
    assert sorted(fixed() - phrases().keys()) == []
    assert len(fixed()) > 100


def test_a_phrase_in_welsh_puts_in_what_the_english_puts_in() -> None:
    for english, welsh in phrases().items():
        assert sorted(re.findall(r"\{(\w+)\}", welsh)) == sorted(re.findall(r"\{(\w+)\}", english))
        assert welsh.strip()


def test_english_is_spoken_unless_something_else_is_asked_for() -> None:
    assert phrase("Follow") == "Follow"
    with speaking(Language.WELSH):
        assert phrase("Follow") == "Dilyn"
        with speaking(None):
            assert phrase("Follow") == "Follow"
        assert phrase("Nobody has translated this") == "Nobody has translated this"
    assert phrase("Follow") == "Follow"


def test_dates_and_lists_are_written_in_welsh() -> None:
    with speaking(Language.WELSH):
        assert words.day("2026-03-31") == "31 Mawrth 2026"
        assert words.on("2026-03") == "ym mis Mawrth 2026"
        assert words.listed(["Cymru", "Lloegr"]) == "Cymru a Lloegr"
        assert words.listed(["Cymru", "Iwerddon"]) == "Cymru ac Iwerddon"


def test_a_template_without_a_twin_speaks_english_throughout() -> None:
    with speaking(Language.WELSH):
        shown = part(PLAIN, "stewards/edit.jinja", "nothing")
        assert shown == "Nothing was changed."
        assert phrase("Follow") == "Dilyn"


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_given_in_welsh(answering: Answering, question: str) -> None:
    answer = answering.answer(question)
    english = as_message(answer, answering.vocabulary)
    with speaking(Language.WELSH):
        welsh = as_message(answer, answering.vocabulary)
    fits(welsh)
    assert welsh.text != english.text
    assert "None" not in welsh.text and "\n\n\n" not in welsh.text
    for left in ("Held by", "Source:", "Not provided", "Which one", "updated", "I cannot", "organisation that is not"):
        assert left not in re.sub("“[^”]*”", "", welsh.text)
