"""Everything people read is plain: short sentences, common words, no shouting, no Latin, no blame, no emoji."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[2] / "bot"
TEMPLATES = BOT / "templates"
CATALOGUE = BOT.parent / "catalogue"
FOLDERS = ("answers", "slack", "stewards")
LONGEST_SENTENCE = 35
SHORTEST_SENTENCE = 4  # words; a label is not read like a sentence and would make the measure mild
OLDEST_READER = 12  # years, for any one file
READER = 10  # years, for all of it
LATIN = re.compile(r"\b(?:e\.g|i\.e|etc|via|viz|n\.b|vs|per annum|inter alia|pro rata|ad hoc)\b", re.IGNORECASE)
BLAME = re.compile(
    r"\b(?:invalid|illegal|incorrect|forbidden|you (?:failed|forgot|must|should have)|your (?:mistake|error|fault))\b",
    re.IGNORECASE,
)
EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]|:[a-z_]{2,}:")
STAND_IN = "it"
LIKE_A_SENTENCE = re.compile(r"[A-Z“][\w’,“ ]+ \w+")
SQL = re.compile(r"[A-Z]{3,} |WITH ")


def template_texts(path: Path) -> Iterator[str]:
    """What a template says: its words and those in its expressions, each branch of a choice apart."""
    for line in re.split(r"\{% (?:else|elif|block|set|for|endfor)[^%]*%\}|\n", path.read_text(encoding="utf-8")):
        said = re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{-?(.*?)\}\}", _expression, line)).strip(" •")
        if re.search("[a-z]{2}", said):
            yield said


def _expression(found: re.Match[str]) -> str:
    """The words written out in an expression; a stand-in where there are none."""
    literals = re.findall(r'"([^"]*)"', found[1])
    return " ".join(text for text in literals if " " in text) or STAND_IN


def module_texts(path: Path) -> Iterator[str]:
    """Every text of a module that could be a sentence: not its docstrings and not what it logs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(part)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr))
        or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "re.", "_VALUES")))
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.JoinedStr) and id(node) not in silent:
            text = "".join(part.value if isinstance(part, ast.Constant) else STAND_IN for part in node.values)  # type: ignore[misc]
            silent |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            text = node.value
        if LIKE_A_SENTENCE.match(text):
            yield " ".join(text.split())


def sentences(text: str) -> list[str]:
    """Sentences of a text; a colon or a semicolon ends none."""
    return [piece for piece in re.split(r"(?<=[.?!])\s+|\n", text) if re.search("[A-Za-z]", piece)]


def words(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9][\w’'/-]*", sentence)


def syllables(word: str) -> int:
    """About how many syllables an English word has: its groups of vowels, without a silent e."""
    bare = re.sub(r"(?<=[^aeiouyl])e(?:s|d)?$", "", word.lower())
    return max(1, len(re.findall("[aeiouy]+", bare)))


def reading_age(texts: list[str]) -> float:
    """The age at which most pupils read this: the grade by Flesch and Kincaid, and five years."""
    found = [words(sentence) for text in texts for sentence in sentences(text)]
    pieces = [piece for piece in found if len(piece) >= SHORTEST_SENTENCE]
    every = [word for piece in pieces for word in piece]
    return 0.39 * len(every) / len(pieces) + 11.8 * sum(map(syllables, every)) / len(every) - 15.59 + 5


def table_texts(path: Path) -> Iterator[str]:
    """Every text of a table that could be a sentence."""
    waiting: list[object] = [tomllib.loads(path.read_text(encoding="utf-8"))]
    while waiting:
        match waiting.pop():
            case dict() as table:
                waiting += table.values()
            case list() as rows:
                waiting += rows
            case str(text) if LIKE_A_SENTENCE.match(text):
                yield text


def spoken() -> dict[str, list[str]]:
    """What is read, by file. In the catalogue: what its errors say, and the questions that people are asked."""
    found = {path: list(template_texts(path)) for name in FOLDERS for path in (TEMPLATES / name).glob("*.jinja")}
    for path in (BOT / "words.py", BOT / "field_words.py", *(BOT / "slack").glob("*.py"), *CATALOGUE.rglob("*.py")):
        found[path] = [text for text in module_texts(path) if not SQL.match(text)]
    for path in CATALOGUE.glob("data/*/questions.toml"):
        found[path] = list(table_texts(path))
    return {str(path.relative_to(BOT.parent)): texts for path, texts in sorted(found.items())}


SPOKEN = spoken()
LONG_ENOUGH = sorted(name for name, texts in SPOKEN.items() if sum(len(words(text)) for text in texts) > 100)
"""A reading age of a few words says nothing."""


def faults(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in SPOKEN.items() for text in texts if pattern.search(text)]


def test_the_measure_knows_plain_from_official() -> None:
    plain = ["Ask the team that holds the data. It will tell you what it needs."]
    official = ["Organisational responsibilities regarding information-sharing arrangements necessitate authorisation."]
    assert reading_age(plain) < 9 and reading_age(official) > 20


def test_texts_are_found_in_templates_and_in_modules() -> None:
    assert "Nothing waits for you." in SPOKEN["bot/templates/answers/review_queue.jinja"]
    assert "Open to everyone" in SPOKEN["bot/words.py"]
    assert "Request access" in SPOKEN["bot/slack/answers.py"]
    assert len(SPOKEN["catalogue/data/requests/questions.toml"]) > 100
    assert len(LONG_ENOUGH) >= 15


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_every_file_of_words_is_read_by_a_twelve_year_old(name: str) -> None:
    assert reading_age(SPOKEN[name]) <= OLDEST_READER


def test_all_of_it_is_read_by_a_ten_year_old() -> None:
    assert reading_age([text for texts in SPOKEN.values() for text in texts]) <= READER


def test_no_sentence_is_longer_than_thirty_five_words() -> None:
    long = [
        (name, sentence)
        for name, texts in SPOKEN.items()
        for text in texts
        for sentence in sentences(text)
        if len(words(sentence)) > LONGEST_SENTENCE
    ]
    assert long == []


@pytest.mark.parametrize(
    "pattern", [re.compile("!(?!=)"), LATIN, BLAME, EMOJI], ids=["shout", "latin", "blame", "emoji"]
)
def test_nothing_shouts_speaks_latin_blames_or_means_by_a_picture(pattern: re.Pattern[str]) -> None:
    assert faults(pattern) == []
