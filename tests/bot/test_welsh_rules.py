"""The rules for sharing are told in Welsh too: every sentence has its Welsh beside it, and none is left from before."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date

import pytest

from bot import field_words, replies
from bot.language import RULES, phrases, sentence, speaking
from bot.slack.answers import as_message
from catalogue import datasets
from catalogue.model import GOVERNMENT, Language
from catalogue.sharing.book import FactNote
from catalogue.sharing.explanation import Reason
from catalogue.sharing.rules import book
from intents import conditions
from intents.answers import show_dataset
from intents.context import Context
from tests.fakes.answering import Answering

TABLES = tomllib.loads(RULES.read_text(encoding="utf-8"))
WELSH = {english: welsh for name, table in TABLES.items() if name != "reading" for english, welsh in table.items()}
TITLED = re.compile(
    r"\b(?:Act|Acts|GDPR|Regulations|Article|ICO|Policy|Standards|NHS|UK|HMRC|Panel|Department|sections?)\b"
    r"|\bSI \d"
)
"""References that are cited by the titles they have, in English."""
ADDED = (
    "how long a request takes",
    "whom to ask",
    "some conditions, because a check failed",
    "{words} is not provided",
)
ADDED_FIELDS = ("the question", "the catalogue")
REPLACED = {"{successor}": ("It has been replaced by {successor}.", "No replacement is named.")}


def reasons_of(note: FactNote) -> Iterator[str]:
    """Every way in which a fact is told of."""
    told = [note.because.replace("{value}", value) for value in note.values.values()] or [note.because]
    yield from [*told, *([note.no] if note.no else [])]


def said() -> set[str]:
    """Every text of the rules that somebody reads, but references to law."""
    rules = book()
    items = [item for rule in rules.rules for item in rule.items]
    found = {rules.notice, rules.everywhere, *rules.verdicts.values(), *(each.say for each in rules.conflicts)}
    for item in items:
        ends = REPLACED["{successor}"] if "{successor}" in item.say else ("",)
        found |= {item.say.replace("{successor}", end) for end in ends}
    found |= {text for note in rules.facts.values() for text in reasons_of(note)}
    found |= {note.unknown for note in rules.facts.values() if note.unknown}
    found |= {name for paper in rules.papers.values() for name in (paper.name, *paper.names)}
    found |= {text for safe in rules.safes for text in (safe.name, *(line for _when, line in safe.lines))}
    found |= {text for nation in rules.nations for text in (nation.name, nation.note)}
    found |= {text for each in rules.questions for text in (each.ask, *(option.label for option in each.options))}
    found |= {gateway.name for gateway in rules.gateways}
    cited = {part for each in (*items, *rules.gateways) for part in each.citation.split("; ")}
    return found | {part for part in cited if not TITLED.search(part)} | {*ADDED, *ADDED_FIELDS}


def test_every_text_of_the_rules_has_its_welsh() -> None:
    assert sorted(said() - phrases().keys()) == []
    assert len(said()) > 220


def test_no_welsh_is_left_of_a_text_that_was_changed() -> None:
    assert sorted(WELSH.keys() - said()) == []


def test_the_welsh_puts_in_what_the_english_does_and_ends_as_it_does() -> None:
    for english, welsh in WELSH.items():
        assert sorted(re.findall(r"\{\w+\}", welsh)) == sorted(re.findall(r"\{\w+\}", english))
        assert (welsh[-1] in ".?”") == (english[-1] in ".?”"), english
        assert welsh[:1].isupper() == english[:1].isupper() or welsh.startswith("CThEF"), english


def test_who_has_read_the_welsh_is_written_down_and_an_answer_says_that_nobody_has(answering: Answering) -> None:
    reading = TABLES["reading"]
    assert set(reading) == {"checked_by_lawyer", "checked_by_editor"}
    days = [date.fromisoformat(day) for day in reading.values() if day]
    answer = answering.answer("what are the conditions for using the National Pupil Database?")
    with speaking(Language.WELSH):
        text = as_message(answer, answering.vocabulary).text
    assert ("y testun Saesneg sy'n cyfrif" in text) is (len(days) < 2)


def test_no_sentence_of_a_rule_is_left_in_english_on_any_entry(answering: Answering) -> None:
    db = answering.search.db
    english = {text for text in said() if len(text) > 20 and phrases().get(text, text) != text} - {
        "Open Government Licence v3.0"
    }
    for entry in datasets.everything(db, audience=GOVERNMENT):
        told = conditions.for_everyone(Context(db, answering.search), show_dataset(entry, answering.vocabulary))
        with speaking(Language.WELSH):
            text = replies.word(told, answering.vocabulary).text
        own = " ".join(filter(None, (entry.title, entry.summary, entry.onward_sharing, entry.licence)))
        left = [each for each in english if re.search(rf"(?<![“\w]){re.escape(each)}", text) and each not in own]
        assert left == [], entry.id


def test_a_reason_names_its_field_and_what_is_missing_is_told_in_welsh() -> None:
    reasons = (
        Reason("about_people", "personal_data", "the entry says that it holds records of people"),
        Reason("access", "access_rights", "how open the data is is not provided"),
        Reason("purpose", "the question", "it is for research"),
    )
    assert field_words.because(reasons[:1]) == "the entry says that it holds records of people (“Personal data”)"
    with speaking(Language.WELSH):
        assert field_words.because(reasons) == (
            "mae'r cofnod yn dweud ei fod yn cynnwys cofnodion am bobl (“Data personol”); nid yw hyn wedi'i ddarparu:"
            " pa mor agored yw'r data (“Pa mor agored ydyw”); y diben yw ymchwil (y cwestiwn)"
        )


@pytest.mark.parametrize("licence", ["CC-BY-4.0", "A licence: {say}", "x" * 300])
def test_a_licence_is_put_into_the_welsh_as_it_was_written(licence: str) -> None:
    with speaking(Language.WELSH):
        told = sentence(f"Name the source and the licence: {licence}.")
        assert told == f"Enwch y ffynhonnell a'r drwydded: {licence}."
