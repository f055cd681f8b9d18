"""Harvesting: what a source has comes in, what a steward wrote stays, and a loss is asked about."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from catalogue import clock, datasets
from catalogue.errors import NotAllowed
from catalogue.harvest import compare, conflicts, held, merge, sources
from catalogue.harvest.harvest import CannotGoOn, go_on
from catalogue.harvest.report import Report
from catalogue.model import (
    GOVERNMENT,
    PUBLIC,
    AccessRights,
    Dataset,
    Grant,
    Person,
    Role,
    Status,
    Visibility,
)
from catalogue.store import Database
from tests.catalogue.harvest.conftest import Harvesting
from tests.conftest import NOW
from tests.fakes.upstream import Upstream, gives, package, send

FIRST = "department-for-education/dataset-1"
DAY = timedelta(days=1)


def counts(report: Report) -> dict[str, int]:
    names = ("added", "changed", "unchanged", "kept", "would_withdraw", "withdrawn", "failed")
    return {name: count for name in names if (count := getattr(report, name))}


def entry(db: Database, dataset_id: str = FIRST) -> Dataset:
    return datasets.get(db, dataset_id, audience=GOVERNMENT)


def edit(db: Database, dataset_id: str = FIRST, **changes: Any) -> None:
    revision = entry(db, dataset_id).revision
    datasets.amend(db, dataset_id, changes, revision=revision, by="steward", why=None, now=NOW)


@pytest.fixture
def twenty(db: Database, upstream: Upstream, harvesting: Harvesting) -> Harvesting:
    """A source of twenty entries that was harvested once."""
    upstream.packages = [package(number) for number in range(1, 21)]
    harvesting.add(db)
    assert counts(harvesting(db)) == {"added": 20}
    return harvesting


def test_a_first_harvest_brings_in_every_package_with_its_fields(db: Database, twenty: Harvesting) -> None:
    found = entry(db)
    assert (found.title, found.publisher, found.keywords) == ("Dataset 1", "department-for-education", ("schools",))
    assert (found.access_rights, found.licence, found.update_frequency) == (AccessRights.OPEN, "OGL-UK-3.0", "annual")
    assert (found.issued, found.modified) == ("2024-01-01", "2026-01-01")
    assert [part.url for part in found.distributions] == ["https://example.gov.uk/1.csv"]
    assert (found.source, found.source_id) == ("portal", "00000000-0000-4000-8000-000000000001")
    assert found.extras == {"odd": "kept"}
    (line,) = datasets.history(db, FIRST)
    assert (line.action, line.by, line.why) == ("add", "harvest", "Harvested from portal")


def test_the_same_again_changes_nothing_and_is_as_of_now(db: Database, twenty: Harvesting) -> None:
    before = datasets.last_change(db)
    assert counts(twenty(db, now=NOW + DAY)) == {"unchanged": 20}
    assert datasets.last_change(db) == before
    assert sources.as_of(db, "portal") == NOW + DAY
    assert db.query("SELECT * FROM staged") == db.query("SELECT * FROM fetched") == []


def test_what_the_source_changed_changes_and_the_history_says_so(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    upstream.packages[0] = package(1, notes="Better words.", license_id=None)
    assert counts(twenty(db)) == {"changed": 1, "unchanged": 19}
    assert (entry(db).description, entry(db).licence) == ("Better words.", None)
    assert set(datasets.history(db, FIRST)[-1].changes) == {"description", "licence"}


def test_pages_are_read_to_their_end_however_small_the_source_makes_them(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages, upstream.rows_max = [package(number) for number in range(25)], 10
    harvesting.add(db)
    report = harvesting(db)
    assert counts(report) == {"added": 25}
    assert report.is_complete
    assert len(upstream.asked) == 4


# a steward's edit


def test_a_stewards_edit_stays_while_the_source_says_the_same(db: Database, twenty: Harvesting) -> None:
    edit(db, summary="Mine", keywords=["pupils"])
    assert counts(twenty(db)) == {"unchanged": 19, "kept": 1}
    assert (entry(db).summary, entry(db).keywords) == ("Mine", ("pupils",))


def test_what_a_steward_did_not_touch_follows_the_source_and_what_they_did_is_a_conflict(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    edit(db, title="My title")
    upstream.packages[0] = package(1, title="Their title", notes="Their words")
    report = twenty(db)
    assert counts(report) == {"changed": 1, "unchanged": 19, "kept": 1}
    assert (entry(db).title, entry(db).description) == ("My title", "Their words")
    (conflict,) = conflicts.of_entry(db, FIRST)
    assert (conflict.field, conflict.mine, conflict.theirs) == ("title", "My title", "Their title")
    assert report.conflicts == 1


def test_what_a_steward_writes_between_the_comparison_and_the_merge_stays(
    db: Database, twenty: Harvesting, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.packages = [package(number, notes="New") for number in range(1, 21)]
    worked_out = compare.compare

    def then_edited(*given: Any, **more: Any) -> Any:
        found = worked_out(*given, **more)
        edit(db, description="Ours", licence="Ours")
        return found

    monkeypatch.setattr(merge, "compare", then_edited)
    report = twenty(db)
    assert (report.changed, report.kept, report.conflicts, report.unchanged) == (19, 1, 1, 0)
    assert (entry(db).description, entry(db).licence, entry(db).revision) == ("Ours", "Ours", 2)
    (conflict,) = conflicts.of_entry(db, FIRST)
    assert (conflict.field, conflict.mine, conflict.theirs) == ("description", "Ours", "New")


def test_what_a_steward_holds_does_not_follow_its_source_before_they_were_asked(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    steward = Person("steward", grants=(Grant(Role.STEWARD, "department-for-education"),))
    held.hold(db, FIRST, ["description", "id", "nothing"], by=steward, now=NOW)
    assert held.of_entry(db, FIRST) == ("description",)
    before = entry(db).description
    upstream.packages[0] = package(1, notes="New", title="New title")
    assert counts(twenty(db)) == {"changed": 1, "kept": 1, "unchanged": 19}
    assert (entry(db).title, entry(db).description) == ("New title", before)
    (conflict,) = conflicts.of_entry(db, FIRST)
    assert (conflict.field, conflict.mine, conflict.theirs) == ("description", before, "New")
    conflicts.take(db, conflict.number, by=steward, now=NOW)
    upstream.packages[0] = package(1, notes="Newer", title="New title")
    twenty(db)
    assert entry(db).description == "New"
    held.hold(db, FIRST, [], by=steward, now=NOW)
    upstream.packages[1] = package(2, notes="Newest")
    twenty(db)
    assert entry(db, "department-for-education/dataset-2").description == "Newest"
    with pytest.raises(NotAllowed):
        held.hold(db, FIRST, ["title"], by=Person("somebody", organisation="nhs-england"), now=NOW)


def test_what_is_held_while_a_run_is_compared_is_held(
    db: Database, twenty: Harvesting, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = Person("steward", grants=(Grant(Role.STEWARD, "department-for-education"),))
    upstream.packages[0] = package(1, notes="New")
    worked_out = compare.compare

    def then_held(*given: Any, **more: Any) -> Any:
        found = worked_out(*given, **more)
        held.hold(db, FIRST, ["description"], by=steward, now=NOW)
        return found

    monkeypatch.setattr(merge, "compare", then_held)
    assert counts(twenty(db)) == {"kept": 1, "unchanged": 19}
    assert entry(db).description != "New"


def test_a_conflict_is_told_once_replaced_by_a_newer_one_and_gone_when_both_agree(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    edit(db, title="My title")
    upstream.packages[0] = package(1, title="Their title")
    assert counts(twenty(db)) == {"unchanged": 19, "kept": 1}
    assert twenty(db).conflicts == 0
    upstream.packages[0] = package(1, title="Their newest title")
    assert twenty(db).conflicts == 1
    assert [one.theirs for one in conflicts.of_entry(db, FIRST)] == ["Their newest title"]
    upstream.packages[0] = package(1, title="My title")
    assert counts(twenty(db)) == {"unchanged": 20}
    assert conflicts.of_entry(db, FIRST) == []


def test_an_entry_that_a_steward_withdrew_does_not_come_back(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    datasets.withdraw(db, FIRST, revision=1, successor=None, by="steward", why=None, now=NOW)
    upstream.packages[0] = package(1, notes="New words")
    twenty(db)
    assert (entry(db).status, entry(db).description) == (Status.WITHDRAWN, "New words")


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ({"private": True}, {"private": False}, "visibility"),
        ({"isopen": False}, {"isopen": True}, "access_rights"),
        ({"isopen": False, "license_id": "other-closed"}, {"isopen": False}, "licence"),
        ({"state": "deleted"}, {"state": "active"}, "status"),
    ],
)
def test_a_harvest_never_opens_an_entry_up_by_itself(
    db: Database, upstream: Upstream, harvesting: Harvesting, before: dict[str, Any], after: dict[str, Any], field: str
) -> None:
    upstream.packages = [package(1, **before)]
    harvesting.add(db)
    harvesting(db)
    was = getattr(entry(db), field)
    upstream.packages = [package(1, **after)]
    harvesting(db)
    assert getattr(entry(db), field) == was
    assert [one.field for one in conflicts.of_entry(db, FIRST)] == [field]
    upstream.packages = [package(1, **before)]
    harvesting(db)
    assert conflicts.of_entry(db, FIRST) == []


def test_a_source_may_close_an_entry(db: Database, twenty: Harvesting, upstream: Upstream) -> None:
    upstream.packages[0] = package(1, private=True, isopen=False)
    assert counts(twenty(db)) == {"changed": 1, "unchanged": 19}
    assert (entry(db).visibility, entry(db).access_rights) == (Visibility.GOVERNMENT, None)


def test_a_sources_entries_are_no_more_visible_than_the_source_may_make_them(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [package(1)]
    harvesting.add(db, visibility=Visibility.GOVERNMENT)
    harvesting(db)
    assert list(datasets.everything(db, audience=PUBLIC)) == []
    assert entry(db).visibility is Visibility.GOVERNMENT


# the brake


def test_a_few_missing_entries_stay_and_are_counted(db: Database, twenty: Harvesting, upstream: Upstream) -> None:
    del upstream.packages[:5]
    report = twenty(db)
    assert counts(report) == {"unchanged": 15, "would_withdraw": 5}
    assert report.missing[0] == FIRST
    assert report.stopped_because is None
    assert entry(db).status is Status.PUBLISHED


def test_too_many_missing_entries_stop_the_run_before_it_changes_anything(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    upstream.packages = [package(number, notes="New") for number in range(7, 21)]
    before = datasets.last_change(db)
    report = twenty(db)
    assert report.stopped_because is not None
    assert report.stopped_because.startswith("6 of 20 entries are missing from the source. Nothing was changed.")
    assert (report.would_withdraw, len(report.missing)) == (6, 6)
    assert datasets.last_change(db) == before
    assert sources.as_of(db, "portal") == NOW
    assert list(sources.waiting(db, "portal")) == [report.run]


def test_a_stopped_run_goes_on_when_somebody_says_so_and_only_once(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    upstream.packages = [package(number, notes="New") for number in range(7, 21)]
    stopped = twenty(db)
    report = go_on(db, "portal", stopped.run, by="ada", now=NOW)
    assert counts(report) == {"changed": 14, "would_withdraw": 6}
    assert report.stopped_because is None
    with pytest.raises(CannotGoOn, match="does not wait"):
        go_on(db, "portal", stopped.run, by="ada", now=NOW)
    assert counts(twenty(db)) == {"unchanged": 14, "would_withdraw": 6}  # what was accepted does not stop again


def test_a_stopped_run_is_replaced_when_the_source_recovers(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    whole, upstream.packages = upstream.packages, upstream.packages[:3]
    stopped = twenty(db)
    upstream.packages = whole
    assert counts(twenty(db)) == {"unchanged": 20}
    with pytest.raises(CannotGoOn, match="replaced"):
        go_on(db, "portal", stopped.run, by="ada", now=NOW)


@pytest.mark.parametrize("kept", range(0, 21, 5))
def test_an_empty_or_shrunken_source_is_told_from_a_small_loss(
    db: Database, twenty: Harvesting, upstream: Upstream, kept: int
) -> None:
    upstream.packages = upstream.packages[:kept]
    report = twenty(db)
    assert bool(report.stopped_because) == (kept < 15)
    assert datasets.count_by_theme(db, "department-for-education", audience=PUBLIC)[0] == 20


def test_too_many_new_titles_stop_the_run(db: Database, twenty: Harvesting, upstream: Upstream) -> None:
    upstream.packages = [package(number, title=f"Row {number}") for number in range(1, 8)] + upstream.packages[7:]
    report = twenty(db)
    assert report.stopped_because is not None
    assert report.stopped_because.startswith("7 of 20 entries have another title.")
    assert report.retitled[0] == [FIRST, "Dataset 1", "Row 1"]
    assert entry(db).title == "Dataset 1"


def test_an_empty_source_that_never_had_anything_is_said(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    harvesting.add(db)
    assert harvesting(db).stopped_because == "The source is empty."


# withdrawing


def test_what_is_missing_in_three_complete_runs_and_for_a_week_is_withdrawn_and_its_page_stays(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    gone = upstream.packages.pop(0)
    for day in range(1, 8):
        assert counts(twenty(db, now=NOW + day * DAY)) == {"unchanged": 19, "would_withdraw": 1}
    assert counts(twenty(db, now=NOW + 8 * DAY)) == {"unchanged": 19, "withdrawn": 1}
    assert entry(db).status is Status.WITHDRAWN
    assert datasets.history(db, FIRST)[-1].action == "withdraw"
    assert counts(twenty(db, now=NOW + 9 * DAY)) == {"unchanged": 19}
    upstream.packages.insert(0, gone)
    report = twenty(db, now=NOW + 10 * DAY)
    assert report.back_again == 1
    assert entry(db).status is Status.WITHDRAWN  # a steward decides
    assert [one.field for one in conflicts.of_entry(db, FIRST)] == ["status"]


def test_a_week_is_not_enough_without_three_runs_nor_three_runs_without_a_week(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    del upstream.packages[0]
    for moment in (DAY, 2 * DAY, 3 * DAY):
        assert twenty(db, now=NOW + moment).withdrawn == 0
    del upstream.packages[0]
    assert twenty(db, now=NOW + 4 * DAY).withdrawn == 0
    assert twenty(db, now=NOW + 12 * DAY).withdrawn == 1  # the first one; the second was missing twice


def test_an_entry_that_reappears_in_time_is_as_if_it_had_never_been_away(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    gone = upstream.packages.pop(0)
    twenty(db, now=NOW + DAY)
    twenty(db, now=NOW + 2 * DAY)
    upstream.packages.append(gone)
    assert counts(twenty(db, now=NOW + 3 * DAY)) == {"unchanged": 20}
    upstream.packages.remove(gone)
    assert counts(twenty(db, now=NOW + 20 * DAY)) == {"unchanged": 19, "would_withdraw": 1}


def test_a_partial_run_counts_nothing_as_missing(db: Database, twenty: Harvesting, upstream: Upstream) -> None:
    upstream.rows_max, whole = 10, list(upstream.packages)
    upstream.packages = [package(1, notes="New"), *whole[1:10]]
    upstream.claims = lambda _count: 20
    report = twenty(db)
    assert counts(report) == {"changed": 1, "unchanged": 9}
    assert report.stopped_because == "The source says that it has 20 records, and gave 10."
    assert not report.is_complete
    assert sources.counts(db, "portal")["missing"] == 0


# what is wrong with records


def test_one_bad_record_stops_nothing_and_is_told(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    upstream.packages = [package(1), {"id": "x", "title": ""}, "text", None, {"notes": "no id"}, package(2)]
    harvesting.add(db)
    report = harvesting(db)
    assert counts(report) == {"added": 2, "failed": 4}
    assert [(one["record"], one["reason"].partition(".")[0]) for one in report.failures] == [
        ("x", "There is no title"),
        ("record 3", "This should be an object"),
        ("record 4", "This should be an object"),
        ("record 5", "There is no id and no title"),
    ]


def test_an_entry_whose_record_can_no_longer_be_read_is_not_missing(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    upstream.packages[0] = package(1, title="")
    assert counts(twenty(db)) == {"unchanged": 19, "failed": 1}


def test_a_dry_run_tells_the_same_and_writes_nothing(db: Database, twenty: Harvesting, upstream: Upstream) -> None:
    edit(db, title="Mine")
    upstream.packages = [package(1, title="Theirs"), package(2, notes="New"), *upstream.packages[2:18], package(99)]
    tables = ("datasets", "history", "harvested", "conflicts", "sources", "organisations", "staged", "fetched")
    before = [db.query(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
    rehearsed = twenty(db, dry_run=True)
    assert [db.query(f"SELECT * FROM {table} ORDER BY 1") for table in tables] == before
    assert counts(rehearsed) == counts(twenty(db)) == {
        "added": 1, "changed": 1, "unchanged": 16, "kept": 1, "would_withdraw": 2,
    }  # fmt: skip


def test_entries_of_two_sources_are_never_merged(db: Database, twenty: Harvesting, upstream: Upstream) -> None:
    sources.add(db, "other", kind="jsonl", url=upstream.url + "/all.jsonl", by="ada", now=NOW)
    line = {"id": FIRST, "title": "Dataset 1", "publisher": "department-for-education"}
    upstream.routes["/all.jsonl"] = gives(json.dumps(line))
    from catalogue.harvest.fetch import Fetcher
    from catalogue.harvest.harvest import harvest

    with Fetcher(allowed=twenty.allowed) as fetcher:
        report = harvest(db, "other", fetcher=fetcher, resolve=lambda name: name, by="ada", now=NOW)
    assert counts(report) == {"added": 1}
    assert len(list(datasets.everything(db, audience=PUBLIC))) == 21


# the other kinds


def test_data_json_is_read_item_by_item(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    item = {
        "identifier": "abc-1",
        "title": "School meals",
        "description": "<p>Meals</p>",
        "keyword": ["meals"],
        "publisher": {"name": "Department for Education"},
        "contactPoint": {"fn": "Data team", "hasEmail": "mailto:data@example.gov.uk"},
        "accessLevel": "restricted public",
        "accrualPeriodicity": "R/P1Y",
        "temporal": "2010-01-01/2015-12-31",
        "distribution": [{"downloadURL": "https://example.gov.uk/a.csv", "mediaType": "text/csv"}],
        "bureauCode": ["1:2"],
    }
    body = json.dumps({"conformsTo": "x", "@context": {"a": [1, {"b": "]"}]}, "dataset": [item], "more": 1})
    upstream.routes["/data.json"] = gives(body)
    harvesting.add(db, "datajson", "/data.json")
    assert counts(harvesting(db)) == {"added": 1}
    found = entry(db, "department-for-education/school-meals")
    assert (found.description, found.access_rights, found.temporal) == ("Meals", AccessRights.RESTRICTED, "2010/2015")
    assert (found.contact.name, found.contact.email) == ("Data team", "data@example.gov.uk")
    assert (found.update_frequency, found.extras) == ("annual", {"bureauCode": ["1:2"]})
    assert found.source_id == "abc-1"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("jsonl", '{"id": "a/b", "title": "One", "publisher": "DfE"}\nnot json\n{"id": "a/c", "title": "Two"}\n'),
        ("csv", "id,title,publisher\na/b,One,DfE\na/c,Two,\nx\n"),
    ],
)
def test_files_are_read_as_imports_are(
    db: Database, upstream: Upstream, harvesting: Harvesting, kind: str, body: str
) -> None:
    upstream.routes["/file"] = gives(body)
    harvesting.add(db, kind, "/file", publisher="camden-council")
    assert counts(harvesting(db)) == {"added": 2, "failed": 1}
    assert entry(db, "a/c").publisher == "camden-council"
    assert counts(harvesting(db)) == {"unchanged": 2, "failed": 1}


def test_what_did_not_change_is_not_sent_again(db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    def conditional(handler: Any) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            handler.send_response(304)
            handler.end_headers()
        else:
            send(handler, b'{"id": "a/b", "title": "One"}', headers={"ETag": '"1"'})

    upstream.routes["/file"] = conditional
    harvesting.add(db, "jsonl", "/file")
    assert counts(harvesting(db)) == {"added": 1}
    report = harvesting(db, now=NOW + DAY)
    assert counts(report) == {"unchanged": 1}
    assert report.is_complete
    assert sources.as_of(db, "portal") == NOW + DAY


def test_only_what_is_recent_is_asked_for_and_nothing_is_missing_then(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    upstream.packages[3] = package(4, notes="New", metadata_modified="2026-03-31T09:00:00.000000")
    report = twenty(db, only_recent=True)
    assert counts(report) == {"changed": 1}
    assert "metadata_modified%3A%5B2026-03-31T08%3A30%3A00Z+TO+%2A%5D" in upstream.asked[-1]
    assert sources.counts(db, "portal")["missing"] == 0


def test_a_source_that_fails_is_tried_ever_later_and_what_it_gave_stays(
    db: Database, twenty: Harvesting, upstream: Upstream
) -> None:
    upstream.routes["/api/3/action/package_search"] = gives("no", status=500)
    waits = []
    for _try in range(9):
        assert twenty(db).stopped_because == "The source answered 500."
        waits.append(sources.get(db, "portal").due_at - NOW)
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert waits[-1] == timedelta(hours=24)
    assert sources.as_of(db, "portal") == NOW
    assert entry(db).status is Status.PUBLISHED


def test_a_source_that_is_due_is_taken_once(db: Database, twenty: Harvesting) -> None:
    later = NOW + 2 * DAY
    (source,) = sources.due(db, now=later)
    assert sources.take(db, source, now=later)
    assert not sources.take(db, source, now=later)
    assert sources.due(db, now=later) == []
    assert clock.stamp(sources.get(db, "portal").due_at) == clock.stamp(later + DAY)
