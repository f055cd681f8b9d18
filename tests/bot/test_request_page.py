"""A request's page and its unfurled link: the public reads what the register says and nothing else, and whoever has a
part in the request reads its state in their own messages. To everybody else it looks as if there were no such request.
"""

from __future__ import annotations

from dataclasses import asdict

import pytest
from flask.testing import FlaskClient

from bot.slack.unfurling import unfurls
from catalogue import clock, datasets, organisations, people, register, requests
from catalogue.errors import NotFound
from catalogue.model import PUBLIC
from catalogue.requests.model import ShareState
from catalogue.requests.states import State
from catalogue.rights import audience_of
from catalogue.search.find import Search
from catalogue.store import Database
from intents.context import Context
from tests.bot.test_register_page import NPD, client, db, folder, shared

__all__ = ["client", "db", "folder"]  # fixtures

NOWHERE = "SR-9999"


def page_of(client: FlaskClient, number: str) -> str:
    """The page with every number alike, so that two can be compared byte for byte."""
    answer = client.get(f"/requests/{number}")
    assert answer.status_code == 200
    return answer.text.replace(number, "SR-0000")


def in_share_state(db: Database, request_id: str, state: ShareState) -> None:
    at = clock.stamp(clock.now())
    db.execute(
        "UPDATE shares SET state = :state, supplied_at = :supplied, ended_at = :ended WHERE request_id = :id",
        {
            "id": request_id,
            "state": str(state),
            "supplied": at if state in (ShareState.SUPPLIED, ShareState.ENDED) else None,
            "ended": at if state is ShareState.ENDED else None,
        },
    )


@pytest.mark.parametrize("state", State)
def test_a_request_without_a_share_looks_to_the_public_like_one_that_is_not_there(
    client: FlaskClient, db: Database, state: State
) -> None:
    request_id = shared(db)
    db.execute("DELETE FROM share_steps")
    db.execute("DELETE FROM shares")
    db.execute("UPDATE requests SET state = :state WHERE id = :id", {"state": str(state), "id": request_id})
    assert page_of(client, request_id) == page_of(client, NOWHERE)
    assert register.line_of(db, request_id) is None


@pytest.mark.parametrize("state", ShareState)
def test_a_share_is_public_from_the_day_on_which_data_was_supplied(
    client: FlaskClient, db: Database, state: ShareState
) -> None:
    request_id = shared(db)
    in_share_state(db, request_id, state)
    is_public = state in (ShareState.SUPPLIED, ShareState.ENDED)
    assert (page_of(client, request_id) != page_of(client, NOWHERE)) is is_public
    line = register.line_of(db, request_id)
    assert (line is not None) is is_public
    assert line is None or line.is_in_force is (state is ShareState.SUPPLIED)


def test_neither_the_line_nor_the_page_tells_of_people_answers_or_terms(client: FlaskClient, db: Database) -> None:
    request_id = shared(db)
    line = register.line_of(db, request_id)
    assert line
    shown = f"{asdict(line)} {page_of(client, request_id)}"
    everybody = people.everyone(db)
    private = {name for each in everybody for name in (each.id, each.name, each.email, each.slack_id) if name}
    assert not [word for word in (*private, "A secret condition.") if word in shown]


def hide_the_entry(db: Database) -> None:
    entry = datasets.get(db, NPD, audience=PUBLIC)
    values = {"visibility": "government"}
    datasets.amend(db, NPD, values, revision=entry.revision, by="test", why=None, now=clock.now())


def hide_the_recipient(db: Database) -> None:
    db.execute("UPDATE organisations SET origin = 'import' WHERE slug = 'department-for-work-pensions'")
    held = "UPDATE datasets SET visibility = 'named' WHERE publisher = 'department-for-work-pensions'"
    db.execute(held)
    organisations.touch(db)


@pytest.mark.parametrize("hide", [hide_the_entry, hide_the_recipient])
def test_what_is_hidden_later_is_gone_from_the_page_the_line_and_the_register(
    client: FlaskClient, db: Database, hide: object
) -> None:
    request_id = shared(db)
    recipients = {line.recipient for line in register.lines(db)}
    assert recipients == {"department-for-work-pensions"}
    empty = client.get("/register.csv").text.splitlines()[0]
    hide(db)  # type: ignore[operator]
    assert page_of(client, request_id) == page_of(client, NOWHERE)
    assert register.line_of(db, request_id) is None
    assert client.get("/register.csv").text.splitlines() == [empty]
    assert request_id not in client.get("/register").text


@pytest.mark.parametrize(
    "number", ["SR-1", "SR-", "sr_0001", "0001", "SR-0001-", "SR-٠٠٠١", "ＳＲ-0001", "%00", "SR-0001%0a"]
)
def test_what_is_no_number_of_a_request_has_no_page(client: FlaskClient, number: str) -> None:
    assert client.get(f"/requests/{number}").status_code == 404


def test_a_link_to_a_request_tells_its_state_to_whoever_may_read_it_and_nothing_to_others(
    db: Database, folder: object
) -> None:
    request_id, now = shared(db), clock.now()
    context = Context(db, Search(db, folder / "whoholds.index"))  # type: ignore[operator]
    url = f"https://whoholds.example.gov.uk/requests/{request_id}"
    told = {}
    for person in people.everyone(db):
        shown = unfurls(context, [url], person, audience_of(person), now=now)
        try:
            requests.get(db, request_id, person=person, now=now)
            may = True
        except NotFound:
            may = False
        assert bool(shown) is may, person.id
        nothing = unfurls(context, [url.replace(request_id, NOWHERE)], person, audience_of(person), now=now)
        assert may or shown == nothing == {}
        told[person.id] = may
    assert told["dwp-analyst"]
    assert told["dfe-manager"]
    assert not all(told.values()), "somebody has no part in it"
    assert unfurls(context, [url], None, PUBLIC, now=now) == {}, "in a channel nobody is told"
