"""Backing the record up while it is used, and putting a backup in its place.

A SQLite backup is a whole database in one file, taken in one piece while others write, checked, and given its final
name only then; beside it stands its SHA-256, for a flipped bit seldom shows in the database's own checks. A PostgreSQL
backup is what pg_dump writes.

A restored record is another line of history than the one it replaces: it gets a new lineage, so that every index of
the old one is built anew, and what its outbox still held is set aside, for it has probably been said since.
"""

import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from catalogue.errors import StoreUnavailable
from catalogue.store.migrations import migrate
from catalogue.store.port import Database
from catalogue.store.postgres import PostgresDatabase
from catalogue.store.sqlite import SqliteDatabase

SIDE_FILES = ("-wal", "-shm", "-journal")


def back_up(db: Database, file: Path) -> str:
    """Write a sound copy of the whole record to `file`; returns its SHA-256. Questions are answered meanwhile.

    Raises StoreUnavailable when the copy cannot be made or is not sound; then `file` is as it was.
    """
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # it holds hidden entries
        if isinstance(db, PostgresDatabase):
            _run("pg_dump", ["--format=custom", "--no-owner", f"--file={part}"], db)
        elif isinstance(db, SqliteDatabase):
            db.copy_to(part)
        check(part)
        digest = _digest(part)
        _to_disk(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _beside(file).write_text(f"{digest}  {file.name}\n", encoding="utf-8")
    return digest


def check(file: Path) -> None:
    """Raise StoreUnavailable unless `file` is what was backed up: its SHA-256, and the database's own checks."""
    try:
        noted = _beside(file).read_text(encoding="utf-8").split()[0]
    except (OSError, IndexError):
        noted = None
    if noted and noted != _digest(file):
        raise StoreUnavailable(f"{file} is not as it was when it was made: its SHA-256 is another. Use an older one.")
    with file.open("rb") as stream:
        if stream.read(5) == b"PGDMP":
            return
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            faults = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
            copy.execute("SELECT value FROM counters WHERE name = 'lineage'").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"{file} is damaged or is no backup of whoholds: {error}.") from error
    if faults != ["ok"]:
        raise StoreUnavailable(f"{file} is damaged: {'; '.join(faults)}. Use an older one.")


def restore(file: Path, url: str, *, replace: bool, now: str) -> Path | None:
    """Make a backup the record at `url`; returns where the one that was there is kept, if one was.

    A SQLite database that is there is set aside with `replace`, a PostgreSQL one has to be empty: tables that are newer
    than the backup would stay among the restored ones. Raises StoreUnavailable, and then nothing has changed: the
    backup is not sound, there is a database, or another program has it open.
    """
    check(file)
    if "://" in url.removeprefix("sqlite:///"):
        _restore_dump(file, PostgresDatabase(url), now=now)
        return None
    path = Path(url.removeprefix("sqlite:///"))
    if path.exists() and not replace:
        raise StoreUnavailable(f"{path} exists. Say --replace to set it aside and use the backup.")
    fresh = path.with_name(path.name + ".restoring")
    _move(fresh, None)
    shutil.copyfile(file, fresh)
    db = SqliteDatabase(fresh)
    _begin_anew(db, now=now)
    db.close()
    fresh.with_name(fresh.name + ".lock").unlink()
    kept = path.with_name(f"{path.name}.before-{now[:19].replace(':', '')}") if path.exists() else None
    if kept:
        _close_up(path)
    _move(path, kept)
    fresh.chmod(0o600)
    fresh.rename(path)
    return kept


def _restore_dump(file: Path, db: PostgresDatabase, *, now: str) -> None:
    try:
        if db.query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"):
            raise StoreUnavailable(
                "The database is not empty. Make a new one, set WHOHOLDS_DATABASE to it, and restore into that."
            )
        _run("pg_restore", ["--no-owner", "--single-transaction", "--exit-on-error", str(file)], db)
        _begin_anew(db, now=now)
    finally:
        db.close()


def _begin_anew(db: Database, *, now: str) -> None:
    """Make a restored record a line of history of its own, with the tables of this version."""
    migrate(db, now=now)
    with db.atomic():
        db.execute("UPDATE counters SET value = :new WHERE name = 'lineage'", {"new": secrets.randbits(60)})
        db.execute("UPDATE counters SET value = value + 1 WHERE name = 'vocabulary'")
        db.execute(
            "UPDATE outbox SET state = 'parked', error = 'restored from a backup', leased_until = NULL"
            " WHERE state IN ('waiting', 'sending')"
        )


def _move(path: Path, to: Path | None) -> None:
    """Move a database with the files beside it; away altogether when `to` is None."""
    for end in ("", *SIDE_FILES):
        part = path.with_name(path.name + end)
        if to is None:
            part.unlink(missing_ok=True)
        elif part.exists():
            part.rename(to.with_name(to.name + end))


def _close_up(path: Path) -> None:
    """Bring everything into the one file, and be sure that nobody else has it open."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise StoreUnavailable(f"{path} is in use ({error}). Stop every program that uses it, then restore.") from error
    except sqlite3.DatabaseError:
        pass  # damaged: that may be why it is restored


def _run(program: str, arguments: list[str], db: PostgresDatabase) -> None:
    """Run one of PostgreSQL's own programs; how to connect goes by its environment, for others can read arguments."""
    found = shutil.which(program)
    if not found:
        raise StoreUnavailable(
            f"{program} is not on this machine. Install PostgreSQL's client programs, at least as new as the server, or"
            f' run this where they are: {program} {" ".join(arguments)} --dbname="$WHOHOLDS_DATABASE"'
        )
    settings = {"PATH": os.defpath, "HOME": str(Path.home()), **db.environment()}
    command = [found, f"--dbname={settings.get('PGDATABASE', '')}", *arguments]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = "; ".join(done.stderr.split("\n")[:3]).strip("; ") or f"exit code {done.returncode}"
        raise StoreUnavailable(f"{program} could not do it: {said}")


def _to_disk(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _beside(file: Path) -> Path:
    return file.with_name(file.name + ".sha256")
