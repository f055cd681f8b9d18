"""Asking without typing a question: the form, a message's menu, words after the command, links, being added."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.model import Message, View
from bot.playground.transcript import texts
from catalogue import clock, datasets, people, requests
from catalogue.model import GOVERNMENT, PUBLIC
from tests.journeys.conftest import ANALYST, MANAGER, OFFICER, Town

HOST = "https://whoholds.example.gov.uk"


def opens_form(town: Town, user: str = OFFICER) -> View:
    assert town.sender.global_shortcut(user, "data.find").ok
    view = town.workspace.views.front(user)
    assert view
    return view


def finds(town: Town, user: str = OFFICER, **filled: Any) -> Message:
    """Fill in the form and return what the bot then says in messages."""
    before = len(town.said_to(user))
    assert town.sender.submit(user, filled).ok
    assert town.workspace.views.front(user) is None
    town.workspace.wait_for(lambda _: len(town.said_to(user)) > before, timeout=15)
    return town.said_to(user)[-1]


def offered(town: Town, action: str, typed: str, user: str = OFFICER) -> list[dict[str, Any]]:
    return list(town.sender.suggest(user, action, typed))


def test_the_form_offers_entries_as_one_types_and_shows_the_chosen_one(town: Town) -> None:
    opens_form(town)
    options = offered(town, "data.subject", "rough sl")
    assert options[0]["text"]["text"] == "Anything about “rough sl”"
    chosen = next(each for each in options if each["text"]["text"].startswith("Rough sleeping snapshot"))
    assert chosen["description"]["text"].startswith("Ministry of Housing")
    assert "Rough sleeping snapshot in England" in finds(town, subject=chosen["value"]).text


def test_words_that_are_in_no_title_are_asked_for_as_they_are(town: Town) -> None:
    opens_form(town)
    typed = "unicorn grazing permits of the northern moors in the years before the war"
    (longer,) = offered(town, "data.subject", typed)
    assert longer["text"]["text"] == "Anything about “unicorn grazing permits of the northern moors in the…”"
    (option,) = offered(town, "data.subject", "unicorn grazing permits")
    assert "Nobody in this catalogue holds data on" in finds(town, subject=option["value"]).text


def test_a_holder_a_place_and_years_narrow_it(town: Town) -> None:
    opens_form(town)
    free = offered(town, "data.subject", "flooding")[0]
    holder = offered(town, "data.holder", "environment ag")[0]
    assert holder["text"]["text"] == "Environment Agency"
    answer = finds(town, subject=free["value"], holder=holder["value"], place="England", period="2020")
    assert "Environment Agency" in answer.text


def test_an_entry_with_a_place_asks_whether_it_covers_it(town: Town) -> None:
    opens_form(town)
    entry = next(each for each in offered(town, "data.subject", "price paid") if "/" in each["value"])
    finds(town, subject=entry["value"], place="Wales")
    (delivery,) = [each for each in town.sender.deliveries if each.kind == "view_submission"]
    assert delivery.ok
    assert "Price Paid" in town.said_to(OFFICER)[-1].text


def test_the_form_offers_a_guest_only_what_is_public(town: Town) -> None:
    hidden = {each.id for each in datasets.everything(town.db, audience=GOVERNMENT)}
    hidden -= {each.id for each in datasets.everything(town.db, audience=PUBLIC)}
    titles = {each.title for each in datasets.get_many(town.db, sorted(hidden), audience=GOVERNMENT)}
    town.workspace.change_user(ANALYST, is_restricted=True)
    opens_form(town, ANALYST)
    for title in sorted(titles)[:10]:
        found = {each["value"] for each in offered(town, "data.subject", title[:30], ANALYST)}
        assert not found & hidden


def test_a_form_sent_twice_is_answered_once(town: Town) -> None:
    opens_form(town)
    finds(town, subject=offered(town, "data.subject", "rough sleeping")[0]["value"])
    sent = next(each for each in town.sender.deliveries if each.kind == "view_submission")
    before = len(town.said_to(OFFICER))
    assert town.sender.redeliver(sent).ok
    town.settles()
    assert len(town.said_to(OFFICER)) == before


def test_a_message_is_asked_about_from_its_menu_and_only_one_person_sees_the_answer(town: Town) -> None:
    message = town.workspace.post(town.channel, "Does anybody have free school meals figures?", user=ANALYST)
    assert town.sender.message_shortcut(OFFICER, message, "message.ask").ok
    town.workspace.wait_for(lambda workspace: workspace.from_bot(town.channel), timeout=15)
    (answer,) = town.workspace.from_bot(town.channel)
    assert answer.ephemeral_to == OFFICER
    assert "Department for Education" in answer.text


def test_a_message_without_words_or_about_a_person_is_no_trouble(town: Town) -> None:
    for text, holds in (
        ("", "I know who holds"),
        ("what is the home address of my neighbour?", "cannot look up people"),
    ):
        message = town.workspace.post(town.channel, text, user=ANALYST)
        before = len(town.workspace.from_bot(town.channel))
        assert town.sender.message_shortcut(OFFICER, message, "message.ask").ok
        town.workspace.wait_for(lambda workspace, n=before: len(workspace.from_bot(town.channel)) > n, timeout=15)  # type: ignore[misc]
        assert holds in town.workspace.from_bot(town.channel)[-1].text


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("", "I know who holds"),
        ("help", "I know who holds"),
        ("ask", "I know who holds"),
        ("ask what does NPD mean?", "National Pupil Database"),
        ("ASK  what does NPD mean?", "National Pupil Database"),
        ("home", "Open your Home"),
    ],
)
def test_words_after_the_command(town: Town, words: str, holds: str) -> None:
    assert holds in town.commands(words).text


@pytest.mark.parametrize(("words", "intent"), [("requests", "my_requests"), ("queue", "review_queue")])
def test_requests_and_queue_are_questions(town: Town, words: str, intent: str) -> None:
    asked = {"requests": "my requests", "queue": "my queue"}[words]
    assert town.commands(words).text == town.asks_directly(asked).text


def unfurled(town: Town, text: str, user: str = OFFICER, *, direct: bool = False) -> dict[str, str]:
    """What links show under a message, once everything is said."""
    place = town.workspace.open_im(user) if direct else town.channel
    town.sender.say(user, place, text)
    town.settles()
    mine = [each for each in town.workspace.messages(place) if each.user == user][-1]
    return {url: "\n".join(texts(card["blocks"])) for url, card in mine.unfurls.items()}


def an_entry(town: Town, *, public: bool) -> str:
    known = {each.id for each in datasets.everything(town.db, audience=PUBLIC)}
    everything = [each.id for each in datasets.everything(town.db, audience=GOVERNMENT)]
    return next(each for each in everything if (each in known) is public)


def test_a_link_to_a_public_entry_shows_it_and_one_that_is_not_shows_nothing(town: Town) -> None:
    entry = datasets.get(town.db, an_entry(town, public=True), audience=PUBLIC)
    hidden = an_entry(town, public=False)
    links = [f"{HOST}/datasets/{each}" for each in (entry.id, hidden, "no/such")]
    shown = unfurled(town, " and ".join(f"<{link}>" for link in links))
    assert list(shown) == [links[0]]
    assert entry.title.split(":")[0] in shown[links[0]]
    assert "Sample entry" in shown[links[0]]


def test_a_link_that_shows_nothing_makes_no_call(town: Town) -> None:
    assert unfurled(town, f"<{HOST}/datasets/{an_entry(town, public=False)}> <{HOST}/else>") == {}
    assert town.workspace.calls_to("chat.unfurl") == []


def test_in_a_direct_message_its_person_sees_what_they_may_know(town: Town) -> None:
    hidden = an_entry(town, public=False)
    link = f"{HOST}/datasets/{hidden}"
    assert link in unfurled(town, f"<{link}>", direct=True)


def test_a_request_is_shown_to_who_may_read_it_and_never_in_a_channel(town: Town) -> None:
    entries = datasets.by_publisher(town.db, "department-for-education", audience=GOVERNMENT, limit=50)
    entry = next(each.id for each in entries if each.access_rights == "RESTRICTED")
    officer = people.find(town.db, OFFICER)
    link = f"{HOST}/requests/{requests.start(town.db, entry, by=officer, now=clock.now()).id}"
    assert "not sent yet" in unfurled(town, f"<{link}>", direct=True)[link]
    assert unfurled(town, f"<{link}>") == {}
    assert unfurled(town, f"<{link}>", MANAGER, direct=True) == {}


def test_added_to_a_channel_it_says_one_line_once_and_nothing_of_others(town: Town) -> None:
    place = town.workspace.add_channel("new-team", members=[OFFICER], with_bot=False)
    (joined,) = town.sender.join_channel(place, inviter=OFFICER)
    town.sender.redeliver(joined)
    town.sender.deliver_event({"type": "member_joined_channel", "user": ANALYST, "channel": place.id})
    town.settles()
    (line,) = town.workspace.from_bot(place)
    assert line.text.startswith("I answer questions about government data here.")
    assert "\n" not in line.text


def test_two_people_who_write_to_each_other_are_shown_what_everybody_may_know(town: Town) -> None:
    hidden = f"{HOST}/datasets/{an_entry(town, public=False)}"
    event = {
        "type": "link_shared",
        "user": OFFICER,
        "channel": "D0BETWEEN",
        "is_bot_user_member": False,
        "message_ts": "1.000001",
        "source": "conversations_history",
        "unfurl_id": "D0BETWEEN.1.000001",
        "links": [{"domain": "whoholds.example.gov.uk", "url": hidden}],
    }
    (delivery,) = town.sender.deliver_event(event)
    assert delivery.ok
    town.settles()
    assert town.workspace.calls_to("chat.unfurl") == []
