"""The only place where the parts are put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from slack_bolt import App, BoltContext

from bot import web, weekly
from bot.harvester import Harvester
from bot.language import speak
from bot.logs import start_logging
from bot.settings import Settings, need_slack
from bot.settings import read as read_settings
from bot.slack import (
    adding,
    arriving,
    coming,
    duplicates,
    finding,
    following,
    harvesting,
    home,
    naming,
    people,
    proposing,
    questions,
    request_asking,
    request_cards,
    request_form,
    request_review,
    request_start,
    reviewing,
    role_forms,
    roles,
    stewarding,
    telling_form,
    undoing,
    unfurling,
    uploading,
    wanting,
)
from bot.slack.answering import Answering
from bot.slack.api import SlackApi, SlackError, SlackUnavailable
from bot.slack.bolting import bolt_app
from bot.slack.deliver import Speaker, Teller
from bot.slack.desk import Desk
from bot.turns import take_short_turns
from bot.worker import FORGETTING, Worker
from catalogue import clock, feedback, follows, organisations, reminders
from catalogue import people as record
from catalogue.chores import Chore
from catalogue.errors import BadSetting, CatalogueError
from catalogue.search.find import Search
from catalogue.store import Database, connect, migrate
from intents.context import Context

TELLERS: dict[str, Teller] = {
    **following.TELLERS,
    **harvesting.TELLERS,
    **proposing.TELLERS,
    **request_cards.TELLERS,
    **reviewing.TELLERS,
    **undoing.TELLERS,
    **uploading.TELLERS,
    **wanting.TELLERS,
    **roles.TELLERS,
}
"""What people are told, by what happened: each subject's module of bot/slack brings its own."""

