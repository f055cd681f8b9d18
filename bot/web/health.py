"""How things are, in counts: whether the database answers, how long notices have waited, how many entries there are."""

from datetime import timedelta
from typing import Any

from catalogue import clock, datasets, outbox
from catalogue.errors import StoreUnavailable
from catalogue.store import Database, pending

LONGEST_WAIT = timedelta(minutes=5)


def report(db: Database) -> dict[str, Any]:
    """What `/readyz` says. `ready` is False when questions would not be answered soon."""
    try:
        waiting = outbox.oldest_waiting(db)
        age = (clock.now() - waiting).total_seconds() if waiting else 0.0
        migrated = not pending(db)
        return {
            "ready": migrated and age < LONGEST_WAIT.total_seconds(),
            "database": "ok",
            "migrated": migrated,
            "oldest_notice_seconds": round(age, 1),
            "parked_notices": outbox.counts(db)["parked"],
        }
    except StoreUnavailable:
        return {"ready": False, "database": "unavailable"}


def metrics(db: Database) -> str:
    """The same as Prometheus text."""
    lines = ["# TYPE whoholds_entries gauge", f"whoholds_entries {datasets.count(db)}", "# TYPE whoholds_outbox gauge"]
    lines += [f'whoholds_outbox{{state="{state}"}} {count}' for state, count in sorted(outbox.counts(db).items())]
    oldest = report(db).get("oldest_notice_seconds", 0)
    lines += ["# TYPE whoholds_oldest_notice_seconds gauge", f"whoholds_oldest_notice_seconds {oldest}"]
    return "\n".join(lines) + "\n"
