"""What somebody may not know does not show anywhere in Slack.

Two workspaces that differ in one hidden entry say the same, byte for byte, to a person who may not know of it. And an
entry that is hidden after somebody asked about it, followed it and began a request for it tells them nothing more: it
is changed once it is hidden, and what it then says reaches nobody.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from catalogue import clock, datasets, follows, outbox, terms
from catalogue.harvest.run import merge_rows
from catalogue.model import NOBODY_READS
from tests.journeys.asking import STEWARD, button, front, person
from tests.journeys.conftest import OFFICER, Builder, Town

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


def everything_said(town: Town) -> str:
    """All that the officer can see, without the ids and times of Slack's own and of this minute."""
    seen = [(message.text, message.blocks) for message in town.workspace.from_bot() if message.channel]
    home = town.workspace.views.home(OFFICER)
    views = [view.payload["blocks"] for view in town.workspace.views.stack(OFFICER)]
    whole = json.dumps([seen, home and home.payload["blocks"], views])
    return re.sub(r"\d\d:\d\d, ", "", whole)


def day_of_an_officer(town: Town) -> list[str]:
    """Somebody asks for it in every way; what they see after each."""
    seen = []
    for question in QUESTIONS:
        town.asks_directly(question)
        town.asks(question)
        town.settles()
        seen.append(everything_said(town))
    town.commands("who holds zebra stripe widths?")
    for action in ("entry.describe", "follow.entry", "request.start", "entry.report", "entry.history", "term.add"):
        said = button(town, OFFICER, action, ENTRY["id"])
        town.sender.click(OFFICER, said, action)
        town.settles()
        seen.append(everything_said(town))
        town.workspace.views.close(OFFICER, whole=True)
    for asked in ("edit zebra stripe widths survey", f"edit {ENTRY['id']}"):
        town.sender.command(OFFICER, town.channel, "/whoholds", asked)
        town.settles()
        seen.append(everything_said(town))
        town.workspace.views.close(OFFICER, whole=True)
    town.sender.global_shortcut(OFFICER, "data.find")
    for begun in ("zeb", "pyj", "zsws", "quag"):
        seen.append(json.dumps(town.sender.suggest(OFFICER, "data.subject", begun)))
    town.workspace.views.close(OFFICER, whole=True)
    town.sender.say(OFFICER, town.channel, "https://whoholds.example.gov.uk/datasets/" + ENTRY["id"])
    town.sender.open_home(OFFICER)
    town.settles()
    return [*seen, everything_said(town)]


@pytest.mark.parametrize("hidden", [{"visibility": "named", "visible_to": ["nhs-england"]}, {"visibility": "named"}])
def test_two_workspaces_that_differ_in_a_hidden_entry_say_the_same(build: Builder, hidden: dict[str, Any]) -> None:
    without, with_it = build(), build()
    now = clock.now()
    datasets.add(with_it.db, {**ENTRY, **hidden}, by="test", why=None, now=now)
    terms.add_acronym(with_it.db, "ZSWX", ENTRY["title"], holder=HOLDER, by="ada", entry=ENTRY["id"])
    terms.add_synonym(with_it.db, "pyjama horses", ENTRY["title"], by="ada", entry=ENTRY["id"])
    for one, other in zip(day_of_an_officer(without), day_of_an_officer(with_it), strict=True):
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
