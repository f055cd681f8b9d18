"""The messages and conversations are in order, and the report over them can be made. How good we are is not tested."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from bot import sample
from catalogue.model import Dataset
from catalogue.text import fold
from intents.answers import Answer, Outcome, Shown
from tests.evaluation import report
from tests.evaluation.marking import CONVERSATIONS, QUESTIONS, SLOTS, Mark, mark, read

FEWEST = {
    "holders": 170,
    "describe": 60,
    "freshness": 45,
    "coverage": 60,
    "contact": 45,
    "conditions": 80,
    "access": 55,
    "my_requests": 25,
    "holdings": 50,
    "collect": 35,
    "precedent": 30,
    "compare": 35,
    "define": 45,
    "report_problem": 30,
    "steward_edit": 30,
    "review_queue": 25,
    "help": 15,
    "social": 20,
    "out_of_scope": 150,
}
PURPOSES = set(
    "deliver_service evaluate_policy statistics research fraud debt safeguarding law_enforcement audit planning".split()
)
GRANULARITIES = {"aggregate", "record_level", "identified"}
TURN = {"text", "intent", "datasets", "outcome", *SLOTS}
MESSAGE = TURN | {"id", "holders", "split"}

INVENTED = (
    "Zebedee Quillfeather, Petronella Bramblethwaite, Ignatius Wobblesworth, Barnaby Thistledown-Fogg, Octavia "
    "Snorkelby, Araminta Puddifoot, Tarquin Mudlark, Cosmo Drizzlewick, Wilhelmina Featherstonehaugh-Blot, "
    "Fenella Crumplehorn, Mungo Fizzlebrand, Hyacinth Pennyfarthing-Smoot, Ottoline Zanzibar"
).split(", ")
GIVEN_NAMES = set(
    "Adam Alan Alice Amanda Andrew Anna Anne Anthony Barbara Ben Brian Carol Charlotte Chris Christine Claire Daniel "
    "David Deborah Diane Donna Elizabeth Emily Emma Fatima Gareth Gary Gemma George Helen Ian Jack James Jane Janet "
    "Jason Jennifer Jessica Joan John Jonathan Joseph Julie Karen Kate Katie Keith Kevin Laura Lauren Linda Lisa "
    "Louise Lucy Margaret Maria Martin Mary Matthew Michael Michelle Mohammed Muhammad Natalie Nicola Oliver Olivia "
    "Patricia Paul Peter Philip Priya Rachel Rebecca Richard Robert Ruth Sally Samantha Sandra Sarah Sharon Simon "
    "Sophie Stephen Steve Steven Susan Thomas Tim Tom Tracey Victoria Vikram Wendy William Zoe".split()
)


@pytest.fixture(scope="module")
def messages() -> list[dict]:
    return read(QUESTIONS)


@pytest.fixture(scope="module")
def conversations() -> list[dict]:
    return read(CONVERSATIONS)


@pytest.fixture(scope="module")
def labels(messages: list[dict], conversations: list[dict]) -> list[dict]:
    """Every labelled message, alone or in a conversation."""
    return [*messages, *(turn for thread in conversations for turn in thread["turns"])]


@pytest.fixture(scope="module")
def entries() -> dict[str, dict]:
    """The lines of the sample, by id."""
    files = [sample.SAMPLE / name for name in ("central.jsonl", "public.jsonl")]
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return {line["id"]: line for line in lines}


def halves(lines: list[dict]) -> Iterator[list[dict]]:
    for split in ("build", "score"):
        yield [line for line in lines if line["split"] == split]


def test_every_message_has_every_label_and_nothing_else(messages, conversations):
    assert all(set(line) == MESSAGE for line in messages)
    assert all(set(thread) == {"id", "split", "turns"} for thread in conversations)
    assert all(set(turn) == TURN for thread in conversations for turn in thread["turns"])


def test_labels_use_the_words_of_the_design(labels):
    assert {line["intent"] for line in labels} == FEWEST.keys()
    assert {line["outcome"] for line in labels} <= {str(outcome) for outcome in Outcome}
    assert {line["purpose"] for line in labels} <= PURPOSES | {None}
    assert {line["granularity"] for line in labels} <= GRANULARITIES | {None}


def test_texts_are_not_empty_and_have_no_space_around_them(labels):
    assert not [line["text"] for line in labels if not line["text"] or line["text"] != line["text"].strip()]


def test_periods_are_years_and_references_are_request_numbers(labels):
    periods = [line["period"] for line in labels if line["period"]]
    assert not [
        period for period in periods if not re.fullmatch(r"(?:1[89]|20)\d\d(?:-(?:(?:1[89]|20)\d\d)?)?", period)
    ]
    assert not [line for line in labels if line["reference"] and not re.fullmatch(r"SR-\d{4}", line["reference"])]


def test_there_are_enough_messages_of_each_kind(messages):
    counts = Counter(line["intent"] for line in messages)
    assert sum(counts.values()) >= 900
    assert not {kind: counts[kind] for kind, fewest in FEWEST.items() if counts[kind] < fewest}


def test_at_least_sixty_messages_are_about_data_that_nobody_in_the_sample_holds(messages):
    nobody = [line for line in messages if line["intent"] == "holders" and line["outcome"] == "none"]
    assert len(nobody) >= 60
    assert not [line["id"] for line in nobody if line["datasets"] or line["holders"]]


def test_there_are_at_least_ninety_conversations_of_two_to_six_turns(conversations):
    assert len(conversations) >= 90
    assert {len(thread["turns"]) for thread in conversations} <= set(range(2, 7))


def test_both_halves_hold_as_many_messages_of_every_kind(messages, conversations):
    for kind in FEWEST:
        build, score = halves([line for line in messages if line["intent"] == kind])
        assert abs(len(build) - len(score)) <= 1, kind
    build, score = halves(conversations)
    assert abs(len(build) - len(score)) <= 1
    assert len(build) + len(score) == len(conversations)


def test_no_id_and_no_text_is_used_twice(messages, conversations):
    for lines in (messages, conversations):
        assert len({line["id"] for line in lines}) == len(lines)
    texts = Counter(re.sub(r"\W+", " ", fold(line["text"])).strip() or line["text"] for line in messages)
    assert not [text for text, count in texts.items() if count > 1]
    first = Counter(json.dumps([turn["text"] for turn in thread["turns"]]) for thread in conversations)
    assert not [text for text, count in first.items() if count > 1]


def test_no_message_of_one_half_is_a_message_of_the_other_in_other_order(messages):
    build, score = ({frozenset(fold(line["text"]).split()) for line in half} for half in halves(messages))
    assert not [words for words in build & score if len(words) > 1]


def test_every_entry_named_is_in_the_sample_and_may_be_known_in_government(labels, entries):
    named = {id_ for line in labels for id_ in line["datasets"]}
    assert named <= entries.keys()
    assert not {id_ for id_ in named if entries[id_]["visibility"] == "named"}
    assert not [line["text"] for line in labels if len(set(line["datasets"])) < len(line["datasets"])]


def test_holders_are_those_of_the_entries_named(messages, entries, vocabulary):
    for line in messages:
        if line["datasets"]:
            publishers = (entries[id_]["publisher"] for id_ in line["datasets"])
            assert line["holders"] == list(dict.fromkeys(vocabulary.name(one) or one for one in publishers)), line["id"]


def test_every_organisation_named_is_a_living_body(labels, vocabulary):
    slugs = {slug for line in labels for slug in line["organisations"]}
    assert not {slug for slug in slugs if vocabulary.resolve(slug) != slug}


def test_nobody_real_is_named(labels):
    words = {word for line in labels for word in re.findall(r"[A-Za-z]+", line["text"])}
    assert not words & GIVEN_NAMES


def test_look_ups_of_people_use_only_invented_names(messages):
    named = [line for line in messages if any(name in line["text"] for name in INVENTED)]
    assert len(named) == len(INVENTED)
    assert {line["intent"] for line in named} == {"out_of_scope"}
    assert {line["outcome"] for line in named} == {"refused"}


def test_no_message_holds_a_real_address_number_or_telephone(labels):
    texts = [line["text"] for line in labels]
    mailboxes = [box for text in texts for box in re.findall(r"\S+@\S+\.\S+", text)]
    assert not [box for box in mailboxes if ".example." not in box]
    assert not [text for text in texts if re.search(r"\b[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b", text)]  # a NINO
    assert not [text for text in texts if re.search(r"(?:\+44|\b0)\d{9,10}\b", text)]


def test_what_is_out_of_scope_is_refused_and_nothing_else_is(messages):
    refused = {line["id"] for line in messages if line["outcome"] == "refused"}
    assert refused == {line["id"] for line in messages if line["intent"] == "out_of_scope"}


def an_answer(intent: str, outcome: str, *ids: str, confidence: float = 0.9, **slots: str) -> Answer:
    shown = tuple(Shown(Dataset(id=id_, title=id_), None) for id_ in ids)
    return Answer(intent, Outcome(outcome), confidence, shown=shown, **slots)


def a_mark(answer: Answer, **label: object) -> Mark:
    line = {"intent": "holders", "outcome": "answered", "datasets": [], "organisations": [], **label}
    return mark("Q1", {"text": "", **line}, answer, 0.0, lambda name: None)


def test_an_acceptable_entry_in_first_place_is_a_hit():
    one = a_mark(an_answer("holders", "answered", "a/b", "a/c"), datasets=["a/c", "a/b"])
    assert one.hit(1)
    assert not one.faults


def test_an_acceptable_entry_in_second_place_is_found_but_not_first():
    one = a_mark(an_answer("holders", "answered", "a/b", "a/c"), datasets=["a/c"])
    assert (one.hit(1), one.hit(3), one.surely_wrong) == (False, True, True)


def test_an_unsure_answer_is_not_counted_as_confident():
    assert not a_mark(an_answer("holders", "answered", "a/b", confidence=0.5), datasets=["a/c"]).surely_wrong


def test_an_entry_where_nobody_holds_the_data_is_a_fault():
    assert "an entry where nobody holds it" in a_mark(an_answer("holders", "answered", "a/b"), outcome="none").faults


def test_a_good_question_turned_away_is_needlessly_declined():
    assert a_mark(an_answer("out_of_scope", "refused")).declined
    assert a_mark(an_answer("holders", "none"), datasets=["a/c"]).declined
    assert not a_mark(an_answer("holders", "none"), outcome="none").declined


def test_a_recipient_is_the_same_with_or_without_article_and_plural():
    assert a_mark(an_answer("holders", "answered", recipient="universities"), recipient="a university").slots[
        "recipient"
    ]
    assert not a_mark(an_answer("holders", "answered", recipient="a charity"), recipient="a university").slots[
        "recipient"
    ]


def test_a_slot_filled_where_nothing_was_said_is_a_fault():
    assert not a_mark(an_answer("holders", "answered", place="Wales"), place=None).slots["place"]


def test_the_report_counts_every_message_and_turn_of_a_half(monkeypatch):
    monkeypatch.setattr(report, "read", lambda path, split: read(path, split)[:3])
    with report.sample_context() as context:
        marks, threads = report.asked(context, "score"), report.talked(context, "score")
    found = report.report(marks, threads)
    assert found["messages"] == 3
    assert found["conversations"]["turns"] == sum(len(thread) for thread in threads)
    assert json.loads(json.dumps(found))["figures"]["intent"][1] == 3
    assert "3 messages" in report.as_text(found)
    assert "with a fault" in report.failures(marks, threads, 2)
