"""What somebody may not know does not show anywhere in Slack.

Two workspaces that differ in one hidden entry say the same, byte for byte, to a person who may not know of it. And an
entry that is hidden after somebody asked about it, followed it and began a request for it tells them nothing more: it
is changed once it is hidden, and what it then says reaches nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from bot import weekly
from catalogue import clock, datasets, follows, outbox, terms
from catalogue.harvest.run import merge_rows
from catalogue.model import NOBODY_READS, Grant, Role
from catalogue.people import grant
from tests.journeys.asking import ANALYST, NHS, STEWARD, button, front, person
from tests.journeys.conftest import OFFICER, Builder, Town
from tests.journeys.test_reviewing import monday
from tests.journeys.test_uploading import buttons, sends, table

HOLDER = "department-for-education"
ENTRY: dict[str, Any] = {
    "id": "dfe/zebra-stripe-widths",
    "title": "Zebra stripe widths survey",
    "acronyms": ["ZSWS"],
    "alternative_titles": ["Pyjama horse measurements"],
    "keywords": ["quaggas"],
    "publisher": HOLDER,
    "summary": "Widths of the stripes of zebras in school zoos.",
    "access_rights": "RESTRICTED",
    "contact": {"name": "Zebra team", "email": "zebras@example.gov.uk"},
    "spatial": "England",
}
QUESTIONS = (
    "who holds zebra stripe widths?",
    "who holds zebar strip widhts?",
    "what does ZSWS mean?",
    "what does ZSWS stand for?",
    "what is dfe/zebra-stripe-widths?",
    "what is the Zebra stripe widths survey?",
    "pyjama horse measurements",
    "who do I ask about the zebra stripe widths survey?",
    "how current is the zebra stripe widths survey?",
    "can I use the zebra stripe widths survey for research?",
    "can I have the zebra stripe widths survey?",
    "has the zebra stripe widths survey been shared before?",
    "compare the zebra stripe widths survey and the National Pupil Database",
    "we are about to collect the widths of zebra stripes from schools",
    "the zebra stripe widths survey entry is wrong",
    "update the entry for the zebra stripe widths survey",
    "what does DfE hold on zebras?",
    "what does DfE hold?",
    "who holds quaggas?",
    "what does ZSWX mean?",
    "who holds pyjama horses?",
)


def everything_said(town: Town, user: str = OFFICER, *, has_examples: bool = True) -> str:
    """All that somebody can see, without Slack's own ids and the times of this minute.

    The examples of a Home are drawn by the numbers of the entries, so one that was added since is drawn on another day.
    """
    told = [*town.said_to(user), *town.workspace.from_bot(town.channel)]
    seen = [(message.text, message.blocks) for message in told]
    home = town.workspace.views.home(user)
    views = [view.payload["blocks"] for view in town.workspace.views.stack(user)]
    blocks = home.payload["blocks"] if home else []
    if not has_examples:
        blocks = [block for block in blocks if "question.ask.0" not in str(block)]
    whole = json.dumps([seen, blocks, views])
    return re.sub(r'\d\d:\d\d, |"[bF]00\w\w"', "", whole)


def day_of(town: Town, user: str) -> list[str]:
    """Somebody asks for it in every way; what they see after each."""
    seen = []
    for question in QUESTIONS:
        town.asks_directly(question, user)
        town.asks(question, user)
        town.settles()
        seen.append(everything_said(town, user))
    town.commands("who holds zebra stripe widths?", user)
    for action in ("entry.describe", "follow.entry", "request.start", "entry.report", "entry.history", "term.add"):
        said = button(town, user, action, ENTRY["id"])
        town.sender.click(user, said, action)
        town.settles()
        seen.append(everything_said(town, user))
        town.workspace.views.close(user, whole=True)
    for asked in ("edit zebra stripe widths survey", f"edit {ENTRY['id']}"):
        town.sender.command(user, town.channel, "/whoholds", asked)
        town.settles()
        seen.append(everything_said(town, user))
        town.workspace.views.close(user, whole=True)
    town.sender.global_shortcut(user, "data.find")
    for begun in ("zeb", "pyj", "zsws", "quag"):
        seen.append(json.dumps(town.sender.suggest(user, "data.subject", begun)))
    town.workspace.views.close(user, whole=True)
    town.sender.say(user, town.channel, "https://whoholds.example.gov.uk/datasets/" + ENTRY["id"])
    town.sender.open_home(user)
    town.settles()
    return [*seen, everything_said(town, user)]


def hidden_in(town: Town, **how: Any) -> None:
    """The entry, and what leads to it by other words."""
    datasets.add(town.db, {**ENTRY, **how}, by="test", why=None, now=clock.now())
    terms.add_acronym(town.db, "ZSWX", ENTRY["title"], holder=HOLDER, by="ada", entry=ENTRY["id"])
    terms.add_synonym(town.db, "pyjama horses", ENTRY["title"], by="ada", entry=ENTRY["id"])


def a_guest(town: Town) -> str:
    return town.workspace.add_user("guest", id="U0GUEST", is_restricted=True).id


@pytest.mark.parametrize(
    ("who", "hidden"),
    [
        (lambda _town: OFFICER, {"visibility": "named", "visible_to": ["nhs-england"]}),
        (lambda _town: OFFICER, {"visibility": "named"}),
        (lambda _town: NHS, {"visibility": "named", "visible_to": ["department-for-work-pensions"]}),
        (a_guest, {"visibility": "government"}),
    ],
    ids=["named", "nobody", "a manager elsewhere", "a guest"],
)
def test_two_workspaces_that_differ_in_a_hidden_entry_say_the_same(
    build: Builder, who: Callable[[Town], str], hidden: dict[str, Any]
) -> None:
    without, with_it = build(), build()
    hidden_in(with_it, **hidden)
    for one, other in zip(day_of(without, who(without)), day_of(with_it, who(with_it)), strict=True):
        assert one == other


def week_of_a_steward(town: Town) -> list[str]:
    """What the steward of another body is told on a Monday, in their Home, and of a file with the entry's values."""
    grant(
        town.db, "dwp-analyst", Grant(Role.STEWARD, "department-for-work-pensions"), by="t", reason="t", now=clock.now()
    )
    for _ in range(3):
        town.asks_directly("who holds zebra stripe widths?")
        town.asks_directly("does DWP hold the widths of pyjama horses?")
    seen = []
    weekly.tell_stewards(town.db, monday())
    weekly.tell_of_wanted(town.db, town.bot.catalogue.search, monday())
    town.settles()
    seen.append(everything_said(town, ANALYST, has_examples=False))
    town.sender.open_home(ANALYST)
    town.settles()
    seen.append(everything_said(town, ANALYST, has_examples=False))
    row = {"id": "dwp/zebra-stripe-widths", "title": ENTRY["title"], "publisher": "DWP", "keywords": "quaggas"}
    for each in (row, {**row, "id": ENTRY["id"], "publisher": "DfE"}):
        checked = sends(town, table(each), user=ANALYST)
        seen.append(checked.text)
        if buttons(checked):
            town.sender.click(ANALYST, checked, "upload.import")
            town.settles()
        seen.append(everything_said(town, ANALYST, has_examples=False))
    town.sender.open_home(ANALYST)
    town.settles()
    return [*seen, everything_said(town, ANALYST, has_examples=False)]


