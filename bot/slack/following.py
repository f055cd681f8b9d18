"""Following an entry, an organisation or a question from an answer; being told; leaving by one click.

Also the click with which somebody says that a collection is not needed: all of these are one click and one sentence.
"""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.models.blocks import Block

from bot.render import MRKDWN, part
from bot.slack.blocks import SlackMessage, button, buttons, message, note, section
from bot.slack.deliver import Teller
from bot.slack.desk import Desk
from catalogue import clock, datasets, demand, follows, outbox
from catalogue.errors import NotFound
from catalogue.follows import Follow
from catalogue.model import Dataset, Person, Status
from catalogue.rights import audience_of
from intents.context import Context

MOST_NEWS = 20
"""Entries in one daily message; the others are counted."""


def say(block: str, **values: Any) -> str:
    return part(MRKDWN, "slack/following.jinja", block, **values)


def register(app: App, desk: Desk) -> None:
    """Add the listeners."""
    following = Following(desk)
    app.action("follow.entry")(following.on_entry)
    app.action("follow.organisation")(following.on_organisation)
    app.action("follow.question")(following.on_question)
    app.action("follow.stop")(following.on_stop)
    app.action("follow.daily")(following.on_daily)
    app.action("collection.avoided")(following.on_avoided)


def _key(action: dict[str, Any], body: dict[str, Any]) -> str:
    return f"{action['action_id']}:{action['action_ts']}:{body['user']['id']}"


class Following:
    """The listeners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db

    def on_entry(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._start("entry", action, body)
        ack()

    def on_organisation(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._start("organisation", action, body)
        ack()

    def on_question(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        self._start("question", action, body)
        ack()

    def _start(self, kind: str, action: dict[str, Any], body: dict[str, Any]) -> None:
        now, what = clock.now(), str(action["value"])
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            with self.db.atomic():
                is_new = follows.start(self.db, person, kind, what, now=now)
                outbox.refresh_home(self.db, person.id, now=now)
            name = name_of(self.desk.context, kind, what, person)
            said = say("started", kind=kind, followed=name, is_new=is_new)
            self.desk.say(body, said, key=_key(action, body))

    def on_stop(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            with self.db.atomic():
                follows.stop(self.db, int(action["value"]), person)
                outbox.refresh_home(self.db, person.id, now=now)
            said = say("stopped")
            self.desk.say(body, said, key=_key(action, body))
        ack()

    def on_daily(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            person = self.desk.person(body, now)
            done = follows.set_pace(self.db, int(action["value"]), person, "daily")
            said = say("daily" if done else "stopped")
            self.desk.say(body, said, key=_key(action, body))
        ack()

    def on_avoided(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        now = clock.now()
        with self.desk.refusing(body):
            self.desk.person(body, now)
            is_new = demand.avoid_collection(self.db, int(action["value"]), now=now)
            said = part(MRKDWN, "slack/answers.jinja", "avoided" if is_new else "avoided_before")
            self.desk.say(body, said, key=_key(action, body))
        ack()


def name_of(context: Context, kind: str, what: str, person: Person) -> str:
    """What is followed, as a person calls it. Raises NotFound for an entry that they may not know of."""
    if kind == "entry":
        return datasets.get(context.db, what, audience=audience_of(person)).title
    return (context.search.vocabulary().name(what) or what) if kind == "organisation" else what


def _known(context: Context, dataset_id: str, person: Person) -> Dataset | None:
    """The entry as the person may know it now."""
    found = datasets.get_many(context.db, [dataset_id], audience=audience_of(person))
    return found[0] if found else None


def tell_news(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """Something happened to what somebody follows. Nothing when they left it, or may not know of it."""
    try:
        follow = follows.get(context.db, int(values["follow"]))
    except NotFound:
        return None
    dataset = _known(context, str(values["dataset"]), person)
    if dataset is None:
        return None
    text = say("news", line=_line(context, dataset, str(values["happening"]), person))
    because = say("because", kind=follow.kind, followed=_because(context, follow))
    return message(f"{text}\n\n{because}", [section(text), section(because), _leaving(dataset, follow)])


def _line(context: Context, dataset: Dataset, happening: str, person: Person) -> dict[str, Any]:
    successor = _known(context, dataset.superseded_by, person) if dataset.superseded_by else None
    if happening == "superseded" and not successor:  # by what the reader may not know of
        happening = "withdrawn" if dataset.status is Status.WITHDRAWN else "changed"
    holder = context.search.vocabulary().name(dataset.publisher)
    return {"dataset": dataset, "happening": happening, "holder": holder, "successor": successor}


def _because(context: Context, follow: Follow) -> str:
    return (context.search.vocabulary().name(follow.what) or follow.what) if follow.kind == "organisation" else ""


def _leaving(dataset: Dataset, follow: Follow) -> Block:
    return buttons(
        button("Read the entry", action_id="entry.describe", value=dataset.id, about=dataset.title),
        button("Tell me once a day", action_id="follow.daily", value=str(follow.number)),
        button("Stop following", action_id="follow.stop", value=str(follow.number)),
    )


def tell_answered(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """Somebody holds what a person once asked for in vain."""
    dataset = _known(context, str(values["dataset"]), person)
    if dataset is None:
        return None
    text = say("answered", subject=values["subject"], line=_line(context, dataset, "answered", person))
    row = buttons(
        button("Read the entry", action_id="entry.describe", value=dataset.id, about=dataset.title),
        button("Follow", action_id="follow.entry", value=dataset.id, about=dataset.title),
    )
    return message(text, [section(text), row])


def tell_digest(context: Context, values: Mapping[str, Any], person: Person) -> SlackMessage | None:
    """What happened in a day to what somebody follows, in one message."""
    told = []
    happened = {(each.dataset_id, each.happening): each for each in follows.news(context.db, person.id, values["day"])}
    for news in happened.values():  # an entry that changed twice is told of once
        dataset = _known(context, news.dataset_id, person)
        if dataset:
            told.append(
                (news.follow, dataset, say("digest_line", line=_line(context, dataset, news.happening, person)))
            )
    if not told:
        return None
    lead, foot = say("digest"), say("digest_foot", more=len(told) - len(told[:MOST_NEWS]))
    blocks = [section(lead)]
    for number, dataset, text in told[:MOST_NEWS]:
        stop = button("Stop following", action_id="follow.stop", value=str(number), about=dataset.title)
        blocks.append(section(text, accessory=stop))
    texts = [lead, *(text for _number, _dataset, text in told[:MOST_NEWS]), foot]
    return message("\n".join(texts), [*blocks, note(foot)])


TELLERS: dict[str, Teller] = {
    "follow.news": tell_news,
    "follow.answered": tell_answered,
    "follow.digest": tell_digest,
}
