"""Somebody whose Slack is in Welsh reads Welsh where they alone read it; a channel reads English."""

from __future__ import annotations

from bot.playground.model import User
from catalogue import clock, datasets, follows, people
from catalogue.model import GOVERNMENT, Language, Person
from tests.journeys.conftest import Town

QUESTION = "what is Price Paid Data?"


def welsh_speaker(town: Town) -> User:
    return town.workspace.add_user("siaradwr", locale="cy-GB")


def test_a_direct_message_is_answered_in_welsh_to_whose_slack_is_in_welsh(town: Town) -> None:
    someone = welsh_speaker(town)
    said = town.asks_directly(QUESTION, user=someone).text
    assert "Deiliad: HM Land Registry" in said and "Held by" not in said
    assert people.find(town.db, someone.id).language is Language.WELSH


def test_in_a_channel_they_are_answered_in_english(town: Town) -> None:
    said = town.asks(QUESTION, user=welsh_speaker(town)).text
    assert "Held by HM Land Registry" in said and "Deiliad" not in said


def test_everybody_else_is_answered_in_english(town: Town) -> None:
    said = town.asks_directly(QUESTION).text
    assert "Held by HM Land Registry" in said and "Deiliad" not in said


def test_a_list_of_people_that_says_nothing_of_languages_changes_none(town: Town) -> None:
    someone = Person("cy", slack_id="UCY", language=Language.WELSH)
    people.save(town.db, someone, origin="slack", now=clock.now())
    people.save(town.db, Person("cy", slack_id="UCY", name="A Team"), origin="csv", now=clock.now())
    assert people.find(town.db, "cy").language is Language.WELSH


def test_a_follower_is_told_in_welsh_and_leaves_in_welsh(town: Town) -> None:
    someone = welsh_speaker(town)
    answer = town.asks_directly(QUESTION, user=someone)
    assert "Rydych yn dilyn" in town.clicks(answer, "follow.entry", user=someone).text
    revision = datasets.get(town.db, "hmlr/price-paid-data", audience=GOVERNMENT).revision
    changes = {"summary": "Every sale."}
    datasets.amend(town.db, "hmlr/price-paid-data", changes, revision=revision, by="test", why=None, now=clock.now())
    follows.notice(town.db, town.bot.catalogue.search, now=clock.now())
    town.settles()
    news = town.said_to(someone)[-1]
    assert "mae wedi newid" in news.text and "am eich bod yn dilyn" in news.text
    assert "Nid ydych yn dilyn" in town.clicks(news, "follow.stop", user=someone).text
