"""The page on requests is what the tables give."""

from __future__ import annotations

from catalogue.requests.states import State, Verb
from tests.requests_page import MEANS, PAGE, page


def test_the_page_on_requests_is_what_the_tables_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.requests_page"


def test_the_page_names_every_state_and_every_verb() -> None:
    assert set(MEANS) == set(State)
    for verb in Verb:
        if verb is not Verb.START:
            assert f"| {str(verb).replace('_', ' ')} |" in page()
