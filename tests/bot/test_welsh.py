"""Welsh: every template that has to has a twin, every fixed phrase its Welsh, and only who wants it is spoken to so."""

import ast
import calendar
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta

import bot
import catalogue
from bot import field_words, words
from bot.language import Spoken, phrase, phrases, sentence, speaking
from bot.render import PLAIN
from bot.slack import answers, blocks, request_buttons
from bot.slack.answers import as_message
from catalogue.errors import NotAllowed, NotFound
from catalogue.model import Language
from catalogue.requests import questions
from catalogue.requests.model import Option
from tests.bot.test_blocks import fits
from tests.fakes.answering import QUESTIONS, Answering

BOT = Path(bot.__file__).parent
TEMPLATES = BOT / "templates"
MORE_IN_WELSH = {"answers/foot.jinja": ["answer.shown"]}
"""What only a twin chooses by: the foot says that entries stay in English."""
TRIALS = "playground"
"""The stand-in for Slack's own window, which no person of a workspace sees."""
TEMPLATE_NAMES = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.rglob("*.jinja")
    if path.relative_to(TEMPLATES).parts[0] not in ("cy", TRIALS)
)
SPEAKING = sorted(
    {*BOT.glob("slack/*.py"), *BOT.glob("web/*.py"), BOT / "words.py", BOT / "field_words.py"}
    - {BOT / "web" / "health.py"}
)
"""Modules in which words for people stand."""
SAME = frozenset({"answers/request.jinja"})


def names_in(source: str) -> set[str]:
    """The values that a template is given."""
    return meta.find_undeclared_variables(PLAIN.parse(source)) - FLASKS


FLASKS = frozenset({"url_for", "elsewhere"})


def attributes_in(source: str) -> set[str]:
    """What a template reads of those values, such as `.dataset` and `.title`."""
    return set(re.findall(r"\.(?!jinja)([a-z_]+)\b", " ".join(re.findall(r"\{[{%](.*?)[}%]\}", source))))


def choices_in(source: str) -> list[str]:
    """What a template chooses by and goes through, in any order."""
    found = re.findall(r"\{%-? (?:el)?(?:if|for) (.*?) %\}", source.replace(" | phrase", "").replace(" | sentence", ""))
    return sorted(choice.replace('"cy/', '"') for choice in found)


def blocks_in(source: str) -> list[str]:
    return re.findall(r"\{% block (\w+) %\}", source)


def prose_in(module: Path) -> set[str]:
    """Every text in a module that reads like words for a person: no docstring, log, key, SQL or address."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    silent = {id(each) for node in ast.walk(tree) for each in _silent(node)}
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    }
    return {text for text in texts if READS.search(text) and not NO_WORDS.search(text)}


READS = re.compile(r"^[A-Z][a-z]|^“|[a-z]{2} [a-z“{]")
NO_WORDS = re.compile(
    r"^(SELECT|INSERT|UPDATE|DELETE)\b|^[A-Z][A-Za-z]+(-[A-Z][A-Za-z]+)+$|^(Bearer |Authorization$|http)|[a-z]-src "
    r"|^text/|ratelimited|mention_name"
)


def _silent(node: ast.AST) -> list[ast.AST]:
    """What is never said to a person: docstrings, notes beneath constants, what is logged, and annotations."""
    match node:
        case ast.Expr(value=ast.Constant() as text):
            return [text]
        case ast.Call() if ast.unparse(node.func).startswith(("log.", "re.compile", "assert", "TypeVar")):
            return list(ast.walk(node))
        case _:
            return []


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
    steps = texts_of(answers.STEPS) | {label for label, _action in (*request_buttons.DECIDING, *request_buttons.ASIDE)}
    found = set(calendar.month_name[1:]).union(steps, *map(texts_of, tables), *map(prose_in, SPEAKING))
    return found.union(*(set(table.english.values()) for table in spoken_tables())) - QUESTIONS_PUT


def spoken_tables() -> list[Spoken[Any]]:
    """Every table of words in the modules that speak."""
    modules = [import_module(".".join(path.relative_to(BOT.parent).with_suffix("").parts)) for path in SPEAKING]
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, Spoken)]
    return tables + [table for table in field_words.CHOICES.values() if isinstance(table, Spoken)]


QUESTIONS_PUT = frozenset(
    {
        *("Does ", "Who holds ", "What does ", " hold on ", "my requests", "my queue", "questions in ", "Questions"),
        *("What data does ", "What are the conditions for using ", "What is ", "Who do I ask about "),
    }
)
"""Pieces of questions that a form or a word stands for, and of a key: questions are read in English."""


SAID_BY = [
    *(Path(catalogue.__file__).parent / "requests").glob("*.py"),
    *[
        Path(catalogue.__file__).parent / f"{name}.py"
        for name in (
            *(
                "checks",
                "datasets",
                "editing",
                "fields",
                "follows",
                "history",
                "proposals",
                "rights",
                "roles",
                "rows",
                "terms",
            ),
            *("uploads", "wanted", "errors"),
        )
    ],
]
"""Modules of the catalogue that refuse and find fault in sentences which somebody in Slack reads."""
OPERATORS = re.compile(
    r"questions\.toml|^X1 X1$|^X1: X1$|^X1: X1\.$|^is |^uses |^names |cannot be read|This cannot be done to it"
)
"""What only whoever runs the bot reads, on the command line; and TooLate, which a template says."""


def sentences_in(module: Path) -> set[str]:
    """Sentences that a module raises or returns, with X1 for whatever is put in."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise | ast.Return) or (isinstance(node, ast.Call) and "super()" in ast.unparse(node)):
            parts = {id(part) for each in ast.walk(node) if isinstance(each, ast.JoinedStr) for part in ast.walk(each)}
            for each in ast.walk(node):
                if isinstance(each, ast.JoinedStr):
                    found.add("".join(part.value if isinstance(part, ast.Constant) else "X1" for part in each.values))
                elif isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in parts:
                    found.add(each.value)
    ends = {text for text in found if re.search(r"[a-z] [a-z“{X]", text) and re.search(r"[.:/]$|data$", text)}
    return {text for text in ends if not OPERATORS.search(text)}