def test_the_steward_of_another_body_is_told_nothing_of_it_in_a_week(build: Builder) -> None:
    without, with_it = build(), build()
    hidden_in(with_it, visibility="named", visible_to=["nhs-england"])
    for one, other in zip(week_of_a_steward(without), week_of_a_steward(with_it), strict=True):
        assert one == other


def hide(town: Town) -> None:
    """The entry is shown to nobody that it does not name, and says something new."""
    entry = datasets.get(town.db, ENTRY["id"], audience=NOBODY_READS)
    values = {"visibility": "named", "visible_to": ["nhs-england"]}
    entry = datasets.amend(town.db, entry.id, values, revision=entry.revision, by="test", why=None, now=clock.now())
    canary = {
        "title": "Okapi register",
        "summary": "Okapis.",
        "acronyms": ["OKA"],
        "contact": {"name": "Okapi team"},
        "access_rights": "OPEN",
    }
    datasets.amend(town.db, entry.id, canary, revision=entry.revision, by="test", why=None, now=clock.now())


def test_an_entry_that_is_hidden_between_two_turns_tells_nothing_more_to_who_asked_followed_and_drafted(
    town: Town,
) -> None:
    now = clock.now()
    resolve = town.bot.catalogue.search.vocabulary().resolve
    merge_rows(town.db, [(1, ENTRY)], source="test", by="test", why=None, now=now, resolve=resolve)
    officer = person(town, OFFICER)
    first = town.asks_directly("who holds zebra stripe widths?")
    assert "Zebra stripe widths survey" in first.text
    in_channel = town.mention("who holds zebra stripe widths?")
    town.answers(in_channel)
    for kind, what in (("entry", ENTRY["id"]), ("organisation", HOLDER), ("question", "okapi register")):
        follows.start(town.db, officer, kind, what, now=now)
    town.sender.click(OFFICER, button(town, OFFICER, "request.start", ENTRY["id"]), "request.start")
    assert front(town, OFFICER)
    town.workspace.views.close(OFFICER, whole=True)

    hide(town)

    follows.notice(town.db, town.bot.catalogue.search, now=clock.now())
    town.db.execute("UPDATE follows SET pace = 'daily'")
    town.settles()
    before = len(town.workspace.from_bot())
    for question in (
        "who do I ask about it?",
        "the first one",
        "does it cover Wales?",
        "can I have it?",
        "what if it's for research?",
        "how current is it?",
        "compare it and the National Pupil Database",
        "request it",
        "where is my request?",
    ):
        town.asks_directly(question)
        town.mention(question, thread_ts=in_channel.ts)
        town.settles()
    for action in ("answer.reject", "follow.entry", "request.start", "entry.describe", "entry.history", "entry.report"):
        if action == "answer.reject":
            town.sender.click(OFFICER, first, action)
        else:
            town.sender.click(OFFICER, button(town, OFFICER, action, ENTRY["id"]), action)
        town.settles()
        assert "kapi" not in everything_said(town).replace("okapi register", ""), action
        town.workspace.views.close(OFFICER, whole=True)
    for each in town.db.query("SELECT id FROM requests"):
        for action in ("request.continue", "request.open"):
            town.sender.click(OFFICER, button(town, OFFICER, action, each["id"]), action)
            assert "kapi" not in everything_said(town).replace("okapi register", ""), action
            town.workspace.views.close(OFFICER, whole=True)
        outbox.retell(town.db, each["id"], now=clock.now())
    outbox.retell(town.db, ENTRY["id"], now=clock.now())
    town.sender.open_home(OFFICER)
    town.settles()
    assert len(town.workspace.from_bot()) > before
    assert "kapi" not in everything_said(town).replace("okapi register", "")
    assert "Zebra team" not in json.dumps([each.blocks for each in town.workspace.from_bot()[before:]])


def test_a_steward_who_may_know_of_it_is_told_so_that_the_two_tests_above_look_where_it_would_show(town: Town) -> None:
    datasets.add(town.db, {**ENTRY, "visibility": "named", "visible_to": [HOLDER]}, by="t", why=None, now=clock.now())
    assert "Zebra stripe widths survey" in town.asks_directly("who holds zebra stripe widths?", STEWARD).text
