"""Many requests at once: one of each stage, copies of them, and whether what is written of one is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from catalogue import people, requests
from catalogue.model import Person
from catalogue.requests.states import Verb
from catalogue.store import Database
from tests.catalogue.requests.asking import PUPILS, complete, submitted, tick_all

Act = Callable[[Database, str, dict[str, Person], datetime], object]
TABLES = ("requests", "request_events", "shares", "share_steps")
IDS = {"requests": "id"}
TELLS = frozenset(
    {
        Verb.SUBMIT,
        Verb.START_REVIEW,
        Verb.ASK,
        Verb.ANSWER,
        Verb.DELEGATE,
        Verb.NUDGE,
        Verb.APPROVE,
        Verb.DECLINE,
        Verb.SEND_BACK,
        Verb.ACCEPT,
        Verb.TICK,
        Verb.SUPPLY,
        Verb.RENEW,
        Verb.END,
    }
)
"""Acts that always tell somebody."""


def _by(who: str, do: Callable[..., object], **given: object) -> Act:
    return lambda db, key, folk, now: do(db, key, by=folk[who], now=now, **given)


ACTS: Mapping[str, tuple[str, Act]] = {
    "submit": ("draft", _by("asker", requests.submit)),
    "start_review": ("submitted", _by("manager", requests.start_review)),
    "ask": ("submitted", _by("manager", requests.ask_question, note="Which years?")),
    "answer": ("asked", _by("asker", requests.answer_question, note="2024.")),
    "note": ("submitted", _by("manager", requests.add_note, note="Ask legal.")),
    "delegate": (
        "submitted",
        lambda db, key, folk, now: requests.delegate(db, key, by=folk["manager"], to=folk["steward"], now=now),
    ),
    "approve": ("submitted", _by("manager", requests.approve, conditions="Only so.")),
    "decline": ("submitted", _by("manager", requests.decline, note="No.")),
    "send_back": ("submitted", _by("manager", requests.send_back, note="Which years?")),
    "withdraw": ("submitted", _by("asker", requests.withdraw)),
    "accept": ("approved", _by("asker", requests.accept)),
    "tick": ("accepted", _by("manager", requests.tick, what="agreement")),
    "supply": ("ticked", _by("manager", requests.supply)),
    "renew": ("supplied", _by("manager", requests.renew, ends=None)),
    "end": ("supplied", _by("asker", requests.end, note="Done.")),
}
"""Each act with the stage from which it goes."""


def stages(db: Database, folk: dict[str, Person], now: datetime) -> dict[str, str]:
    """One request in each stage, by its name."""
    asker, manager = folk["asker"], folk["manager"]
    made = {"draft": complete(db, requests.start(db, PUPILS, by=asker, now=now), asker, now).id}
    for name in ("submitted", "asked", "approved", "accepted", "ticked", "supplied"):
        made[name] = submitted(db, asker, now).id
    requests.ask_question(db, made["asked"], by=manager, note="Which years?", now=now)
    for name in ("approved", "accepted", "ticked", "supplied"):
        requests.approve(db, made[name], by=manager, now=now)
    for name in ("accepted", "ticked", "supplied"):
        requests.accept(db, made[name], by=asker, now=now)
    for name in ("ticked", "supplied"):
        tick_all(db, made[name], asker=asker, holder=manager, now=now)
    requests.supply(db, made["supplied"], by=manager, now=now)
    return made


def copies(db: Database, request_id: str, how_many: int) -> list[str]:
    """So many copies of a request with its history and share, without its audit and notices; their ids."""
    taken = db.query("SELECT MAX(number) AS n FROM requests")[0]["n"]
    ids = [f"SR-{number:04d}" for number in range(taken + 1, taken + how_many + 1)]
    with db.atomic():
        for table in TABLES:
            key = IDS.get(table, "request_id")
            rows = db.query(f"SELECT * FROM {table} WHERE {key} = :id", {"id": request_id})
            if rows:
                names = list(rows[0])
                db.execute_many(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})",
                    (_copy(row, key, new, taken + 1 + place) for place, new in enumerate(ids) for row in rows),
                )
        db.execute("UPDATE counters SET value = :n WHERE name = 'request'", {"n": taken + how_many})
    return ids


def _copy(row: Mapping[str, Any], key: str, new: str, number: int) -> dict[str, Any]:
    return {**row, key: new, **({"number": number} if "number" in row else {})}


def folk_of(db: Database) -> dict[str, Person]:
    return {person.id: person for person in people.everyone(db)}


def faults_in(db: Database, request_id: str, *, copied: int) -> list[str]:
    """What is not whole about a request of whose history the first `copied` events were copied; nothing when it is."""
    row = db.query("SELECT * FROM requests WHERE id = :id", {"id": request_id})[0]
    events = db.query("SELECT * FROM request_events WHERE request_id = :id ORDER BY place", {"id": request_id})
    shares = db.query("SELECT state FROM shares WHERE request_id = :id", {"id": request_id})
    audited = db.query("SELECT COUNT(*) AS n FROM audit WHERE about = :id AND outcome = 'done'", {"id": request_id})
    keys = [
        each["key"]
        for each in db.query(
            "SELECT key FROM outbox WHERE SUBSTR(key, 1, :n) = :start",
            {"n": len(request_id) + 1, "start": f"{request_id}:"},
        )
    ]
    verbs = [Verb(event["verb"]) for event in events]
    found = []
    if [event["place"] for event in events] != list(range(1, row["events"] + 1)):
        found.append("the history has gaps")
    if (events[-1]["after"], events[-1]["waiting_for"]) != (row["state"], row["waiting_for"]):
        found.append("the last event is not where the request is")
    if (Verb.APPROVE in verbs) != bool(shares):
        found.append("an approval without a share, or a share without one")
    if shares and shares[0]["state"] != _share_state(verbs):
        found.append("the share is not where its history is")
    if audited[0]["n"] != len(events) - copied:
        found.append("an event without its audit row, or a row without its event")
    for event in events[copied:]:
        told = [key for key in keys if key.startswith(f"{request_id}:{event['place']}:")]
        if Verb(event["verb"]) in TELLS and not told:
            found.append(f"{event['verb']} was not told")
    if any(int(key.split(":")[1]) > len(events) for key in keys if key.split(":")[1].isdigit()):
        found.append("something was told that did not happen")
    return found


def _share_state(verbs: list[Verb]) -> str:
    for verb, state in ((Verb.END, "ended"), (Verb.SUPPLY, "supplied"), (Verb.ACCEPT, "accepted")):
        if verb in verbs:
            return state
    return "agreed"
