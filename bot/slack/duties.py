"""The parts of the Home for people with a role: what waits for a manager, a steward or an administrator."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block

from bot import words
from bot.language import phrase
from bot.slack.blocks import button, buttons, header, note, section
from bot.slack.paging import ROWS, Page, say
from bot.slack.request_words import STATES, body, day
from bot.slack.roles import scope_in_words
from catalogue import clock, datasets, outbox, people, readiness, requests, review, roles, wanted, working_days
from catalogue.harvest import sources
from catalogue.model import Grant, Person, Role
from catalogue.requests.record import in_reach
from catalogue.requests.states import State
from intents.context import Context

LATELY = timedelta(days=14)
SHOWN = 3
CONSIDERED = 300


def holds(person: Person, *roles: Role, now: datetime) -> bool:
    """Whether somebody has one of these roles now, for anything."""
    return any(grant.role in roles and grant.holds(now) for grant in person.grants)


def queue(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """What waits for a manager's decision, the longest waiting first: its age and red flags."""
    waiting = requests.queue_for(context.db, person, now=now)
    if not waiting and not holds(person, Role.MANAGER, now=now):
        return []
    made: list[Block] = [header("Waiting for your decision")]
    if not waiting:
        made.append(section(say("queue_empty")))
    organisations = context.search.vocabulary().organisations
    for request in page.of(waiting):
        nation = working_days.nation_of(organisations.get(request.holder or ""))
        text = say(
            "queue",
            request=request,
            asker=body(context, request.organisation),
            days=working_days.since(request.waiting_since, now, nation),
            flags=len(requests.red_flags(context.db, request)),
        )
        made.append(
            section(text, accessory=button("Review", action_id="request.open", value=request.id, about=request.id))
        )
    return [*made, *page.turning(len(waiting))]


def decided(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """What was decided of late on data that a manager is responsible for."""
    if not holds(person, Role.MANAGER, now=now):
        return []
    lately = in_reach(context.db, person, states=[State.APPROVED, State.DECLINED], decided_since=now - LATELY, now=now)
    newest = sorted(lately, key=lambda request: str(request.decided_at), reverse=True)[:SHOWN]
    lines = [
        say("decided", request=request, state=STATES[request.state], on=day(request.decided_at)) for request in newest
    ]
    return [header("Decided lately"), section("\n".join(lines))] if lines else []


def reviews(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """For stewards: how ready their entries are, and those to be looked at this week, the worst first."""
    if not holds(person, Role.STEWARD, now=now):
        return []
    round_ = readiness.week_of(now)
    due = review.due(context.db, person, round_=round_, now=now, limit=SHOWN)
    left = review.count_due(context.db, person, round_=round_, now=now)
    standings = [
        (body(context, scope), weeks[0])
        for scope in review.scopes_of(person, now=now)
        if (weeks := readiness.weeks(context.db, scope, limit=1))
    ]
    made: list[Block] = [header("Your entries"), section(say("reviews", left=left, standings=standings[:ROWS]))]
    for entry in due:
        look = button("Look at it", action_id="entry.readiness", value=entry.id, about=entry.title)
        made.append(section(say("due", entry=entry), accessory=look))
    return made


def unanswered(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """For stewards and administrators: what was asked for and nobody holds, the most widely asked first."""
    if not holds(person, Role.STEWARD, Role.ADMIN, now=now):
        return []
    gaps = wanted.groups(context.db, considered=CONSIDERED)
    made = [section(say("gap", gap=gap, on=day(clock.moment(gap.last_asked)))) for gap in page.of(gaps)]
    return [header("Asked for, and nobody holds it"), *made, *page.turning(len(gaps))] if made else []


def deputies(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """Whom a manager stands in for and until when, who stands in for them, and the next bank holiday."""
    lines = list(_own_places(context, person, now))
    made: list[Block] = [section(say("deputies", lines=lines[:ROWS]))] if lines else []
    standing_in = roles.standing_in_for(context.db, person, now=now)
    for deputy, held in page.of(standing_in):
        end = button("End it", action_id="role.end_deputy", value=f"{deputy.id}|{held.scope}", about=deputy.name or "")
        made.append(section(_stands_in(context, deputy, held, now), accessory=end))
    made += page.turning(len(standing_in))
    if holds(person, Role.MANAGER, now=now):
        made += [] if standing_in or not _manages(person, now) else [section(say("no_deputy"))]
        made.append(
            buttons(
                button("Name a deputy", action_id="role.name_deputy", value=person.id),
                button("How you hear of requests", action_id="telling.choose", value=person.id),
            )
        )
        made.append(note(say("holidays", next=_next_holiday(context, person, now))))
    return [header("Deputies and holidays"), *made] if made else []


def _next_holiday(context: Context, person: Person, now: datetime) -> str | None:
    """The next day on which nobody's time runs where a manager works."""
    own = context.search.vocabulary().organisations.get(person.organisation or "")
    return day(working_days.next_holiday(now, working_days.nation_of(own)))


def _manages(person: Person, now: datetime) -> bool:
    """Whether somebody manages data themselves, and not only in another's place."""
    return any(each.role is Role.MANAGER and not each.deputy_for and each.holds(now) for each in person.grants)


def _own_places(context: Context, person: Person, now: datetime) -> Iterator[str]:
    for grant in person.grants:
        if grant.deputy_for and grant.holds(now):
            other = people.find(context.db, grant.deputy_for)
            yield phrase("You stand in for {who}{until}").format(who=other.name or other.id, until=_until(grant))


def _stands_in(context: Context, deputy: Person, held: Grant, now: datetime) -> str:
    return say(
        "stands_in",
        who=deputy.name or deputy.id,
        what=scope_in_words(context, held.scope),
        since=day(held.since) if held.since and held.since > now else None,
        until=day(held.until),
    )


def _until(grant: Grant) -> str:
    return phrase(" until {day}").format(day=day(grant.until)) if grant.until else ""


def administration(context: Context, person: Person, now: datetime, page: Page) -> list[Block]:
    """For administrators: people and roles, whether messages get through, the index, sources and how they went."""
    if not holds(person, Role.ADMIN, now=now):
        return []
    held = [grant.role for each in people.with_roles(context.db, now=now) for grant in each.grants]
    counted = [words.count(held.count(role), phrase(words.ROLES[role])) for role in Role if role in held]
    known = sources.everyone(context.db)
    troubled = [(each, day(each.good_at)) for each in known if each.problem]
    counts, index = outbox.counts(context.db), context.search.index.standing(context.db)
    return [
        header("Running the catalogue"),
        section(say("people", total=people.count(context.db), roles=counted)),
        buttons(
            button("Give a role", action_id="role.grant", value="people"),
            button("Take a role away", action_id="role.revoke", value="people"),
        ),
        section(say("health", entries=datasets.count(context.db), **counts)),
        section(say("index", index=index, built=day(index.built) if index.built else None)),
        section(say("sources", total=len(known), troubled=troubled[:SHOWN])),
        buttons(button("What was brought in", action_id="run.list", value="runs")),
    ]
