"""Entries, their history and the runs that brought them; the vocabulary; sources to harvest."""

import secrets

from catalogue.store.port import Database
from catalogue.store.tables.making import create


def m001_entries(db: Database) -> None:
    """Entries, their history, the runs that brought them, and the counters that number things."""
    create(
        db,
        """
        CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
        INSERT INTO counters (name, value) VALUES ('change', 0), ('vocabulary', 0);
        CREATE TABLE datasets (
            number SERIAL,
            id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            publisher TEXT,
            theme TEXT,
            status TEXT NOT NULL,
            visibility TEXT NOT NULL,
            source TEXT,
            entry TEXT NOT NULL,
            digest TEXT NOT NULL,
            revision BIGINT NOT NULL,
            change BIGINT NOT NULL,
            updated_at TEXT NOT NULL
        );
        CREATE INDEX datasets_change ON datasets (change);
        CREATE INDEX datasets_publisher ON datasets (publisher, theme);
        CREATE INDEX datasets_visibility ON datasets (visibility);
        CREATE TABLE history (
            number SERIAL,
            dataset_id TEXT NOT NULL,
            revision BIGINT NOT NULL,
            at TEXT NOT NULL,
            by TEXT NOT NULL,
            action TEXT NOT NULL,
            changes TEXT NOT NULL,
            why TEXT,
            run TEXT
        );
        CREATE UNIQUE INDEX history_dataset ON history (dataset_id, revision);
        CREATE TABLE runs (
            id TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            by TEXT NOT NULL,
            started_at TEXT NOT NULL,
            finished_at TEXT,
            report TEXT
        );
        CREATE TABLE staged (
            run TEXT NOT NULL,
            place BIGINT NOT NULL,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            publisher TEXT,
            theme TEXT,
            status TEXT NOT NULL,
            visibility TEXT NOT NULL,
            source TEXT,
            entry TEXT NOT NULL,
            cleared TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (run, id)
        );
        """,
    )
    db.execute("INSERT INTO counters (name, value) VALUES ('lineage', :lineage)", {"lineage": secrets.randbits(60)})


def m002_vocabulary(db: Database) -> None:
    """Organisations with all their names, acronyms with their meanings, synonyms. `origin`: shipped or who added it."""
    create(
        db,
        """
        CREATE TABLE organisations (slug TEXT PRIMARY KEY, document TEXT NOT NULL, origin TEXT NOT NULL);
        CREATE TABLE acronyms (
            acronym TEXT NOT NULL, meaning TEXT NOT NULL, holder TEXT, kind TEXT, note TEXT, origin TEXT NOT NULL,
            PRIMARY KEY (acronym, meaning)
        );
        CREATE TABLE synonyms (
            plain TEXT NOT NULL, term TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (plain, term)
        )
        """,
    )


def m010_sources(db: Database) -> None:
    """Sources of entries, what each last said of every entry (the harvested layer), what is being fetched, conflicts.

    `harvested.document` is the entry as its source has it. `raw` is the fingerprint of the record it was mapped from.
    `runs.state`: gathering, stopped (waits for somebody), done, failed, replaced, undone; none for an import.
    """
    create(
        db,
        """
        CREATE TABLE sources (
            name TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            url TEXT NOT NULL,
            publisher TEXT,
            visibility TEXT NOT NULL,
            owner TEXT,
            every_hours BIGINT NOT NULL,
            added_by TEXT NOT NULL,
            added_at TEXT NOT NULL,
            removed_at TEXT,
            version BIGINT NOT NULL DEFAULT 0,
            fresh TEXT,
            since TEXT,
            good_run TEXT,
            good_at TEXT,
            complete_at TEXT,
            good_count BIGINT,
            failures BIGINT NOT NULL DEFAULT 0,
            problem TEXT,
            due_at TEXT NOT NULL
        );
        CREATE TABLE harvested (
            source TEXT NOT NULL,
            source_id TEXT NOT NULL,
            dataset_id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            document TEXT NOT NULL,
            digest TEXT NOT NULL,
            raw TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('live', 'missing', 'withdrawn')),
            missing_runs BIGINT NOT NULL DEFAULT 0,
            missing_since TEXT,
            is_accepted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (source, source_id)
        );
        CREATE TABLE fetched (
            run TEXT NOT NULL, page BIGINT NOT NULL, next TEXT, ids TEXT NOT NULL, notes TEXT NOT NULL,
            PRIMARY KEY (run, page)
        );
        CREATE TABLE conflicts (
            number SERIAL,
            dataset_id TEXT NOT NULL,
            field TEXT NOT NULL,
            source TEXT NOT NULL,
            run TEXT NOT NULL,
            mine TEXT NOT NULL,
            theirs TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'taken', 'replaced')),
            made_at TEXT NOT NULL,
            decided_by TEXT,
            decided_at TEXT
        );
        CREATE INDEX conflicts_open ON conflicts (dataset_id, state);
        ALTER TABLE runs ADD COLUMN state TEXT;
        ALTER TABLE runs ADD COLUMN runner TEXT;
        ALTER TABLE staged ADD COLUMN source_id TEXT;
        ALTER TABLE staged ADD COLUMN raw TEXT;
        CREATE INDEX history_run ON history (run)
        """,
    )


def m016_prepared(db: Database) -> None:
    """What entries become, worked out before the transaction that changes them."""
    create(
        db,
        """
        CREATE TABLE prepared (
            run TEXT NOT NULL,
            action TEXT NOT NULL,
            place BIGINT NOT NULL,
            id TEXT NOT NULL,
            revision BIGINT NOT NULL,
            title TEXT NOT NULL,
            publisher TEXT,
            theme TEXT,
            status TEXT NOT NULL,
            visibility TEXT NOT NULL,
            source TEXT,
            entry TEXT NOT NULL,
            digest TEXT NOT NULL,
            changes TEXT NOT NULL,
            PRIMARY KEY (run, id)
        );
        CREATE INDEX prepared_place ON prepared (run, place)
        """,
    )


def m018_held(db: Database) -> None:
    """Fields that a steward wants to be asked about before their source changes them."""
    create(
        db,
        """
        CREATE TABLE held (
            dataset_id TEXT NOT NULL, field TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (dataset_id, field)
        )
        """,
    )


def m021_organisation_changes(db: Database) -> None:
    """What runs did to public bodies, so that a run can be taken back."""
    create(
        db,
        """
        CREATE TABLE organisation_changes (
            number SERIAL,
            run TEXT NOT NULL REFERENCES runs (id),
            slug TEXT NOT NULL,
            before TEXT,
            origin_before TEXT,
            after TEXT,
            origin_after TEXT
        );
        CREATE UNIQUE INDEX organisation_changes_run ON organisation_changes (run, slug)
        """,
    )


def m022_terms_of_entries(db: Database) -> None:
    """From which entry a name was added: it is told to everybody only as long as the entry is."""
    for table in ("acronyms", "synonyms"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN dataset_id TEXT")
