"""Files of entries, sent to the bot in a direct message: checked, shown, brought in by a click, undone by another.

The listener only notes that a file came. The worker fetches it (`Uploads.do`), and the card is made from the record
(`catalogue/uploads.py`) each time something happened.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot.field_words import LABELS
from bot.language import sentence
from bot.render import MRKDWN, part
from bot.slack.api import SlackError
from bot.slack.blocks import SlackMessage, button, buttons, message, modal, note, section
from bot.slack.desk import Desk, author_of
from catalogue import clock, datasets, outbox, uploads
from catalogue.errors import NotAllowed
from catalogue.model import Notice, Person
from catalogue.rights import audience_of
from catalogue.uploads import State, Upload
from intents.context import Context

LARGEST = 60_000_000
FAULTS_SHOWN = 8
EXAMPLES_SHOWN = 5
FAULTS_A_SECTION = 10
GONE = frozenset({"file_not_found", "file_deleted", "missing_scope", "not_a_file"})


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "stewards/upload.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners: that of messages before the one that takes any question."""
    uploading = Uploading(desk)
    app.event("message", matchers=[_brings_a_table])(uploading.on_file)
    app.action("upload.import")(uploading.on_import)
    app.action("upload.undo")(uploading.on_undo)
    app.action("upload.faults")(uploading.on_faults)


def _brings_a_table(event: dict[str, Any]) -> bool:
    """A person's direct message with a file that may hold entries."""
    is_file = event.get("subtype") == "file_share" and event.get("channel_type") == "im" and not event.get("bot_id")
    return is_file and any(_is_table(each) for each in event.get("files") or ())


def _is_table(file: Mapping[str, Any]) -> bool:
    return str(file.get("name", "")).lower().endswith(uploads.SUFFIXES)


