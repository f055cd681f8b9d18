"""A day's news of what somebody follows: each thing once, each with the button to leave it, the rest counted."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.language import speaking
from bot.slack import following
from bot.slack.blocks import SlackMessage
from catalogue import datasets, follows, people
from catalogue.model import Language, Person
from catalogue.search.find import Search
from intents.context import Context
from tests.bot.test_blocks import fits

OFFICER = Person("officer", "Officer", None, "U1", "camden-council")
DFE = "department-for-education"


@pytest.fixture
def context(search: Search, now: datetime) -> Context:
    """Two entries, one of an organisation that is followed; both changed twice in a day."""
    db = search.db
    people.save(db, OFFICER, origin="test", now=now)
    for name, holder in (("meals", DFE), ("hats", None)):
        datasets.add(db, {"id": f"dfe/{name}", "title": name.title(), "publisher": holder}, by="t", why=None, now=now)
    follows.notice(db, search, now=now)
    for kind, what in (("organisation", DFE), ("entry", "dfe/hats")):
        follows.start(db, OFFICER, kind, what, now=now)
    for follow in follows.of(db, OFFICER.id):
        follows.set_pace(db, follow.number, OFFICER, "daily")
    for revision, summary in ((1, "One"), (2, "Two")):
        for name in ("meals", "hats"):
            changes = {"summary": summary}
            datasets.amend(db, f"dfe/{name}", changes, revision=revision, by="t", why=None, now=now)
        follows.notice(db, search, now=now)
    return Context(db, search)


def digest(context: Context) -> SlackMessage:
    (day,) = [row["day"] for row in context.db.query("SELECT DISTINCT day FROM follow_news")]
    told = following.tell_digest(context, {"day": day}, OFFICER)
    assert told
    fits(told)
    return told


def test_what_happened_twice_to_an_entry_is_told_once_and_each_line_can_be_left(context: Context) -> None:
    told = digest(context)
    assert told.text.count("has changed") == 2
    assert "held by Department for Education, has changed." in told.text
    stops = [block["accessory"]["value"] for block in told.blocks if "accessory" in block]
    assert sorted(map(int, stops)) == sorted(each.number for each in follows.of(context.db, OFFICER.id))
    assert "Your Home lists everything that you follow." in told.text
    follows.stop(context.db, int(stops[0]), OFFICER)
    assert digest(context).text.count("has changed") == 1


def test_what_does_not_fit_is_counted(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_NEWS", 1)
    assert "1 more thing happened." in digest(context).text


def test_it_is_told_in_welsh_to_who_wants_it(context: Context) -> None:
    with speaking(Language.WELSH):
        text = digest(context).text
    assert "Newyddion ers ddoe" in text and "has changed" not in text
