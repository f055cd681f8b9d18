"""Access requests, their events, and the shares they become."""

import json

from catalogue.store.port import Database
from catalogue.store.tables.making import create


def m009_requests(db: Database) -> None:
    """Access requests, their history, who joined them, the shares they became, and how people want to be told."""
    create(
        db,
        """
        INSERT INTO counters (name, value) VALUES ('request', 0);
        CREATE TABLE requests (
            id TEXT PRIMARY KEY,
            number BIGINT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            dataset_title TEXT NOT NULL,
            holder TEXT,
            author TEXT NOT NULL,
            organisation TEXT,
            state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'in_review', 'returned', 'approved',
                'declined', 'withdrawn', 'expired')),
            version BIGINT NOT NULL DEFAULT 1,
            events BIGINT NOT NULL DEFAULT 0,
            answers TEXT NOT NULL,
            facts TEXT NOT NULL,
            filled TEXT NOT NULL,
            conditions TEXT NOT NULL,
            waiting_for TEXT NOT NULL,
            waiting_since TEXT NOT NULL,
            question TEXT,
            delegated_to TEXT,
            joined TEXT NOT NULL DEFAULT '[]',
            copied_from TEXT,
            created_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            submitted_at TEXT,
            decided_at TEXT,
            decided_by TEXT,
            is_illustrative INTEGER NOT NULL DEFAULT 0 CHECK (is_illustrative IN (0, 1))
        );
        CREATE INDEX requests_author ON requests (author, number);
        CREATE INDEX requests_dataset ON requests (dataset_id, state);
        CREATE INDEX requests_holder ON requests (holder, state);
        CREATE INDEX requests_state ON requests (state, waiting_since);
        CREATE INDEX requests_delegated ON requests (delegated_to);
        CREATE TABLE request_joined (
            request_id TEXT NOT NULL REFERENCES requests (id),
            person TEXT NOT NULL,
            joined_at TEXT NOT NULL,
            PRIMARY KEY (request_id, person)
        );
        CREATE INDEX request_joined_person ON request_joined (person);
        CREATE TABLE request_events (
            request_id TEXT NOT NULL REFERENCES requests (id),
            place BIGINT NOT NULL,
            at TEXT NOT NULL,
            by TEXT NOT NULL,
            verb TEXT NOT NULL,
            before TEXT,
            after TEXT NOT NULL,
            waiting_for TEXT NOT NULL,
            note TEXT,
            is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),
            detail TEXT NOT NULL,
            answers TEXT,
            PRIMARY KEY (request_id, place)
        );
        CREATE TABLE request_reminded (
            request_id TEXT NOT NULL,
            what TEXT NOT NULL,
            since TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (request_id, what, since)
        );
        CREATE TABLE shares (
            request_id TEXT PRIMARY KEY REFERENCES requests (id),
            dataset_id TEXT NOT NULL,
            dataset_title TEXT NOT NULL,
            holder TEXT,
            recipient TEXT,
            state TEXT NOT NULL CHECK (state IN ('agreed', 'accepted', 'supplied', 'ended')),
            subset TEXT,
            conditions TEXT,
            power TEXT,
            purpose TEXT,
            benefit TEXT,
            starts_on TEXT NOT NULL,
            ends_on TEXT,
            review_on TEXT,
            accepted_at TEXT,
            accepted_by TEXT,
            supplied_at TEXT,
            ended_at TEXT,
            ended_because TEXT,
            is_illustrative INTEGER NOT NULL DEFAULT 0 CHECK (is_illustrative IN (0, 1))
        );
        CREATE INDEX shares_dataset ON shares (dataset_id, state);
        CREATE INDEX shares_recipient ON shares (recipient, dataset_id);
        CREATE INDEX shares_end ON shares (state, ends_on);
        CREATE TABLE share_steps (
            request_id TEXT NOT NULL REFERENCES shares (request_id),
            place INTEGER NOT NULL,
            step TEXT NOT NULL,
            party TEXT NOT NULL,
            done_at TEXT,
            done_by TEXT,
            note TEXT,
            PRIMARY KEY (request_id, step)
        );
        CREATE TABLE question_sets (
            organisation TEXT PRIMARY KEY,
            document TEXT NOT NULL,
            set_by TEXT NOT NULL,
            set_at TEXT NOT NULL
        );
        CREATE TABLE telling (
            person TEXT PRIMARY KEY,
            digest INTEGER NOT NULL DEFAULT 0 CHECK (digest IN (0, 1)),
            quiet_from TEXT,
            quiet_until TEXT,
            digest_told_on TEXT
        )
        """,
    )


def m014_former_authors(db: Database) -> None:
    """Who wrote each request before it was handed over, also where the history only says to whom it went."""
    create(db, "ALTER TABLE requests ADD COLUMN former TEXT NOT NULL DEFAULT '[]'")
    rows = db.query(
        "SELECT e.request_id, e.verb, e.by, e.detail, r.author FROM request_events e JOIN requests r"
        " ON r.id = e.request_id WHERE e.verb IN ('start', 'hand_over') AND EXISTS (SELECT 1 FROM request_events h"
        " WHERE h.request_id = e.request_id AND h.verb = 'hand_over') ORDER BY e.request_id, e.place"
    )
    wrote: dict[str, set[str]] = {}
    for row in rows:
        new = row["by"] if row["verb"] == "start" else json.loads(row["detail"]).get("to")
        wrote.setdefault(row["request_id"], set()).update([new] if new else [])
    authors = {row["request_id"]: row["author"] for row in rows}
    db.execute_many(
        "UPDATE requests SET former = :former WHERE id = :id",
        [{"id": key, "former": json.dumps(sorted(ids - {authors[key]}))} for key, ids in wrote.items()],
    )


def m015_typed(db: Database) -> None:
    """What somebody is typing into a request and has not sent."""
    create(
        db,
        """
        CREATE TABLE request_typed (
            request_id TEXT PRIMARY KEY REFERENCES requests (id),
            answers TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """,
    )


def m019_typed_by(db: Database) -> None:
    """Who is typing: it is theirs to have a copy of, and to have removed."""
    create(db, "ALTER TABLE request_typed ADD COLUMN person TEXT NOT NULL DEFAULT ''")
