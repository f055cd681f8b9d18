"""The threads are in order, and they can be put to the intents."""

import re

from intents.understand import BY_NAME
from tests.evaluation.marking import read
from tests.evaluation.report import sample_context
from tests.evaluation.threads import THREADS, as_text, run
from tests.evaluation.train import sample_entries


def test_seventy_threads_are_to_develop_with_and_forty_four_only_to_score():
    assert len(read(THREADS, "build")) == 70
    assert len(read(THREADS, "score")) == 44


def test_every_turn_says_which_intents_are_right_and_what_the_first_entry_must_be():
    turns = [turn for line in read(THREADS) for turn in line["turns"]]
    assert all(set(turn) == {"text", "intents", "first"} for turn in turns)
    assert all(turn["intents"] and set(turn["intents"]) <= BY_NAME.keys() for turn in turns)
    ids = [entry["id"] for entry in sample_entries()]
    patterns = {turn["first"] for turn in turns if turn["first"]}
    assert not [pattern for pattern in patterns if not any(re.match(pattern, each) for each in ids)]


def test_a_thread_is_marked_turn_by_turn(monkeypatch):
    first = [line for line in read(THREADS, "build") if line["id"] == "T002"]
    monkeypatch.setattr("tests.evaluation.threads.read", lambda _path, _split=None: first)
    with sample_context() as context:
        threads = run(context, "build")
    assert [len(thread) for thread in threads] == [len(first[0]["turns"])]
    assert as_text(threads).startswith("1 threads, 5 later turns: intent 5 of 5")
