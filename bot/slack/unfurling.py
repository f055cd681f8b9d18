"""What a link to an entry or a request shows under a message.

In a channel, or between two people, that is what everybody may know, whoever shared the link. In a direct message
with the bot it is what its person may know. Whatever a reader may not know is not unfurled at all, just as what is
not there.
"""

from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from slack_bolt import App
from slack_sdk.models.blocks import Block

from bot.render import MRKDWN, part
from bot.slack.blocks import note, section
from bot.slack.desk import Desk
from bot.slack.request_words import STATES
from catalogue import clock, datasets, outbox, requests
from catalogue.errors import NotFound
from catalogue.model import Audience, Person
from intents.context import Context

MOST_LINKS = 5
ENTRY, REQUEST = "/datasets/", "/requests/"


def register(app: App, desk: Desk) -> None:
    """Add the listener. It only notes the links; the worker shows them."""

    def on_link_shared(event: dict[str, Any]) -> None:
        now, urls = clock.now(), [str(link["url"]) for link in event["links"]][:MOST_LINKS]
        outbox.post(
            desk.db,
            "unfurl",
            {
                "urls": urls,
                "user": str(event["user"]),
                "unfurl_id": event["unfurl_id"],
                "source": event["source"],
                "is_direct": _is_with_the_bot(event),
            },
            key=f"unfurl:{event['unfurl_id']}",
            channel=None,
            now=now,
        )

    app.event("link_shared")(on_link_shared)


def _is_with_the_bot(event: dict[str, Any]) -> bool:
    """Whether it is the direct message of one person with the bot. Two people's own looks alike, but for the bot."""
    return str(event.get("channel")).startswith("D") and event.get("is_bot_user_member") is True


def unfurls(
    context: Context, urls: list[str], person: Person | None, audience: Audience, *, now: datetime
) -> dict[str, Any]:
    """For each link that these readers may know the end of: what is shown. `person` when only they read it."""
    shown = {}
    for url in urls:
        blocks = _of(context, url, person, audience, now)
        if blocks:
            shown[url] = {"blocks": [block.to_dict() for block in blocks]}
    return shown


def _of(context: Context, url: str, person: Person | None, audience: Audience, now: datetime) -> list[Block]:
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:  # such as https://[ : an address in a message is anybody's text
        return []
    try:
        if path.startswith(ENTRY):
            return _entry(context, path.removeprefix(ENTRY), audience)
        if path.startswith(REQUEST) and person:
            request = requests.get(context.db, path.removeprefix(REQUEST), person=person, now=now)
            return [section(_words("unfurl_request", request=request, state=STATES[request.state]))]
    except NotFound:
        return []
    return []


def _entry(context: Context, dataset_id: str, audience: Audience) -> list[Block]:
    entry = datasets.get(context.db, dataset_id, audience=audience)
    holder = context.search.vocabulary().name(entry.publisher)
    made = [section(_words("unfurl", entry=entry, holder=holder))]
    return [*made, note(_words("sample"))] if entry.is_illustrative else made


def _words(name: str, **values: Any) -> str:
    return part(MRKDWN, "slack/finding.jinja", name, **values)
