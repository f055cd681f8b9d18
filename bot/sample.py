"""The sample: illustrative entries and people, to try things with. Never loaded into a catalogue by itself."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from typing import Any

from catalogue import clock, outbox, people, requests
from catalogue.harvest import jsonlines, spreadsheet
from catalogue.harvest.run import merge_rows
from catalogue.model import Person
from catalogue.requests.model import Waiting
from catalogue.requests.record import mark_illustrative
from catalogue.rows import Fault
from catalogue.search.vocabulary import load as load_vocabulary
from catalogue.store import Database

SAMPLE = files("catalogue") / "data" / "sample"
BY = "sample"


def load(db: Database) -> int:
    """Bring the sample entries and people into the record; returns the number of entries. Harmless to repeat."""
    now = clock.now()
    count = 0
    for name in ("central.jsonl", "public.jsonl"):
        with as_file(SAMPLE / name) as path:
            resolve = load_vocabulary(db).resolve
            report = merge_rows(
                db, jsonlines.read(path), source="sample", by=BY, why="Sample entries", now=now, resolve=resolve
            )
            count += report.added + report.changed + report.unchanged
    with as_file(SAMPLE / "people.csv") as path:
        for _line, row in spreadsheet.read(path, needed="id"):
            if isinstance(row, Fault):
                raise ValueError(str(row))
            person = Person(row["id"], row["name"], row["email"], row["slack_id"], row["organisation"])
            people.save(db, person, origin=BY, now=now)
            for grant in people.parse_grants(row["roles"]):
                people.grant(db, person.id, grant, by=BY, reason="Sample", now=now)
    return count


def load_requests(db: Database) -> int:
    """Bring illustrative requests and shares into the record, as if the sample's people had made them in past months.

    Returns how many; none when there is any request. Nothing of it is said to anybody.
    """
    parsed = tomllib.loads((SAMPLE / "requests.toml").read_text(encoding="utf-8"))
    with db.atomic():
        if db.query("SELECT 1 FROM requests LIMIT 1"):
            return 0
        for story in parsed["request"]:
            _relive(db, story, parsed["answers"], clock.now() - timedelta(days=story["days"]))
        outbox.unsay(db, prefix="SR-")
    return len(parsed["request"])


def _relive(db: Database, story: Mapping[str, Any], answers: Mapping[str, Any], began: datetime) -> None:
    author = people.find(db, story["author"])
    request = requests.start(
        db, story["dataset"], by=author, now=began, answers={**answers, **story.get("answers", {})}
    )
    mark_illustrative(db, request.id)
    requests.submit(db, request.id, by=author, now=began)
    for act in story["acts"]:
        values = {name: value for name, value in act.items() if name not in ("after", "by", "do", "lasts", "reviewed")}
        now = began + timedelta(days=act["after"])
        if "lasts" in act:
            values["ends"] = (clock.now() + timedelta(days=act["lasts"])).date()
            values["review"] = (clock.now() + timedelta(days=act["reviewed"])).date()
        if "party" in values:
            values["party"] = Waiting(values["party"])
        getattr(requests, act["do"])(db, request.id, by=people.find(db, act["by"]), now=now, **values)
