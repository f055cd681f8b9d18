"""What is to be said, and what has come in: commit, then acknowledge, then speak.

`receive` notes a delivery by its key, once. `post` puts a notice into the outbox inside the transaction that makes it
true, so that an effect and its notice are saved together or not at all. `claim` hands one due notice to a worker
under a lease; a worker that dies loses the lease and another one sends again, so delivery is at least once, and a
notice is repeated only where the answer to the first try was lost. What was sent keeps its key and receipt and loses
its payload.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from catalogue import clock, visits
from catalogue.bell import bell
from catalogue.entries import canonical
from catalogue.model import Notice, Told
from catalogue.store import Database

LEASE = timedelta(minutes=2)
PACE = timedelta(seconds=1)  # Slack takes one message a second in a channel
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)
DEADLINE = timedelta(hours=24)
INBOX_KEPT = timedelta(days=7)
SENT_KEPT = timedelta(days=30)
TOLD_KEPT = timedelta(days=400)

NAMESPACE = uuid.UUID("5d0f6f52-6f0e-4d5e-9c35-3f2f0a1b7c11")


def receive(db: Database, key: str, *, now: datetime) -> bool:
    """Note a delivery, inside the caller's transaction. False when it was received before: then do nothing."""
    return bool(
        db.execute(
            "INSERT INTO inbox (key, received_at) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING",
            {"key": key, "now": clock.stamp(now)},
        )
    )


def post(
    db: Database,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str,
    channel: str | None,
    now: datetime,
    due: datetime | None = None,
) -> bool:
    """Put a notice into the outbox, inside the caller's transaction. `key` says what it is: the same key is put once.

    `channel` is where it goes: what goes there goes in order, one at a time, at Slack's pace. None when that does not
    matter. Returns False when the key was there.
    """
    posted = db.execute(
        "INSERT INTO outbox (key, kind, channel, payload, state, posted_at, due_at, deadline)"
        " VALUES (:key, :kind, :channel, :payload, 'waiting', :now, :due, :deadline) ON CONFLICT (key) DO NOTHING",
        {
            "key": key,
            "kind": kind,
            "channel": channel,
            "payload": canonical(payload),
            "now": clock.stamp(now),
            "due": clock.stamp(due or now),
            "deadline": clock.stamp((due or now) + DEADLINE),
        },
    )
    if posted:
        db.after_commit(bell.ring)
        db.announce()
    return bool(posted)


def tell(
    db: Database,
    what: str,
    person_id: str,
    values: Mapping[str, Any],
    *,
    about: str,
    key: str,
    now: datetime,
    due: datetime | None = None,
) -> bool:
    """Tell a person of something, inside the caller's transaction; in words once it is sent.

    `what` is `subject.happening` (`request.submitted`), `values` are ids and numbers, no words; `about` is what it is
    about (`SR-0042`, an entry's id). Returns False when the key was there.
    """
    payload = {"what": what, "person": person_id, "about": about, "values": dict(values)}
    refresh_home(db, person_id, now=now)  # which shows it at once, even where the message waits for the morning
    return post(db, "tell", payload, key=key, channel=f"person {person_id}", now=now, due=due)


def unsay(db: Database, *, prefix: str) -> int:
    """Take back, inside the caller's transaction, what was just told under keys that begin so; returns how much."""
    return db.execute(
        "DELETE FROM outbox WHERE kind IN ('tell', 'retell') AND state = 'waiting' AND SUBSTR(key, 1, :n) = :prefix",
        {"prefix": prefix, "n": len(prefix)},
    )


def retell(db: Database, about: str, *, now: datetime) -> int:
    """Have every message told about something made anew and changed in place; returns how many there are."""
    with db.atomic():
        db.execute(
            "INSERT INTO retold (about, at) VALUES (:about, :now) ON CONFLICT (about) DO UPDATE SET at = excluded.at",
            {"about": about, "now": clock.stamp(now)},
        )
        rows = db.query("SELECT key, person FROM told WHERE about = :about", {"about": about})
        for row in rows:
            _retell(db, row["key"], row["person"], now)
    return len(rows)


def _retell(db: Database, key: str, person_id: str, now: datetime) -> None:
    again = f"retell:{key}:{clock.stamp(now)}"
    refresh_home(db, person_id, now=now)
    post(db, "retell", {"key": key}, key=again, channel=f"person {person_id}", now=now)


