"""What the commands share: opening the catalogue, who is asking, progress, and an answer as JSON."""

import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from bot import sample, settings
from bot.app import Catalogue, open_catalogue
from catalogue import audit, people, rights
from catalogue.errors import NotAllowed, NotFound
from catalogue.model import Person
from catalogue.rights import Action
from intents.answers import Answer


@contextmanager
def opened(*, sample_if_new: bool = False) -> Iterator[Catalogue]:
    """The catalogue that the settings name, closed at the end.

    With `sample_if_new` a database that does not exist yet is made with the sample in it, and that is said.
    """
    chosen = settings.read()
    is_new = "://" not in chosen.database and not Path(chosen.database).exists()
    catalogue = open_catalogue(chosen)
    try:
        if is_new and sample_if_new:
            click.echo(f"There is no catalogue at {chosen.database} yet: making one with sample entries.", err=True)
            sample.load(catalogue.db)
            sample.load_requests(catalogue.db)
            catalogue.search.index.follow(catalogue.db, wait=True)
        yield catalogue
    finally:
        catalogue.db.close()


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """Say plainly, in one line, that a file cannot be read or written."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{file} cannot be used: {error.strerror or type(error).__name__}.") from error


def person(catalogue: Catalogue, key: str | None) -> Person | None:
    """The person somebody says they are asking as; None when they do not say."""
    if key is None:
        return None
    try:
        return people.find(catalogue.db, key)
    except NotFound:
        raise click.UsageError(f"Nobody here is called “{key}”. Use an id, an e-mail address or a Slack id.") from None


def entitled(catalogue: Catalogue, key: str | None, action: Action, *, about: str, now: datetime) -> Person | None:
    """Who does this, if they may; None for the operator, who can do everything here. A refusal is in the audit."""
    by = person(catalogue, key)
    if by is not None:
        try:
            rights.require(by, action, about=about, now=now)
        except NotAllowed:
            audit.refused(catalogue.db, by=by, action=action, about=about, now=now)
            raise
    return by


AS_ADMIN = click.option("--as", "as_", metavar="PERSON", help="Who does this; left out: the operator.")


def as_json(answer: Answer, text: str) -> dict[str, Any]:
    """An answer in the shape that `--json` promises."""
    return {
        "intent": answer.intent,
        "outcome": str(answer.outcome),
        "confidence": round(answer.confidence, 2),
        "datasets": [entry.dataset.id for entry in answer.shown],
        "holders": list(answer.holders),
        "organisations": [body.slug for body in answer.organisations],
        "terms": list(answer.terms),
        "recipient": answer.recipient,
        "purpose": answer.purpose,
        "place": answer.place,
        "period": answer.period,
        "text": text,
    }


def told_to_end() -> Callable[[], object]:
    """Have the program not end by itself when it is told to; returns what to call to wait until it is.

    A pipe, not an Event: the signal may come twice at once (make passes its own on), and setting an Event that is
    being set or waited for in the same thread waits for ever. The interpreter itself writes to the pipe, when the
    signal arrives: a handler of ours would run too late for one that comes just before the waiting begins.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return lambda: os.read(reading, 1)


def print_json(value: object) -> None:
    """One JSON value on one line, at once."""
    click.echo(json.dumps(value, ensure_ascii=False))


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar with its rate, on a terminal only; yields what to call with the number done since last time."""
    with tqdm(
        total=total, desc=what, unit=" entries", file=sys.stderr, disable=None if sys.stderr.isatty() else True
    ) as bar:

        def tick(number: int) -> None:
            bar.update(number)

        yield tick


def lines_of(text: str) -> Iterator[str]:
    """The text itself, or for `-` the lines of standard input that hold something."""
    if text != "-":
        yield text.encode("utf-8", "replace").decode()
        return
    yield from (line for line in typed_lines() if line)


def typed_lines() -> Iterator[str]:
    """The lines of standard input, trimmed; bytes that are no UTF-8 are shown as such and harm nothing."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin:
        yield line.strip()
