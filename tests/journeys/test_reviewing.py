"""The weekly review: one message that goes on from entry to entry, and entries that nobody looks after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot import weekly
from bot.playground.model import Message
from catalogue import datasets, people, readiness, review
from catalogue.model import GOVERNMENT, Dataset, Grant, Role
from tests.journeys.conftest import Town

STEWARD, MANAGER, ADMIN = "U0STEWARD", "U0MANAGER", "U0ADMIN"
DFE = "department-for-education"


def now() -> datetime:
    return datetime.now(UTC)


def monday(hour: int = 10) -> datetime:
    """This week's Monday, in winter or summer well inside working hours."""
    today = now()
    return (today - timedelta(days=today.weekday())).replace(hour=hour, minute=0)


def of_dfe(town: Town) -> list[Dataset]:
    return datasets.by_publisher(town.db, DFE, audience=GOVERNMENT, limit=100)


def all_checked(town: Town, but: int = 0) -> list[Dataset]:
    """Every entry of the department was checked today, but for some that nobody ever checked."""
    entries = of_dfe(town)
    for place, entry in enumerate(entries):
        checked = None if place < but else now().date().isoformat()
        changes = {"last_verified": checked}
        datasets.amend(town.db, entry.id, changes, revision=entry.revision, by="test", why=None, now=now())
    return entries[:but]


def digest(town: Town, user: str = STEWARD) -> Message:
    town.settles()
    return town.said_to(user)[-1]


def shown(message: Message) -> str:
    """The id of the entry that a digest asks about."""
    return str(message.blocks[-1]["elements"][0]["value"].partition(" ")[2])


def test_twenty_entries_are_reviewed_in_a_row_in_one_message(town: Town) -> None:
    entries = all_checked(town, but=20)
    weekly.tell_stewards(town.db, monday())
    first = digest(town)
    assert "Your entries to review this week: 20" in first.text
    seen = []
    for _ in entries:
        message = digest(town)
        assert message.ts == first.ts
        seen.append(shown(message))
        town.sender.click(STEWARD, message, "review.right")
    assert sorted(seen) == sorted(entry.id for entry in entries)
    assert "That was the last one" in digest(town).text
    assert len(town.said_to(STEWARD)) == 1
    today = now().date().isoformat()
    assert {datasets.get(town.db, entry.id, audience=GOVERNMENT).last_verified for entry in entries} == {today}


def test_the_longest_unchecked_comes_first_and_among_them_the_least_ready(town: Town) -> None:
    entries = all_checked(town, but=3)
    old = (now() - timedelta(days=800)).date().isoformat()
    entry = datasets.get(town.db, entries[0].id, audience=GOVERNMENT)
    datasets.amend(town.db, entry.id, {"last_verified": old}, revision=entry.revision, by="test", why=None, now=now())
    around = readiness.circumstances(town.db, now=now())
    least = min(entries[1:], key=lambda each: (readiness.of(each, around).score, each.id))
    weekly.tell_stewards(town.db, monday())
    assert shown(digest(town)) == least.id


def test_a_digest_is_told_once_a_week_and_only_in_working_hours(town: Town) -> None:
    all_checked(town, but=2)
    weekly.tell_stewards(town.db, monday(hour=3))
    weekly.tell_stewards(town.db, monday() - timedelta(days=1))
    town.settles()
    assert town.said_to(STEWARD) == []
    for hour in (10, 11, 12):
        weekly.tell_stewards(town.db, monday(hour))
    digest(town)
    assert len(town.said_to(STEWARD)) == 1


def test_nothing_is_told_when_nothing_is_due(town: Town) -> None:
    all_checked(town)
    weekly.tell_stewards(town.db, monday())
    town.settles()
    assert town.said_to(STEWARD) == []


def test_an_edit_from_the_digest_counts_as_the_review(town: Town) -> None:
    all_checked(town, but=2)
    weekly.tell_stewards(town.db, monday())
    message = digest(town)
    dataset_id = shown(message)
    town.sender.click(STEWARD, message, "entry.edit")
    overview = town.workspace.views.front(STEWARD)
    assert overview
    town.sender.click(STEWARD, overview, "entry.change", value=f"what {dataset_id}")
    town.sender.submit(STEWARD, {"theme": "Reviewed"})
    saved = town.workspace.views.front(STEWARD)
    assert saved and "Now: Reviewed" in str(saved.payload)
    entry = datasets.get(town.db, dataset_id, audience=GOVERNMENT)
    assert (entry.theme, entry.last_verified) == ("Reviewed", now().date().isoformat())
    assert shown(digest(town)) != dataset_id


