"""What can be done with an answer: follow, turn down, share on purpose, say that a collection is not needed."""

from __future__ import annotations

from catalogue import clock, datasets, demand, feedback, follows
from catalogue.model import GOVERNMENT
from tests.journeys.conftest import OFFICER, Town

HIDDEN = {
    "id": "dfe/hidden-census",
    "title": "Hidden zebra census",
    "publisher": "department-for-education",
    "visibility": "government",
}


def amend(town: Town, dataset_id: str, **changes: object) -> None:
    revision = datasets.get(town.db, dataset_id, audience=GOVERNMENT).revision
    datasets.amend(town.db, dataset_id, changes, revision=revision, by="test", why=None, now=clock.now())
    follows.notice(town.db, town.bot.catalogue.search, now=clock.now())
    town.settles()


def test_a_follower_is_told_and_leaves_by_one_click(town: Town) -> None:
    answer = town.asks_directly("What is Price Paid Data?")
    assert "You follow" in town.clicks(answer, "follow.entry").text
    amend(town, "hmlr/price-paid-data", summary="Every sale.")
    news = town.said_to(OFFICER)[-1]
    assert "Price Paid Data" in news.text
    assert "has changed" in news.text
    assert "You no longer follow" in town.clicks(news, "follow.stop").text
    said = len(town.said_to(OFFICER))
    amend(town, "hmlr/price-paid-data", summary="Every sale since 1995.")
    assert len(town.said_to(OFFICER)) == said


def test_a_follower_of_an_organisation_is_told_of_what_opens_is_replaced_and_is_new(town: Town) -> None:
    answer = town.asks_directly("What data does HM Land Registry hold?")
    assert "I tell you when an entry is added or changes" in town.clicks(answer, "follow.organisation").text
    amend(town, "hmlr/price-paid-data", access_rights="RESTRICTED")
    amend(town, "hmlr/price-paid-data", access_rights="OPEN")
    amend(town, "hmlr/price-paid-data", superseded_by="hmlr/uk-house-price-index")
    new = {**HIDDEN, "id": "hmlr/new", "publisher": "land-registry"}
    datasets.add(town.db, new, by="test", why=None, now=clock.now())
    follows.notice(town.db, town.bot.catalogue.search, now=clock.now())
    town.settles()
    told = "\n".join(each.text for each in town.said_to(OFFICER))
    for happening in ("has changed", "is now open to everyone", "has been replaced by UK House Price Index", "is new"):
        assert happening in told
    assert told.count("You are told because you follow HM Land Registry.") == 4
    last = town.said_to(OFFICER)[-1]
    assert "once a day, at 9 in the morning" in town.clicks(last, "follow.daily").text
    assert "You no longer follow" in town.clicks(last, "follow.stop").text


def test_who_asked_in_vain_is_told_when_somebody_holds_it(town: Town) -> None:
    answer = town.asks_directly("who holds zebra stripe widths")
    assert "Nobody in this catalogue" in answer.text
    assert "I tell you when" in town.clicks(answer, "follow.question").text
    entry = {
        "id": "dft/zebras",
        "title": "Zebra crossing counts by stripe width",
        "publisher": "department-for-transport",
    }
    datasets.add(town.db, entry, by="test", why=None, now=clock.now())
    follows.notice(town.db, town.bot.catalogue.search, now=clock.now())
    town.settles()
    assert "Somebody holds what you looked for" in town.said_to(OFFICER)[-1].text


def test_an_answer_that_was_not_meant_is_followed_by_the_next_ones_and_listed(town: Town) -> None:
    answer = town.asks("who holds free school meals data?")
    second = town.clicks(answer, "answer.reject")
    assert second.thread_ts == answer.thread_ts
    assert "These come next" in second.text
    (row,) = feedback.waiting(town.db)
    assert row.datasets
    assert not any(dataset_id in second.text for dataset_id in row.datasets)
    assert "who holds" not in row.subject


def test_what_is_shared_is_asked_again_for_the_channel_and_shows_nothing_that_was_private(town: Town) -> None:
    datasets.add(town.db, HIDDEN, by="test", why=None, now=clock.now())
    private = town.commands("who holds the hidden zebra census?")
    assert private.ephemeral_to == OFFICER
    assert "Hidden zebra census" in private.text
    shared = town.clicks(private, "answer.share")
    assert shared.ephemeral_to is None
    assert f"<@{OFFICER}> shared this answer" in shared.text
    assert "held by" not in shared.text.lower()
    assert "Department for Education holds" not in shared.text


def test_a_collection_that_is_not_needed_is_counted_once(town: Town) -> None:
    answer = town.asks_directly("We are about to ask every school how many pupils get free school meals")
    assert "You may not need to ask" in answer.text
    assert "nobody needs to be asked" in town.clicks(answer, "collection.avoided").text
    assert "noted already" in town.clicks(answer, "collection.avoided").text
    assert demand.collections(town.db) == demand.Collections(checked=1, held=1, avoided=1)


def test_requests_are_shown_to_the_people_in_them_only(town: Town) -> None:
    assert "only to the people in them" in town.asks("where are my requests?").text
    assert "You have no requests" in town.asks_directly("my requests").text