def told(db: Database, notice: Notice, *, channel: str, ts: str, rendered: datetime, now: datetime) -> None:
    """Write down that a `tell` was sent and where it stands; made anew at once if what it is about changed meanwhile.

    `rendered` is when its words were made.
    """
    payload = notice.payload
    with db.atomic():
        if not sent(db, notice, receipt=f"{channel}:{ts}", now=now):
            return
        db.execute(
            "INSERT INTO told (key, about, what, person, channel, ts, details, told_at)"
            " VALUES (:key, :about, :what, :person, :channel, :ts, :details, :now) ON CONFLICT (key) DO NOTHING",
            {
                "key": notice.key,
                "about": payload["about"],
                "what": payload["what"],
                "person": payload["person"],
                "channel": channel,
                "ts": ts,
                "details": canonical(payload["values"]),
                "now": clock.stamp(now),
            },
        )
        later = {"about": payload["about"], "rendered": clock.stamp(rendered)}
        if db.query("SELECT 1 FROM retold WHERE about = :about AND at >= :rendered", later):
            _retell(db, notice.key, payload["person"], now)


def found_copy(db: Database, *, about: str, channel: str, ts: str, now: datetime) -> None:
    """Have a copy of a message made anew of which nobody wrote down where it stands.

    There is one wherever Slack posted a message and its answer was lost, so that it was sent again.
    """
    with db.atomic():
        same = {"about": about, "channel": channel}
        rows = db.query("SELECT * FROM told WHERE about = :about AND channel = :channel ORDER BY told_at DESC", same)
        if rows and ts not in {row["ts"] for row in rows}:
            copy = {**rows[0], "key": f"{rows[0]['key']}:{ts}", "ts": ts}
            db.execute(
                "INSERT INTO told (key, about, what, person, channel, ts, details, told_at)"
                " VALUES (:key, :about, :what, :person, :channel, :ts, :details, :told_at)",
                copy,
            )
            _retell(db, copy["key"], copy["person"], now)


def where_told(db: Database, key: str) -> Told | None:
    """Where the message of a `tell` stands; None when it was never sent or is long past."""
    rows = db.query("SELECT * FROM told WHERE key = :key", {"key": key})
    if not rows:
        return None
    row = rows[0]
    return Told(row["what"], row["person"], row["about"], json.loads(row["details"]), row["channel"], row["ts"])


def refresh_home(db: Database, person_id: str, *, now: datetime) -> None:
    """Have a person's Home made anew, inside the caller's transaction; once, however many things change at a time.

    One that was never opened is not made.
    """
    place = f"home {person_id}"
    if visits.has_seen(db, person_id, visits.HOME) and not db.query(
        "SELECT 1 FROM outbox WHERE state = 'waiting' AND channel = :place", {"place": place}
    ):
        post(db, "home", {"person": person_id}, key=f"{place}:{uuid.uuid4()}", channel=place, now=now)


IN_TURN = (
    " AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.state = 'sending' AND b.leased_until >= :now"
    " AND b.channel = o.channel)"
)


def claim(db: Database, *, now: datetime) -> Notice | None:
    """Take the oldest due notice whose channel may be written to, and hold it for LEASE. None when there is none."""
    stamp = clock.stamp(now)
    candidates = db.query(
        "SELECT o.number, o.channel FROM outbox o LEFT JOIN paces p ON p.channel = o.channel"
        " WHERE ((o.state = 'waiting' AND o.due_at <= :now) OR (o.state = 'sending' AND o.leased_until < :now))"
        f" AND (p.free_at IS NULL OR p.free_at <= :now){IN_TURN} ORDER BY o.number LIMIT 5",
        {"now": stamp},
    )
    for candidate in candidates:
        with db.atomic():
            if candidate["channel"] and not _take_channel(db, candidate["channel"], stamp, clock.stamp(now + PACE)):
                continue
            rows = db.query(
                "UPDATE outbox SET state = 'sending', attempts = attempts + 1, leased_until = :until"
                " WHERE number = :number AND (state = 'waiting' OR (state = 'sending' AND leased_until < :now))"
                " RETURNING number, key, kind, channel, payload, attempts, posted_at",
                {"number": candidate["number"], "until": clock.stamp(now + LEASE), "now": stamp},
            )
        if rows:
            row = rows[0]
            return Notice(
                number=row["number"],
                key=row["key"],
                kind=row["kind"],
                channel=row["channel"],
                payload=json.loads(row["payload"] or "{}"),
                attempts=row["attempts"],
                posted_at=clock.moment(row["posted_at"]),
            )
    return None


def _take_channel(db: Database, channel: str, now: str, free_at: str) -> bool:
    return bool(
        db.execute(
            "INSERT INTO paces (channel, free_at) VALUES (:channel, :free_at) ON CONFLICT (channel) DO UPDATE"
            " SET free_at = excluded.free_at WHERE paces.free_at <= :now",
            {"channel": channel, "free_at": free_at, "now": now},
        )
    )


def next_due(db: Database, *, now: datetime) -> datetime | None:
    """When the next notice that is not yet due, or whose channel rests, may be sent; None when nothing waits.

    What is behind a notice that is being sent is left out: whoever sends that looks again when it is done.
    """
    rows = db.query(
        "SELECT MIN(CASE WHEN p.free_at > o.due_at THEN p.free_at ELSE o.due_at END) AS due FROM outbox o"
        f" LEFT JOIN paces p ON p.channel = o.channel WHERE o.state = 'waiting'{IN_TURN}",
        {"now": clock.stamp(now)},
    )
    due = rows[0]["due"]
    return max(clock.moment(due), now) if due else None


