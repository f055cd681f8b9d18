"""The threads are in order, and they can be put to the intents."""

import json
import random
import re
from collections import Counter

from catalogue import clock
from catalogue.model import GOVERNMENT
from intents.answers import Answer
from intents.context import Question
from intents.remembered import Conversation
from intents.understand import BY_NAME, INTENTS, respond
from tests.evaluation.marking import HERE, read
from tests.evaluation.report import sample_context
from tests.evaluation.threads import THREADS, as_text, run, threads
from tests.evaluation.train import sample_entries


def test_the_threads_of_one_writer_and_some_of_another_are_only_to_score():
    assert Counter((line["split"], line["writer"]) for line in read(THREADS)) == {
        ("build", "first"): 70,
        ("build", "second"): 85,
        ("build", "third"): 85,
        ("build", "fifth"): 85,
        ("build", "sixth"): 101,
        ("score", "first"): 44,
        ("score", "fourth"): 85,
    }


def test_every_turn_says_which_intents_are_right_and_what_the_first_entry_must_be():
    turns = [turn for line in read(THREADS) for turn in line["turns"]]
    assert all(set(turn) == {"text", "intents", "first"} for turn in turns)
    assert all(turn["intents"] and set(turn["intents"]) <= BY_NAME.keys() for turn in turns)
    ids = [entry["id"] for entry in sample_entries()]
    patterns = {turn["first"] for turn in turns if turn["first"]}
    assert not [pattern for pattern in patterns if not any(re.match(pattern, each) for each in ids)]


def test_a_thread_is_marked_turn_by_turn():
    thread = threads("build")[1]
    with sample_context() as context:
        marked = run(context, [thread])
    assert [len(turns) for turns in marked] == [len(thread.turns)]
    assert as_text(marked).startswith("1 threads, 5 later turns: intent 5 of 5")


def test_later_turns_of_writers_of_whom_nothing_was_learned_are_understood_as_well_as_they_were():
    floors = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))["later turns of threads"]
    with sample_context() as context:
        later = [turn for turns in run(context, threads("score")[::4]) for turn in turns[1:]]
    entries = [turn.right_entry for turn in later if turn.needs_entry]
    found = {"intent": sum(turn.right_intent for turn in later) / len(later), "entry": sum(entries) / len(entries)}
    assert {name: found[name] for name, floor in floors.items() if found[name] < floor} == {}


def test_a_question_that_names_what_it_is_of_is_answered_alike_whatever_was_asked_before():
    """Each kind's own examples, as the guides have them, one after another in one conversation."""
    asked = list(dict.fromkeys(example for module in INTENTS for example in getattr(module, "EXAMPLES", ())))

    def told(answer: Answer) -> tuple[str, str]:
        return answer.intent, answer.shown[0].dataset.id

    with sample_context() as context:

        def say(text: str, conversation: Conversation | None = None) -> Answer:
            return respond(context, Question(text, GOVERNMENT, clock.now()), conversation)

        alone = {text: told(answer) for text in asked if (answer := say(text)).shown}
        conversation, same = Conversation(), []
        for text in random.Random(7).sample(sorted(alone), len(alone)):
            answer = say(text, conversation)
            same.append(bool(answer.shown) and told(answer) == alone[text])
    assert len(alone) > 30
    floor = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))["examples in one conversation"]
    assert sum(same) / len(same) >= floor