def of_the_form() -> set[str]:
    """Every text of the questions that a request is asked."""
    book = questions.shipped()
    asked = [each for part in book.sections for each in part.questions]
    options = {option.label for option in options_of_the_form()}
    titles = {part.title for part in book.sections} | {flag.say for flag in book.flags} | {book.declaration}
    return {text for each in asked for text in (each.text, each.hint) if text} | options | titles


def _table(name: str) -> dict[str, str]:
    return dict(tomllib.loads((TEMPLATES / "cy" / "phrases.toml").read_text(encoding="utf-8"))[name])


TITLES, BUTTONS = _table("titles"), _table("buttons")


def options_of_the_form() -> list[Option]:
    return [option for part in questions.shipped().sections for each in part.questions for option in each.options]


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_template_has_a_twin_in_welsh_of_the_same_blocks_and_the_same_values(name: str) -> None:
    english, welsh = (path.read_text(encoding="utf-8") for path in (TEMPLATES / name, TEMPLATES / "cy" / name))
    assert blocks_in(welsh) == blocks_in(english)
    assert names_in(welsh) == names_in(english)
    assert attributes_in(welsh) == attributes_in(english)
    assert choices_in(welsh) == sorted(choices_in(english) + MORE_IN_WELSH.get(name, []))
    assert english != welsh or name in SAME


def test_no_twin_is_without_its_template() -> None:
    twins = {str(path.relative_to(TEMPLATES / "cy")) for path in (TEMPLATES / "cy").rglob("*.jinja")}
    assert twins == set(TEMPLATE_NAMES)


def test_a_twin_includes_only_twins() -> None:
    for path in (TEMPLATES / "cy").rglob("*.jinja"):
        included = re.findall(r'include "([^"]+)"', path.read_text(encoding="utf-8"))
        assert all(name.startswith("cy/") for name in included)


def test_every_fixed_phrase_has_its_welsh() -> None:
    assert sorted(fixed() - phrases().keys()) == []
    assert len(fixed()) > 400


def test_every_text_of_the_form_of_a_request_has_its_welsh() -> None:
    assert sorted(of_the_form() - phrases().keys()) == []
    assert len(of_the_form()) > 100


@pytest.mark.parametrize("module", SAID_BY, ids=lambda path: path.stem)
def test_every_refusal_and_fault_that_the_catalogue_words_has_its_welsh(module: Path) -> None:
    with speaking(Language.WELSH):
        assert sorted(text for text in sentences_in(module) if sentence(text) == text) == []


def test_what_is_put_into_a_sentence_stays_as_it_was_written() -> None:
    said = str(NotFound("entry", "Who? *bold* {key}"))
    assert sentence(said) == said
    with speaking(Language.WELSH):
        assert sentence(said) == "Nid oes cofnod o'r enw “Who? *bold* {key}” y gallwch chi ei weld."
        assert sentence(NotAllowed("You cannot do this. It is for: manager, administrator.")) == (
            "Ni allwch wneud hyn. Mae ar gyfer: rheolwr, gweinyddwr."
        )
        assert sentence("Nobody has translated this.") == "Nobody has translated this."


def titles_given() -> set[str]:
    """The titles that modals are given where they are made."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in BOT.glob("slack/*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    made = [call.args[0] for call in calls if ast.unparse(call.func).endswith("modal")]
    return {title.value for title in made if isinstance(title, ast.Constant) and isinstance(title.value, str)}


@pytest.mark.parametrize("title", sorted(TITLES.keys() | titles_given()))
def test_a_title_of_a_modal_fits_in_both_languages(title: str) -> None:
    assert len(title) <= blocks.TITLE and len(phrases()[title]) <= blocks.TITLE


def test_what_stands_on_a_button_or_in_a_list_fits_in_welsh() -> None:
    for label in (*BUTTONS, *(option.label for option in options_of_the_form() if len(option.label) <= 75)):
        assert len(phrases()[label]) <= 75, label


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