def test_later_leaves_the_entry_alone_until_next_week(town: Town) -> None:
    (entry,) = all_checked(town, but=1)
    weekly.tell_stewards(town.db, monday())
    town.sender.click(STEWARD, digest(town), "review.later")
    assert "That was the last one" in digest(town).text
    assert datasets.get(town.db, entry.id, audience=GOVERNMENT).last_verified is None
    steward = people.find(town.db, "dfe-steward")
    next_week = now() + timedelta(days=7)
    due = review.due(town.db, steward, round_=readiness.week_of(next_week), now=next_week)
    assert [each.id for each in due] == [entry.id]


def test_not_mine_goes_to_who_else_has_a_role_there_until_somebody_takes_it(town: Town) -> None:
    (entry,) = all_checked(town, but=1)
    weekly.tell_stewards(town.db, monday())
    town.sender.click(STEWARD, digest(town), "review.not_mine")
    orphans = digest(town, MANAGER)
    assert "that nobody looks after" in orphans.text and entry.title in orphans.text
    town.sender.click(MANAGER, orphans, "review.adopt")
    assert "looked after again" in digest(town, MANAGER).text
    assert datasets.get(town.db, entry.id, audience=GOVERNMENT).last_verified == now().date().isoformat()


def test_a_contact_whose_mail_comes_back_is_told_to_who_else_has_a_role_there(town: Town) -> None:
    all_checked(town)
    entry = next(each for each in of_dfe(town) if each.contact.email)
    count = review.note_bounce(town.db, (entry.contact.email or "").upper(), now=now())
    assert count >= 1
    assert "comes back" in digest(town, MANAGER).text
    assert "contact_alive" in {
        check.id for check in readiness.of(entry, readiness.circumstances(town.db, now=now())).lost
    }


def test_that_the_last_steward_left_is_told_once_a_month(town: Town) -> None:
    all_checked(town, but=1)
    town.db.execute("UPDATE people SET is_active = 0 WHERE id = 'dfe-steward'")
    for hour in (10, 11):
        weekly.tell_stewards(town.db, monday(hour))
    assert "Its last steward has left" in digest(town, MANAGER).text
    assert len(town.said_to(MANAGER)) == 1
    assert town.said_to(STEWARD) == []


@pytest.mark.parametrize("action", ["review.right", "review.not_mine", "review.later"])
def test_who_is_no_longer_a_steward_answers_for_nothing(town: Town, action: str) -> None:
    (entry,) = all_checked(town, but=1)
    weekly.tell_stewards(town.db, monday())
    message = digest(town)
    town.db.execute("UPDATE grants SET ended_at = '2026-01-01T00:00:00.000000Z' WHERE person = 'dfe-steward'")
    town.sender.click(STEWARD, message, action)
    view = town.workspace.views.front(STEWARD)
    assert view and "You cannot do this" in str(view.payload)
    assert datasets.get(town.db, entry.id, audience=GOVERNMENT).last_verified is None
    assert town.db.query("SELECT * FROM reviews") == []


def test_readiness_shows_each_missing_point_with_the_form_that_mends_it(town: Town) -> None:
    (entry,) = all_checked(town, but=1)
    readiness.refresh(town.db, now=now())
    town.sender.command(STEWARD, town.channel, "/whoholds", f"edit {entry.id}")
    overview = town.workspace.views.front(STEWARD)
    assert overview
    town.sender.click(STEWARD, overview, "entry.readiness")
    view = town.workspace.views.front(STEWARD)
    assert view and "Nobody has checked this entry for a year" in str(view.payload)
    assert "of 100 over" in str(view.payload)
    mend = next(block["accessory"] for block in view.blocks if "last_verified" in str(block.get("accessory")))
    town.sender.click(STEWARD, view, "entry.change", value=mend["value"])
    form = town.workspace.views.front(STEWARD)
    assert form and form.blocks[1]["block_id"] == "last_verified"


def test_a_deputy_steward_of_one_entry_is_asked_about_that_one_only(town: Town) -> None:
    entries = all_checked(town, but=3)
    people.grant(town.db, "dwp-analyst", Grant(Role.STEWARD, entries[1].id), by="admin", reason="Test", now=now())
    weekly.tell_stewards(town.db, monday())
    assert shown(digest(town, "U0ANALYST")) == entries[1].id
    town.sender.click("U0ANALYST", digest(town, "U0ANALYST"), "review.right")
    assert "That was the last one" in digest(town, "U0ANALYST").text
