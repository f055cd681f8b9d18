"""The sample: illustrative entries and people, to try things with. Never loaded into a catalogue by itself."""

from importlib.resources import as_file, files

from catalogue import clock, people
from catalogue.harvest import jsonlines, spreadsheet
from catalogue.harvest.run import merge_rows
from catalogue.model import Person
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
