"""Every part of the ranking that is said to be measured can be switched off, and comes back by itself."""

import pytest

from catalogue.search import narrow, rank
from tests.benchmarks.ablations import PARTS, Gone, Part, switched_off, to


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_names_of_a_part_are_there_to_be_switched_off(part: Part):
    with switched_off(part):
        pass


def test_a_constant_is_replaced_only_as_long_as_it_is_switched_off():
    before = rank.NAMED
    with switched_off(Part("a test", {"rank.NAMED": to(0.0)})):
        assert rank.NAMED == 0.0
    assert before == rank.NAMED != 0.0


def test_a_name_that_two_modules_have_is_the_one_of_the_module_it_is_written_with():
    before = rank.HOLDER
    with switched_off(Part("a test", {"narrow.HOLDER": to(1.0)})):
        assert narrow.HOLDER == 1.0
        assert before == rank.HOLDER


def test_a_name_that_is_gone_is_said_to_be_gone():
    with pytest.raises(Gone, match="no_such_name"), switched_off(Part("a test", {"rank.no_such_name": to(0)})):
        pass
