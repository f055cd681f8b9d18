"""What stewards work with: proposals, reviews, files, names."""

from catalogue.store.port import Database
from catalogue.store.tables.making import create


def m011_stewarding(db: Database) -> None:
    """What stewards do beside editing: edits half-way, proposals, reviews, readiness, answers to what was missing."""
    create(
        db,
        """
        CREATE TABLE drafts (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL,
            dataset_id TEXT NOT NULL,
            revision BIGINT NOT NULL,
            changes TEXT NOT NULL,
            saved_at TEXT NOT NULL
        );
        CREATE TABLE proposals (
            number SERIAL,
            dataset_id TEXT NOT NULL,
            revision BIGINT NOT NULL,
            kind TEXT NOT NULL,
            field TEXT,
            value TEXT,
            words TEXT NOT NULL,
            by TEXT NOT NULL,
            made_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
            decided_by TEXT,
            decided_at TEXT,
            note TEXT
        );
        CREATE INDEX proposals_dataset ON proposals (dataset_id, state);
        CREATE INDEX proposals_by ON proposals (by, made_at);
        CREATE TABLE reviews (
            dataset_id TEXT NOT NULL,
            person TEXT NOT NULL,
            round TEXT NOT NULL,
            answer TEXT NOT NULL CHECK (answer IN ('right', 'edited', 'not_mine', 'later')),
            at TEXT NOT NULL,
            PRIMARY KEY (dataset_id, person, round)
        );
        CREATE TABLE orphans (
            dataset_id TEXT PRIMARY KEY,
            publisher TEXT,
            why TEXT NOT NULL,
            by TEXT,
            found_at TEXT NOT NULL,
            settled_at TEXT,
            settled_by TEXT
        );
        CREATE TABLE bounces (address TEXT PRIMARY KEY, bounced_at TEXT NOT NULL);
        CREATE TABLE readiness (
            dataset_id TEXT PRIMARY KEY,
            publisher TEXT,
            score BIGINT NOT NULL,
            review_on TEXT NOT NULL,
            worked_out BIGINT NOT NULL
        );
        CREATE INDEX readiness_publisher ON readiness (publisher, review_on);
        CREATE TABLE readiness_weeks (
            publisher TEXT NOT NULL,
            week TEXT NOT NULL,
            entries BIGINT NOT NULL,
            score BIGINT NOT NULL,
            due BIGINT NOT NULL,
            PRIMARY KEY (publisher, week)
        );
        CREATE TABLE demand_answers (
            subject TEXT NOT NULL,
            publisher TEXT NOT NULL,
            answer TEXT NOT NULL CHECK (answer IN ('held', 'elsewhere', 'nobody')),
            dataset_id TEXT,
            holder TEXT,
            by TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (subject, publisher)
        );
        CREATE TABLE former_names (
            publisher TEXT NOT NULL, name TEXT NOT NULL, origin TEXT NOT NULL, added_at TEXT NOT NULL,
            PRIMARY KEY (publisher, name)
        );
        CREATE TABLE uploads (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL,
            file TEXT NOT NULL,
            name TEXT NOT NULL,
            digest TEXT,
            state TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'refused', 'importing', 'done', 'undone')),
            report TEXT,
            run TEXT,
            at TEXT NOT NULL
        )
        """,
    )


def m017_alike(db: Database) -> None:
    """Of which two entries a steward said whether they are the same thing; their ids in order."""
    create(
        db,
        """
        CREATE TABLE alike (
            one TEXT NOT NULL,
            other TEXT NOT NULL,
            decision TEXT NOT NULL CHECK (decision IN ('same', 'different')),
            by TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (one, other)
        )
        """,
    )