REFUSED = frozenset(
    ["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"]
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The record, the search over it, and what the intents need of both."""

    db: Database
    search: Search

    @property
    def context(self) -> Context:
        return Context(self.db, self.search)


@dataclass(frozen=True, slots=True)
class Bot:
    """The running parts: the Bolt app, the web app and the worker over one catalogue."""

    catalogue: Catalogue
    bolt: App
    web: Flask
    worker: Worker
    harvester: Harvester
    slack: SlackApi

    def start(self) -> None:
        """Begin to work: to speak, to do the chores, to harvest what is due."""
        self.worker.start()
        self.harvester.start()

    def close(self) -> None:
        """Finish what is due, then let go of everything."""
        self.harvester.stop()
        self.worker.stop()
        self.slack.close()
        self.catalogue.db.close()


def open_catalogue(settings: Settings) -> Catalogue:
    """Open the record (its tables made or brought up to date, the shipped vocabulary in it) and its search."""
    db = connect(settings.database)
    migrate(db, now=clock.stamp(clock.now()))
    organisations.load_shipped(db)
    return Catalogue(db, Search(db, settings.index))


def assemble(settings: Settings, catalogue: Catalogue) -> Bot:
    """Put the bot together. Asks Slack once who it is; raises what `introduce` raises."""
    slack, identity = introduce(settings)
    bolt = bolt_app(settings, identity)
    desk = Desk(catalogue.context, slack, identity["team_id"])
    listen(bolt, desk, bot_user_id=identity["user_id"])
    speaker = Speaker(
        catalogue.context,
        slack,
        team_id=identity["team_id"],
        answering=Answering(catalogue.context, slack, identity["team_id"], settings.channels_are_for_government),
        tellers=TELLERS,
        home=home.view,
        jobs={"upload": uploading.Uploads(desk).do, "undo": undoing.Undoing(desk).do},
    )
    uses_http = settings.app_token is None
    site = web.create(
        catalogue.db, catalogue.search, bolt if uses_http else None, signing_secret=settings.signing_secret
    )
    chores = (
        *FORGETTING,
        *weekly.chores(catalogue.search),
        *follow_chores(catalogue.search),
        reminders.CHORE,
        _following(slack, identity["team_id"]),
    )
    worker = Worker(catalogue.db, speaker.deliver, chores=chores)
    return Bot(catalogue, bolt, site, worker, Harvester(catalogue.db, catalogue.search, settings.harvest_allow), slack)


def follow_chores(search: Search) -> tuple[Chore, ...]:
    """Telling followers what changed, and forgetting it in time."""

    def notice(db: Database, now: datetime) -> None:
        follows.notice(db, search, now=now)

    return (
        Chore("follows.notice", timedelta(seconds=10), notice),
        Chore("follows.forget", timedelta(hours=6), lambda db, now: follows.forget(db, now=now)),
        Chore("feedback.forget", timedelta(hours=6), lambda db, now: feedback.forget(db, now=now)),
    )


def _following(slack: SlackApi, team_id: str) -> Chore:
    """Asking Slack who is in the user groups that stand for roles."""
    return Chore(
        "groups.follow",
        timedelta(minutes=10),
        lambda db, now: people.follow_groups(db, slack, team_id=team_id, now=now),
    )


def listen(bolt: App, desk: Desk, *, bot_user_id: str) -> None:
    """Add every listener. Bolt tries them in order: the hot ones come first."""
    arriving.register(bolt, desk)
    bolt.middleware(_speaking(desk))
    stewarding.register_command(bolt, desk)
    uploading.register(bolt, desk)
    asking = questions.Questions(desk.db, desk.team_id)
    questions.register(bolt, asking)
    finding.register(bolt, desk, asking)
    unfurling.register(bolt, desk)
    home.register(bolt, desk, asking)
    coming.register(bolt, desk, bot_user_id=bot_user_id)
    stewarding.register(bolt, desk)
    adding.register(bolt, desk)
    proposing.register(bolt, desk)
    harvesting.register(bolt, desk)
    undoing.register(bolt, desk)
    duplicates.register(bolt, desk)
    reviewing.register(bolt, desk)
    wanting.register(bolt, desk)
    naming.register(bolt, desk)
    request_start.register(bolt, desk)
    following.register(bolt, desk)
    request_form.register(bolt, desk)
    request_review.register(bolt, desk)
    request_asking.register(bolt, desk)
    role_forms.register(bolt, desk)
    telling_form.register(bolt, desk)


def _speaking(desk: Desk) -> Callable[..., None]:
    """Speak to whoever clicked, typed a command or sent a form in their language. What happens in a channel is for
    everybody in it, and in English."""

    def speak_to(body: dict[str, Any], context: BoltContext, next: Callable[[], None]) -> None:  # noqa: A002  Bolt's
        user = None if body.get("type") == "event_callback" else context.user_id
        speak(record.language_of(desk.db, user) if user else None)
        next()

    return speak_to


def introduce(settings: Settings) -> tuple[SlackApi, dict[str, Any]]:
    """Ask Slack who we are. Raises BadSetting when it knows no such token, SlackUnavailable when it is not there."""
    need_slack(settings)
    slack = SlackApi(settings.bot_token or "", settings.api_url)
    try:
        return slack, slack.call("auth.test")
    except SlackError as error:
        slack.close()
        raise _plain(error, "SLACK_BOT_TOKEN", settings) from error


def check_start(settings: Settings) -> None:
    """Raise, in a plain sentence, whatever would keep the bot from starting. Leaves nothing open: a fork may follow."""
    open_catalogue(settings).db.close()
    slack, _identity = introduce(settings)
    slack.close()
    if settings.app_token:
        socket = SlackApi(settings.app_token, settings.api_url)
        try:
            socket.call("apps.connections.open")
        except SlackError as error:
            raise _plain(error, "SLACK_APP_TOKEN", settings) from error
        finally:
            socket.close()


def _plain(error: SlackError, setting: str, settings: Settings) -> CatalogueError:
    if error.code in REFUSED:
        return BadSetting(setting, f"is refused by Slack ({error.code}).")
    return SlackUnavailable(f"Slack cannot be used at {settings.api_url} ({error.code}). Try again.")


def create_web() -> Flask:
    """The web app for a WSGI server with several processes; the worker runs elsewhere (see Procfile)."""
    settings = read_settings()
    if "://" not in settings.database:
        raise BadSetting("WHOHOLDS_DATABASE", "must be a postgresql:// address here; with SQLite use: whoholds run")
    start_logging()
    bot = assemble(settings, open_catalogue(settings))
    take_short_turns(bot.catalogue.search)
    return bot.web
