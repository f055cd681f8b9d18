"""How somebody wants to hear of requests: message by message or once a day, and when not to be disturbed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from catalogue import clock
from catalogue.errors import InvalidAnswers
from catalogue.store import Database


@dataclass(frozen=True, slots=True)
class Preferences:
    """`digest`: what waits, once a working day, instead of single messages. Quiet hours are by London's clock."""

    digest: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None

    def due(self, now: datetime) -> datetime:
        """When a message that is ready now may go out."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return now
        here = clock.london(now)
        start = here.replace(hour=self.quiet_from.hour, minute=self.quiet_from.minute, second=0, microsecond=0)
        for begins in (start - timedelta(days=1), start):
            ends = begins.replace(hour=self.quiet_until.hour, minute=self.quiet_until.minute)
            if ends <= begins:
                ends += timedelta(days=1)
            if begins <= here < ends:
                return ends.astimezone(now.tzinfo)
        return now


NONE = Preferences()


def preferences(db: Database, person_id: str) -> Preferences:
    """What somebody chose; message by message at any hour when they chose nothing."""
    rows = db.query("SELECT * FROM telling WHERE person = :person", {"person": person_id})
    if not rows:
        return NONE
    row = rows[0]
    return Preferences(bool(row["digest"]), _time(row["quiet_from"]), _time(row["quiet_until"]))


def choose(db: Database, person_id: str, chosen: Preferences) -> None:
    """Keep what somebody chose. Raises InvalidAnswers when quiet hours begin and never end."""
    if (chosen.quiet_from is None) != (chosen.quiet_until is None):
        raise InvalidAnswers({"quiet": "Give both the beginning and the end of quiet hours, or neither."})
    db.execute(
        "INSERT INTO telling (person, digest, quiet_from, quiet_until) VALUES (:person, :digest, :start, :end)"
        " ON CONFLICT (person) DO UPDATE SET digest = excluded.digest, quiet_from = excluded.quiet_from,"
        " quiet_until = excluded.quiet_until",
        {
            "person": person_id,
            "digest": int(chosen.digest),
            "start": chosen.quiet_from.isoformat("minutes") if chosen.quiet_from else None,
            "end": chosen.quiet_until.isoformat("minutes") if chosen.quiet_until else None,
        },
    )


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