class Uploading:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_file(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        found = [each for each in event["files"] if _is_table(each)]
        try:
            person = self.desk.person({"user": {"id": event["user"]}}, now)
            with self.db.atomic():
                if outbox.receive(self.db, f"message:{event['channel']}:{event['ts']}", now=now):
                    for each in found:
                        uploads.receive(self.db, str(each["id"]), name=str(each["name"]), by=person, now=now)
        except NotAllowed as error:
            text = say("not_yours", sentence=sentence(error))
            where = {"way": "message", "channel": event["channel"], "thread_ts": None, "text": text, "blocks": []}
            key = f"upload.refused:{event['channel']}:{event['ts']}"
            outbox.post(self.db, "message", where, key=key, channel=event["channel"], now=now)

    def on_import(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            uploads.start(self.db, action["value"], by=self.desk.person(body, now), now=now)
        ack()

    def on_undo(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            uploads.undo(self.db, action["value"], by=self.desk.person(body, now), now=now)
        ack()

    def on_faults(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            upload = uploads.of(self.db, action["value"], self.desk.person(body, now))
            faults = upload.report.get("faults", [])
            rest = upload.report.get("fault_count", 0) - len(faults)
            starts = range(0, len(faults), FAULTS_A_SECTION)
            parts = [faults[start : start + FAULTS_A_SECTION] for start in starts]
            more = [rest if place == len(parts) - 1 else 0 for place in range(len(parts))]
            texts = [say("faults", faults=each, more=left) for each, left in zip(parts, more, strict=True)]
            self.desk.open(body, modal("What was wrong", [section(text) for text in texts], callback_id="upload.wrong"))
        ack()


class Uploads:
    """What the worker does with a file: fetch it, and check it or bring it in."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def do(self, notice: Notice) -> None:
        """Do what a notice of the kind `upload` asks for. Raises SlackError where another try may help."""
        upload = uploads.find(self.desk.db, notice.payload["upload"])
        step = uploads.check if notice.payload["step"] == "check" else uploads.bring_in
        try:
            with self._fetched(upload) as path:
                resolve = self.desk.context.search.vocabulary().resolve
                step(
                    self.desk.db,
                    upload.id,
                    path,
                    resolve=resolve,
                    now=clock.now(),
                    progress=lambda _count: outbox.hold(self.desk.db, notice, now=clock.now()),
                )
        except SlackError as error:
            if error.code not in GONE and error.code != "too_large":
                raise
            because = "too_large" if error.code == "too_large" else "gone"
            uploads.refuse(self.desk.db, upload.id, because, now=clock.now())

    @contextmanager
    def _fetched(self, upload: Upload) -> Iterator[Path]:
        """The file in a folder of its own, which is removed afterwards."""
        file = self.desk.slack.call("files.info", file=upload.file).get("file")
        if not file:
            raise SlackError("unreadable_answer")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"upload{_suffix(upload.name)}"
            path.write_bytes(self.desk.slack.fetch(file["url_private_download"], limit=LARGEST))
            yield path


def _suffix(name: str) -> str:
    """What a name says of the kind of a file, and nothing else of it: a name can hold anything."""
    kinds = (*uploads.SUFFIXES, *(f"{each}.gz" for each in uploads.SUFFIXES))
    return max((kind for kind in kinds if name.lower().endswith(kind)), key=len, default="")


# what the steward is told


def tell_card(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """What a file would change or changed, with the next step."""
    upload = uploads.find(context.db, values["upload"])
    if upload.state is State.CHECKING:
        text = say("checking", upload=upload)
        return message(text, [section(text)])
    if upload.state is State.REFUSED:
        text = say("refused", upload=upload, because=upload.report.get("because"), most=LARGEST // 1_000_000)
        return message(text, [section(text)])
    pieces = _pieces(context, upload, person)
    blocks: list[Block] = [*map(section, pieces[:-1]), note(pieces[-1])]
    elements = []
    report = upload.report
    if upload.state is State.CHECKED and (report["added"] or report["changed"]):
        elements.append(button("Bring it in", action_id="upload.import", value=upload.id, primary=True))
    if upload.state is State.DONE and upload.run and (report["added"] or report["changed"]):
        elements.append(button("Take it all back", action_id="upload.undo", value=upload.id))
    if report.get("fault_count", 0) > FAULTS_SHOWN:
        elements.append(button("Everything that was wrong", action_id="upload.faults", value=upload.id))
    return message("\n\n".join(pieces), [*blocks, *([buttons(*elements)] if elements else [])])


def _pieces(context: Context, upload: Upload, person: Person) -> list[str]:
    report = upload.report
    pieces = [say("counts", upload=upload, report=report)]
    if report.get("changed_fields"):
        fields = [f"{LABELS.get(name, name)} ({number})" for name, number in sorted(report["changed_fields"].items())]
        ids = [dataset_id for dataset_id, _fields in report["examples"][:EXAMPLES_SHOWN]]
        titles = {each.id: each.title for each in datasets.get_many(context.db, ids, audience=audience_of(person))}
        examples = [
            (titles.get(dataset_id, dataset_id), [LABELS.get(name, name) for name in names])
            for dataset_id, names in report["examples"][:EXAMPLES_SHOWN]
        ]
        pieces.append(say("fields", upload=upload, fields=fields, examples=examples))
    if report.get("fault_count"):
        faults = report["faults"][:FAULTS_SHOWN]
        pieces.append(say("faults", faults=faults, more=report["fault_count"] - len(faults)))
    if "undone" in report:
        pieces.append(say("undone", undone=report["undone"]))
    vocabulary = context.search.vocabulary()
    told = uploads.others(context.db, upload.person, report, now=clock.now())
    names = sorted({vocabulary.name(slug) or slug for slugs in told.values() for slug in slugs})
    return [*pieces, say("told", upload=upload, count=len(told), names=names[:5])]


def tell_others(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """That a colleague brought in a file with entries that this person looks after too."""
    upload, vocabulary = uploads.find(context.db, values["upload"]), context.search.vocabulary()
    names = [vocabulary.name(slug) or slug for slug in values["publishers"]]
    text = say(
        "others",
        author=author_of(context, upload.person, person),
        names=names,
        added=upload.report["added"],
        changed=upload.report["changed"],
        undone=upload.state is State.UNDONE,
    )
    return message(text, [section(text)])


TELLERS = {"upload.card": tell_card, "upload.done": tell_others}
