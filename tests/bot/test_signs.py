"""Nothing is told by a picture or a colour alone: not in a template, in its Welsh, in a table of words, in a block."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import bot
import catalogue
from bot.language import speaking
from bot.slack.answers import as_message
from catalogue.model import Language
from tests.fakes.answering import QUESTIONS, Answering
from tests.journeys import plainly

BOT = Path(bot.__file__).parent
TEMPLATES = sorted(BOT.glob("templates/**/*.jinja"))
TABLES = sorted([*BOT.glob("templates/cy/*.toml"), *Path(catalogue.__file__).parent.glob("data/**/*.toml")])
MODULES = sorted([*BOT.glob("*.py"), *BOT.glob("slack/*.py"), *BOT.glob("web/*.py")])
EVERY = [*TEMPLATES, *TABLES, *MODULES]
LEFT_TO_READ = {"lead", "note"}
"""Classes of the web pages: how a text looks, not what it says."""

PICTURE = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"  # arrows, shapes, dingbats, emoji
    r"|(?<![\w:/{\"'-]):[a-z][a-z0-9_+-]+:(?![\w:])"  # :white_check_mark:
)


def named(path: Path) -> str:
    return str(path.relative_to(BOT.parent))


@pytest.mark.parametrize("path", [path for path in EVERY if "playground" not in path.parts], ids=named)
def test_no_file_of_words_has_a_picture_or_the_name_of_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.walk(ast.parse(text))
        text = "\n".join(node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str))
    assert PICTURE.findall(text) == []


@pytest.mark.parametrize("path", sorted(BOT.glob("templates/**/web/*.jinja")), ids=named)
def test_a_web_page_marks_nothing_by_how_it_looks(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert set(re.findall(r'class="([^"{]*)"', source)) <= LEFT_TO_READ
    assert not re.search(r"\bstyle=|<font|<img|bgcolor", source)
    for noted in re.findall(r'class="note">(.*?)</', source):
        assert re.search("[a-z]{2}", noted)


def test_the_pages_have_no_class_for_a_state() -> None:
    sheet = (BOT / "static" / "web.css").read_text(encoding="utf-8")
    assert set(re.findall(r"\.([a-z][\w-]*)\s*[{,:]", sheet)) <= LEFT_TO_READ


@pytest.mark.parametrize("language", list(Language))
def test_every_button_of_every_answer_is_told_from_the_others_by_its_words(
    answering: Answering, language: Language
) -> None:
    for question in QUESTIONS:
        with speaking(language):
            blocks = as_message(answering.answer(question), answering.vocabulary).blocks
        assert list(plainly.alike(blocks)) == [], question


def a_button(text: str, deed: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": deed, "value": "x", **more}


def test_buttons_that_only_a_colour_tells_apart_are_found() -> None:
    red, green = a_button("Go", "request.decline", style="danger"), a_button("Go", "request.approve", style="primary")
    assert len(list(plainly.alike([{"type": "actions", "elements": [red, green]}]))) == 1
    told = a_button("Go", "request.approve", accessibility_label="Go: SR-0001")
    assert list(plainly.alike([{"type": "actions", "elements": [red, told]}])) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_words_in_an_expression_begin_or_end_with_a_space_which_would_be_lost(path: Path) -> None:
    assert re.findall(r"""\{\{ ?["'](?: [^"']*| *[^"']* )["'] if [^}]*\}\}""", path.read_text(encoding="utf-8")) == []
