"""whoholds playground: the bot in a browser, with a stand-in for Slack and the sample catalogue."""

import json
import secrets
import tomllib
from dataclasses import replace
from pathlib import Path

import click

from bot import replies, sample, settings
from bot.app import assemble
from bot.commands.common import opened, progress, told_to_end
from bot.playground.events import Sender
from bot.playground.manifest import scopes
from bot.playground.model import User
from bot.playground.page import create_page
from bot.playground.server import Server
from bot.playground.story import Story
from bot.playground.web_api import SlackServer
from bot.playground.workspace import Workspace
from bot.settings import Settings
from bot.turns import take_short_turns
from catalogue import datasets, people
from catalogue.model import Person
from catalogue.store import Database

QUESTION = "who holds free school meals data?"
MANIFEST = Path(__file__).parents[2] / "manifest.json"
STORY = Path(__file__).parents[1] / "story.toml"


@click.command("playground")
@click.option("--port", type=click.IntRange(0, 65535), help="The page's port, 0 for any; PORT or 3000 if not given.")
def command(port: int | None) -> None:
    """Start the bot with a local stand-in for Slack and a page to try it in. An empty catalogue gets the sample.

    The page is only for this machine, and everybody on it can be anybody: do not use it with real requests.

    Example: whoholds playground --port 8080
    """
    chosen = settings.read()
    with opened() as catalogue:
        if not datasets.count(catalogue.db):
            sample.load(catalogue.db)
            sample.load_requests(catalogue.db)
            with progress("Indexing") as tick:
                catalogue.search.index.follow(catalogue.db, wait=True, progress=tick)
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        workspace = workspace_of(catalogue.db, manifest)
        add_outsiders(workspace)
        with SlackServer(workspace) as slack:
            standing_in = stand_in(chosen, workspace, slack.base_url)
            bot = assemble(standing_in, catalogue)
            take_short_turns(catalogue.search)
            bot.worker.start()
            with Server(bot.web) as server:
                endpoint, secret = f"{server.url}/slack/events", standing_in.signing_secret or ""
                sender = Sender(endpoint, secret, workspace, manifest=manifest)
                _show_one_answer(workspace, sender)
                page = create_page(
                    workspace, sender, questions=list(replies.examples()), title="whoholds", story=the_story()
                )
                wait_for_the_end = told_to_end()
                with Server(page, port=chosen.port if port is None else port) as site:
                    click.echo(f"\nTry it yourself: {site.url}  (Ctrl-C ends)")
                    wait_for_the_end()
            bot.worker.stop()
            bot.slack.close()


def the_story() -> Story:
    """The story that the page can play, from its beginning."""
    return Story.of(tomllib.loads(STORY.read_text(encoding="utf-8")))


def stand_in(chosen: Settings, workspace: Workspace, url: str) -> Settings:
    """The settings, pointing at the stand-in for Slack. A guest is only where everybody sees that outsiders read, so
    the other channels are for government.
    """
    return replace(
        chosen,
        bot_token=workspace.token,
        signing_secret=secrets.token_hex(16),
        app_token=None,
        api_url=url,
        channels_are_for_government=True,
    )


def workspace_of(db: Database, manifest: dict[str, object]) -> Workspace:
    """A workspace with the people of the record, two channels and the rights that the manifest asks for."""
    workspace = Workspace(scopes=scopes(manifest))
    names = {row["slug"]: row["document"] for row in db.query("SELECT slug, document FROM organisations")}
    members = []
    for person in sorted(people.everyone(db), key=lambda somebody: bool(somebody.grants)):  # who asks comes first
        if person.slack_id and person.is_active and not person.is_guest:
            members.append(_join(workspace, person, names))
    workspace.add_channel("general", members=members)
    workspace.add_channel("data-questions", members=members)
    return workspace


def add_outsiders(workspace: Workspace) -> None:
    """A guest, and a channel that is shared with another organisation: what they are told is public, as in Slack."""
    members = [user for user in workspace.users.values() if not user.is_bot]
    guest = workspace.add_user("guest", real_name="A guest", title="works for a supplier", is_restricted=True)
    workspace.add_channel("with-partners", members=[*members, guest], is_ext_shared=True)


def _join(workspace: Workspace, person: Person, names: dict[str, str]) -> User:
    organisation = json.loads(names[person.organisation])["name"] if person.organisation in names else ""
    roles = ", ".join(sorted({str(grant.role) for grant in person.grants})) or "asker"
    return workspace.add_user(
        person.id,
        id=person.slack_id,
        real_name=person.name or person.id,
        email=person.email or "",
        title=roles,
        organisation=organisation,
    )


def _show_one_answer(workspace: Workspace, sender: Sender) -> None:
    """Ask one question through the whole path and print it with its answer."""
    channel = next(channel for channel in workspace.channels.values() if channel.name == "data-questions")
    asker = next(user for user in workspace.users.values() if not user.is_bot)
    sender.say(asker, channel, f"<@{workspace.bot_user_id}> {QUESTION}")
    answers = workspace.wait_for(lambda current: current.from_bot(channel), timeout=20)
    click.echo(f"{asker.real_name or asker.name}: @whoholds {QUESTION}\n")
    click.echo(answers[-1].text)