def sent(db: Database, notice: Notice, *, receipt: str | None, now: datetime) -> bool:
    """Write down that it was sent, and where to (`receipt`). False when somebody else already did."""
    return bool(
        db.execute(
            "UPDATE outbox SET state = 'sent', payload = NULL, sent_at = :now, receipt = :receipt, error = NULL"
            " WHERE number = :number AND state = 'sending' AND attempts = :attempts",
            {
                "number": notice.number,
                "attempts": notice.attempts,
                "now": clock.stamp(now),
                "receipt": receipt,
            },
        )
    )


def failed(db: Database, notice: Notice, *, error: str, now: datetime, wait: timedelta | None = None) -> None:
    """It was not sent: try again after `wait`, or after ever longer times, until the deadline parks it.

    `error` is a code without personal data. When `wait` is Slack's own (Retry-After) the channel rests as long.
    """
    pause = wait or min(FIRST_WAIT * 2 ** min(notice.attempts - 1, 10), LONGEST_WAIT)
    due = clock.stamp(now + pause)
    with db.atomic():
        db.execute(
            "UPDATE outbox SET state = CASE WHEN deadline < :due THEN 'parked' ELSE 'waiting' END,"
            " due_at = :due, leased_until = NULL, error = :error"
            " WHERE number = :number AND state = 'sending' AND attempts = :attempts",
            {"number": notice.number, "attempts": notice.attempts, "due": due, "error": error},
        )
        if wait and notice.channel:
            db.execute(
                "UPDATE paces SET free_at = :due WHERE channel = :channel AND free_at < :due",
                {"due": due, "channel": notice.channel},
            )


def hold(db: Database, notice: Notice, *, now: datetime) -> None:
    """It takes longer than a lease: hold it for another one, so that nobody else takes it up."""
    db.execute(
        "UPDATE outbox SET leased_until = :until WHERE number = :number AND state = 'sending' AND attempts = :attempts",
        {"until": clock.stamp(now + LEASE), "number": notice.number, "attempts": notice.attempts},
    )


def release(db: Database) -> int:
    """Take back what is being sent, for a process that starts and knows that no other sends: the last one was killed.

    Returns how many notices will be sent again; each may be a repeat.
    """
    return db.execute("UPDATE outbox SET state = 'waiting', leased_until = NULL WHERE state = 'sending'")


def park(db: Database, notice: Notice, *, error: str) -> bool:
    """It cannot be sent, now or later: put it aside with the reason, for an administrator to see.

    False when somebody else already dealt with it.
    """
    return bool(
        db.execute(
            "UPDATE outbox SET state = 'parked', leased_until = NULL, error = :error"
            " WHERE number = :number AND state = 'sending' AND attempts = :attempts",
            {"number": notice.number, "attempts": notice.attempts, "error": error},
        )
    )


def counts(db: Database) -> dict[str, int]:
    """How many notices are in each state."""
    rows = db.query("SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")
    return {"waiting": 0, "sending": 0, "sent": 0, "parked": 0} | {row["state"]: row["n"] for row in rows}


def oldest_waiting(db: Database) -> datetime | None:
    """When the longest-waiting due notice was posted."""
    rows = db.query("SELECT MIN(posted_at) AS posted_at FROM outbox WHERE state IN ('waiting', 'sending')")
    return clock.moment(rows[0]["posted_at"]) if rows[0]["posted_at"] else None


def forget(db: Database, *, now: datetime) -> None:
    """Remove what is no longer needed: keys of old deliveries, notices long sent or parked, channels at rest."""
    with db.atomic():
        db.execute("DELETE FROM inbox WHERE received_at < :limit", {"limit": clock.stamp(now - INBOX_KEPT)})
        limit = {"limit": clock.stamp(now - SENT_KEPT)}
        db.execute("DELETE FROM outbox WHERE state = 'sent' AND sent_at < :limit", limit)
        db.execute("DELETE FROM outbox WHERE state = 'parked' AND deadline < :limit", limit)
        old = {"limit": clock.stamp(now - TOLD_KEPT)}
        db.execute("DELETE FROM told WHERE told_at < :limit", old)
        db.execute("DELETE FROM retold WHERE at < :limit", old)
        db.execute("DELETE FROM paces WHERE free_at < :limit", {"limit": clock.stamp(now - timedelta(hours=1))})


def message_id(notice: Notice) -> str:
    """An id for the message that every try of this notice has in common: Slack may use it to drop a repeat."""
    return str(uuid.uuid5(NAMESPACE, notice.key))
