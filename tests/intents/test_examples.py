"""Each kind of question recognises its own examples, and no other kind takes them."""

import pytest

from intents.understand import INTENTS, understand
from tests.fakes.answering import Answering

EXAMPLES = [(module.__name__.rpartition(".")[2], example) for module in INTENTS for example in module.EXAMPLES]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_is_taken_by_its_own_kind_of_question(answering: Answering, kind: str, example: str) -> None:
    assert understand(example, answering.vocabulary).name == kind
