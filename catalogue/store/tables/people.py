"""People, what they may do, the language they read, and the audit of what was done."""

from catalogue.store.port import Database
from catalogue.store.tables.making import create


def m003_people(db: Database) -> None:
    """Who somebody is and what they may do. A grant ends by a date, it is not deleted."""
    create(
        db,
        """
        CREATE TABLE people (
            id TEXT PRIMARY KEY,
            slack_id TEXT UNIQUE,
            email TEXT,
            name TEXT,
            organisation TEXT,
            is_guest INTEGER NOT NULL DEFAULT 0 CHECK (is_guest IN (0, 1)),
            is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
            origin TEXT NOT NULL,
            checked_at TEXT
        );
        CREATE INDEX people_email ON people (email);
        CREATE TABLE grants (
            person TEXT NOT NULL REFERENCES people (id),
            role TEXT NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            granted_by TEXT NOT NULL,
            granted_at TEXT NOT NULL,
            reason TEXT,
            ended_at TEXT,
            PRIMARY KEY (person, role, scope, granted_at)
        )
        """,
    )


def m007_audit(db: Database) -> None:
    """What was done and refused, as a chain that is only added to, and what of it is about people, kept apart so that
    it can be removed; and when a role begins and ends, in whose place it is held, and until when it is confirmed."""
    create(
        db,
        """
        CREATE TABLE audit (
            number BIGINT PRIMARY KEY,
            at TEXT NOT NULL,
            action TEXT NOT NULL,
            about TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
            standing TEXT,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            version TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL
        );
        CREATE INDEX audit_about ON audit (about);
        CREATE TABLE audit_sealed (
            number BIGINT NOT NULL,
            part TEXT NOT NULL CHECK (part IN ('who', 'what')),
            salt TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (number, part)
        );
        CREATE INDEX audit_sealed_who ON audit_sealed (part, document);
        INSERT INTO counters (name, value) VALUES ('audit', 0);
        ALTER TABLE grants ADD COLUMN starts_at TEXT;
        ALTER TABLE grants ADD COLUMN ends_at TEXT;
        ALTER TABLE grants ADD COLUMN deputy_for TEXT;
        ALTER TABLE grants ADD COLUMN sure_until TEXT;
        ALTER TABLE grants ADD COLUMN origin TEXT;
        ALTER TABLE people ADD COLUMN organisation_from TEXT;
        CREATE TABLE user_groups (
            id TEXT NOT NULL,
            role TEXT NOT NULL,
            scope TEXT NOT NULL DEFAULT '',
            mapped_by TEXT NOT NULL,
            mapped_at TEXT NOT NULL,
            PRIMARY KEY (id, role, scope)
        );
        CREATE INDEX grants_scope ON grants (role, scope)
        """,
    )
    for name, table, event in (
        ("audit_kept", "audit", "UPDATE OR DELETE"),
        ("audit_sealed_kept", "audit_sealed", "UPDATE"),
    ):
        _forbid(db, name, table, event)


def _forbid(db: Database, name: str, table: str, event: str) -> None:
    """Have the database refuse to change (or remove) rows of a table."""
    if db.dialect == "postgresql":
        db.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the audit is only added to'; END $$"
        )
        db.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        return
    for single in event.split(" OR "):
        db.execute(
            f"CREATE TRIGGER {name}_{single.lower()} BEFORE {single} ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END"
        )


def m013_language(db: Database) -> None:
    """The language in which each person is spoken to, where it is known."""
    create(db, "ALTER TABLE people ADD COLUMN language TEXT CHECK (language IN ('en', 'cy'))")


def m020_chosen_language(db: Database) -> None:
    """The language that somebody chose for themselves, which counts before what Slack says."""
    create(db, "ALTER TABLE people ADD COLUMN chosen_language TEXT CHECK (chosen_language IN ('en', 'cy'))")
