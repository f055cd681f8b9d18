"""What came in, what is to be said and was said, conversations, what people follow, and when they were last seen."""

from catalogue.store.port import Database
from catalogue.store.tables.making import create


def m004_messages(db: Database) -> None:
    """What came in (its key only), what is to go out, when a channel may be written to again, what went unanswered."""
    create(
        db,
        """
        CREATE TABLE inbox (key TEXT PRIMARY KEY, received_at TEXT NOT NULL);
        CREATE INDEX inbox_received ON inbox (received_at);
        CREATE TABLE outbox (
            number SERIAL,
            key TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            channel TEXT,
            payload TEXT,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'parked')),
            attempts INTEGER NOT NULL DEFAULT 0,
            posted_at TEXT NOT NULL,
            due_at TEXT NOT NULL,
            leased_until TEXT,
            deadline TEXT NOT NULL,
            sent_at TEXT,
            receipt TEXT,
            error TEXT
        );
        CREATE INDEX outbox_due ON outbox (state, due_at);
        CREATE TABLE paces (channel TEXT PRIMARY KEY, free_at TEXT NOT NULL);
        CREATE TABLE unanswered (
            number SERIAL,
            subject TEXT NOT NULL,
            organisation TEXT,
            asked_at TEXT NOT NULL,
            key TEXT UNIQUE
        )
        """,
    )


def m005_conversations(db: Database) -> None:
    """What each thread and direct message is about."""
    create(
        db,
        """
        CREATE TABLE conversations (key TEXT PRIMARY KEY, state TEXT NOT NULL, at TEXT NOT NULL);
        CREATE INDEX conversations_at ON conversations (at)
        """,
    )


def m006_follows(db: Database) -> None:
    """Who follows what and what there is to tell them; answers turned down; collections that were checked first."""
    create(
        db,
        """
        CREATE TABLE follows (
            number SERIAL,
            person TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('entry', 'organisation', 'question')),
            what TEXT NOT NULL,
            pace TEXT NOT NULL CHECK (pace IN ('at_once', 'daily')),
            at TEXT NOT NULL,
            UNIQUE (person, kind, what)
        );
        CREATE INDEX follows_what ON follows (kind, what);
        CREATE TABLE followed (dataset_id TEXT PRIMARY KEY, revision INTEGER NOT NULL);
        CREATE TABLE follow_news (
            follow BIGINT NOT NULL,
            dataset_id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            happening TEXT NOT NULL,
            day TEXT NOT NULL,
            person TEXT NOT NULL,
            PRIMARY KEY (follow, dataset_id, revision)
        );
        CREATE INDEX follow_news_day ON follow_news (person, day);
        INSERT INTO counters (name, value) SELECT 'followed', value FROM counters WHERE name = 'change';
        CREATE TABLE feedback (
            number SERIAL,
            key TEXT UNIQUE,
            intent TEXT NOT NULL,
            subject TEXT NOT NULL,
            datasets TEXT NOT NULL,
            organisation TEXT,
            at TEXT NOT NULL,
            reviewed_at TEXT
        );
        CREATE TABLE collection_checks (
            number SERIAL,
            key TEXT UNIQUE,
            subject TEXT NOT NULL,
            organisation TEXT,
            datasets TEXT NOT NULL,
            checked_at TEXT NOT NULL,
            avoided_at TEXT
        )
        """,
    )


def m008_told(db: Database) -> None:
    """What people were told and where it stands, when it was last to be told anew, and when each chore is next due."""
    create(
        db,
        """
        CREATE TABLE told (
            key TEXT PRIMARY KEY,
            about TEXT NOT NULL,
            what TEXT NOT NULL,
            person TEXT NOT NULL,
            channel TEXT NOT NULL,
            ts TEXT NOT NULL,
            details TEXT NOT NULL,
            told_at TEXT NOT NULL
        );
        CREATE INDEX told_about ON told (about);
        CREATE TABLE retold (about TEXT PRIMARY KEY, at TEXT NOT NULL);
        CREATE TABLE chores (name TEXT PRIMARY KEY, due_at TEXT NOT NULL)
        """,
    )


def m012_visits(db: Database) -> None:
    """What each person in Slack has come to before."""
    create(
        db,
        "CREATE TABLE visits (slack_id TEXT NOT NULL, what TEXT NOT NULL, at TEXT NOT NULL,"
        " PRIMARY KEY (slack_id, what))",
    )
