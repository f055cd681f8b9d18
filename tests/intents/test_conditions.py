"""Questions about conditions: how they are recognised, what is read from them, and what the answer says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import replies, web
from bot.render import HTML, MRKDWN, PLAIN, as_html
from bot.slack.answers import as_message
from bot.slack.blocks import SECTION, TEXT
from catalogue import datasets, people
from catalogue.model import GOVERNMENT, PUBLIC, Person, PersonalData
from catalogue.search.find import Search
from catalogue.search.vocabulary import Vocabulary
from catalogue.sharing.book import Verdict
from catalogue.sharing.facts import Body, Case, Granularity, OrganisationKind, Purpose
from catalogue.sharing.rules import book
from catalogue.store import connect
from intents import conditions
from intents.answers import Answer, Outcome
from intents.case import PURPOSES, USERS, read, say
from intents.context import Context, Question
from intents.understand import respond, understand
from tests.conftest import NOW

PUPILS = "dfe/national-pupil-database"
REFUSING = re.compile(
    r"\byou (?:may|must|can(?:not|'t)?)\b|\bmust not\b|\bnot allowed\b|\bforbid\w*|\bprohibit\w*|\brefus\w*"
    r"|\bdenied\b|!",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", name="search")
def _search(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """The sample catalogue, for looking only."""
    folder = tmp_path_factory.mktemp("conditions")
    for name in ("whoholds.db", "whoholds.index"):
        source = sample_folder / name
        (folder / name).symlink_to(source, target_is_directory=source.is_dir())
    db = connect(str(folder / "whoholds.db"))
    yield Search(db, folder / "whoholds.index")
    db.close()


def ask(search: Search, text: str, asker: Person | None = None) -> Answer:
    return respond(Context(search.db, search), Question(text, GOVERNMENT, NOW, asker))


def officer(search: Search, name: str = "council-officer") -> Person:
    return people.find(search.db, name)


def shown(answer: Answer, vocabulary: Vocabulary) -> str:
    return replies.word(answer, vocabulary, PLAIN).text


# recognising


@pytest.mark.parametrize(
    "text",
    [
        *conditions.EXAMPLES,
        "can I use the National Pupil Database for research?",
        "Can the school census be shared with Camden council?",
        "could Camden council use the school census",
        "can DWP share its benefit data with the police",
        "do I need a DPIA for hospital data",
        "what would I need before sharing the school census",
        "is the register of charities open data?",
        "under what conditions can we get prisoner records",
        f"can I share {PUPILS} with a university for research",
        "can I use dcms/national-lottery-grants-database",
        "can I share dfe/characteristics-of-children-in-need with a company",
    ],
)
def test_a_question_about_conditions_is_recognised(text: str, vocabulary: Vocabulary) -> None:
    assert understand(text, vocabulary).name == "conditions"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("who holds the school census?", "holders"),
        ("what is the National Pupil Database?", "describe"),
        ("How do I get access to the National Pupil Database?", "access"),
        ("who do I ask about the school census?", "contact"),
        ("look up AB 12 34 56 C and share it", "out_of_scope"),
        ("can you write me a poem", "out_of_scope"),
    ],
)
def test_other_questions_are_not_taken_for_it(text: str, intent: str, vocabulary: Vocabulary) -> None:
    assert understand(text, vocabulary).name == intent


# reading a case


@pytest.mark.parametrize(
    ("text", "kind", "slug"),
    [
        ("can I share it with a university", OrganisationKind.ACADEMIC, None),
        ("can I share it with researchers at Leeds", OrganisationKind.ACADEMIC, None),
        ("can I share it with Camden council?", OrganisationKind.LOCAL_AUTHORITY, "camden-council"),
        ("share with Ofsted for research", OrganisationKind.NON_MINISTERIAL_DEPARTMENT, "ofsted"),
        ("can we give it to HMRC", OrganisationKind.HMRC, "hm-revenue-customs"),
        ("send it to the police", OrganisationKind.POLICE, None),
        ("can we publish it", OrganisationKind.PUBLIC, None),
        ("can DWP use it", OrganisationKind.MINISTERIAL_DEPARTMENT, "department-for-work-pensions"),
        ("can universities use it", OrganisationKind.ACADEMIC, None),
        ("can I share it with a contractor", OrganisationKind.CONTRACTOR, None),
        ("can I share it with other councils", OrganisationKind.LOCAL_AUTHORITY, None),
        ("can I share it", None, None),
        ("conditions to use hospital episode statistics", None, None),
        ("what do I need to get to hospital data", None, None),
    ],
)  # fmt: skip
def test_who_would_use_the_data_is_read(
    text: str, kind: OrganisationKind | None, slug: str | None, vocabulary: Vocabulary
) -> None:
    user = read(text, vocabulary).case.user
    assert (user.kind, user.slug) == (kind, slug)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("use it for research", Purpose.RESEARCH),
        ("use it to detect benefit fraud", Purpose.FRAUD),
        ("use it for policy evaluation", Purpose.POLICY),
        ("use it for official statistics", Purpose.STATISTICS),
        ("use it to deliver a service", Purpose.SERVICE_DELIVERY),
        ("use it for safeguarding", Purpose.SAFEGUARDING),
        ("use it for law enforcement", Purpose.LAW_ENFORCEMENT),
        ("use it for debt recovery", Purpose.DEBT),
        ("use it for an FOI request", Purpose.FOI),
        ("use it for an audit", Purpose.AUDIT),
        ("publish it", Purpose.PUBLICATION),
        ("use the research councils data", None),
        ("conditions for statistics on housing", None),
        ("use it", None),
    ],
)
def test_what_it_is_for_is_read(text: str, purpose: Purpose | None, vocabulary: Vocabulary) -> None:
    assert read(text, vocabulary).case.purpose == purpose


def test_sharing_without_a_recipient_does_not_take_the_asker_for_one(vocabulary: Vocabulary) -> None:
    asker = Body(OrganisationKind.LOCAL_AUTHORITY, "Camden Council", "camden-council")
    assert read("can I share it", vocabulary, asker=asker).case.user == Body()
    assert read("can I use it", vocabulary, asker=asker).case.user == asker
    assert read("can Camden council use it", vocabulary, asker=asker).case.recipient is None


def test_who_and_what_for_are_not_part_of_what_the_data_is_called(vocabulary: Vocabulary) -> None:
    text = "the school census with Camden council for research as totals, linked with other data"
    assert read(text, vocabulary).rest.strip(" ,") == "the school census"


YES_NO = st.sampled_from([None, True, False])
CASES = st.builds(
    Case,
    recipient=st.builds(Body, kind=st.sampled_from(OrganisationKind)),
    purpose=st.one_of(st.none(), st.sampled_from(Purpose)),
    granularity=st.one_of(st.none(), st.sampled_from(Granularity)),
    nation=st.sampled_from([None, "E", "W", "S", "NI"]),
    linked=YES_NO,
    leaves_uk=YES_NO,
    large_scale=YES_NO,
    contractor=YES_NO,
    joint=YES_NO,
    skipped=st.frozensets(st.sampled_from([question.id for question in book().questions])),
)


@given(case=CASES)
def test_a_case_is_read_back_from_its_words(case: Case, vocabulary: Vocabulary) -> None:
    again = read(f"can I share {PUPILS} {say(case)}", vocabulary)
    assert case.recipient
    assert again.case.user.kind == case.recipient.kind
    if case.recipient.kind is OrganisationKind.CONTRACTOR and case.contractor is None:
        case = replace(case, contractor=True)
    assert replace(again.case, recipient=case.recipient) == case
    assert PUPILS in again.rest


@pytest.mark.parametrize("question", book().questions, ids=lambda question: question.id)
def test_each_answer_to_a_question_is_read_as_what_it_means(question: object, vocabulary: Vocabulary) -> None:
    for option in question.options:  # type: ignore[attr-defined]
        case = read(f"can I share {PUPILS} {option.words}", vocabulary).case
        known = (case.user.kind, case.purpose, case.granularity, case.nation)
        flags = (case.linked, case.leaves_uk, case.contractor, case.joint, case.large_scale)
        said = [value for value in (*known, *flags) if value is not None]
        assert said == [option.value]


def test_there_are_words_for_every_user_and_every_purpose() -> None:
    assert set(USERS) == set(OrganisationKind)
    assert set(PURPOSES) == set(Purpose)


@given(text=st.text(max_size=200))
@example(text="can I share with to by with the to the with" * 20)
@example(text="for the purposes of the use in the for the " * 20)
def test_any_text_is_read(text: str, vocabulary: Vocabulary) -> None:
    read(text, vocabulary)


# answering


def test_the_answer_explains_in_the_order_that_helps(search: Search) -> None:
    answer = ask(search, f"can I share {PUPILS} with a university for research", officer(search))
    text = shown(answer, search.vocabulary())
    headings = [
        "Needs a named legal power.",
        "Open on the same subject",
        "What is usually needed",
        "Why",
        "Who decides",
    ]
    headings += ["Who decides", "Five Safes", "What is not known", "This is not legal advice. Rules version"]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert "Education Act 1996" in text
    assert "It usually takes about 60 days." in text
    assert "Pupil data team" in text
    assert book().version in text
    assert "24 November 2026" in text
    assert (answer.recipient, answer.purpose) == ("a university", "research")


def test_open_data_is_said_to_be_open_with_its_attribution(search: Search) -> None:
    answer = ask(search, "Is Price Paid Data open?")
    text = shown(answer, search.vocabulary())
    assert text.startswith("Open to everyone. Say where it came from")
    assert "Contains public sector information" in text
    assert "Five Safes" not in text
    assert answer.choices == ()


def test_the_open_figures_come_first_and_are_open_and_without_people(search: Search) -> None:
    answer = ask(search, "can I use the school census pupil level return")
    found = answer.details["explanation"].alternatives
    assert "dfe/schools-pupils-and-their-characteristics" in [dataset.id for dataset in found]
    assert {dataset.access_rights for dataset in found} == {"OPEN"}
    assert {dataset.personal_data for dataset in found} <= {PersonalData.NONE, PersonalData.AGGREGATE}


def test_what_is_not_known_is_asked_by_buttons_that_repeat_the_question(search: Search) -> None:
    answer = ask(search, f"can I use {PUPILS}")
    assert [choice.label for choice in answer.choices][-1] == "Skip"
    assert len(answer.choices) <= 5
    asked = []
    for _ in range(len(book().questions) + 1):
        if not answer.choices:
            break
        asked.append(answer.details["explanation"].asks[0].id)
        answer = ask(search, answer.choices[-2].question)
        assert answer.shown[0].dataset.id == PUPILS
    assert answer.choices == ()
    assert len(asked) == len(set(asked)) >= 7


def test_every_question_can_be_skipped_to_the_end(search: Search) -> None:
    answer = ask(search, f"can I use {PUPILS}")
    verdict = answer.details["explanation"].verdict
    for _ in range(len(book().questions) + 1):
        if answer.choices:
            answer = ask(search, answer.choices[-1].question)
    assert answer.choices == ()
    assert answer.details["explanation"].verdict is verdict


def test_a_body_that_is_known_is_not_asked_for(search: Search) -> None:
    answer = ask(search, "can I use the Single Housing Benefit Extract for service delivery?", officer(search))
    explanation = answer.details["explanation"]
    assert "recipient" not in [question.id for question in explanation.asks]
    assert {"R07", "R16", "R23", "R25"} <= set(explanation.rules)


def test_warnings_are_for_the_steward_and_nobody_else(search: Search) -> None:
    question = "can I use dfe/get-information-about-schools"
    for asker in (None, officer(search)):
        text = shown(ask(search, question, asker), search.vocabulary())
        assert "steward" not in text.lower()
        assert "holds personal data. Check" not in text
    assert "For you as steward" in shown(ask(search, question, officer(search, "dfe-steward")), search.vocabulary())


def test_several_entries_are_a_question_back_that_keeps_the_case(search: Search) -> None:
    answer = ask(search, "can I share council tax registers with a university for research")
    assert answer.outcome is Outcome.CLARIFY
    assert all("with a university for research" in choice.question for choice in answer.choices)
    blocks = as_message(answer, search.vocabulary()).blocks
    values = [block["accessory"]["value"] for block in blocks if "accessory" in block]
    assert values == [choice.question for choice in answer.choices]


def test_an_entry_that_is_not_there_is_said_not_to_be_found(search: Search) -> None:
    answer = ask(search, "can I share the colour of ministerial socks with a university")
    assert answer.outcome is Outcome.NONE
    assert "cannot find" in shown(answer, search.vocabulary())


def test_nothing_of_an_entry_above_official_is_shown(sample_catalogue: Search) -> None:
    db = sample_catalogue.db
    entry = datasets.get(db, PUPILS, audience=PUBLIC)
    changes = {"security_classification": "SECRET"}
    datasets.amend(db, PUPILS, changes, revision=entry.revision, by="test", why=None, now=NOW)
    answer = ask(sample_catalogue, f"can I use {PUPILS}")
    text = shown(answer, sample_catalogue.vocabulary())
    assert text.startswith("Not through here.")
    assert answer.shown == ()
    for word in ("Pupil", "dfe", "Education", "Five Safes"):
        assert word not in text
    page = as_html(replies.word(answer, sample_catalogue.vocabulary(), HTML).text)
    assert "Pupil" not in page


# how it reads


def test_every_entry_of_the_sample_is_explained_within_limits_and_without_refusing(search: Search) -> None:
    vocabulary = search.vocabulary()
    verdicts = set()
    for dataset in datasets.everything(search.db, audience=GOVERNMENT):
        answer = ask(search, f"can I share {dataset.id} with a charity for research linked with other data")
        assert (answer.intent, answer.outcome) == ("conditions", Outcome.ANSWERED), dataset.id
        assert [entry.dataset.id for entry in answer.shown] == [dataset.id]
        message = as_message(answer, vocabulary)
        assert len(message.text) < TEXT
        assert all(len(block["text"]["text"]) <= SECTION for block in message.blocks if block["type"] == "section")
        own = re.sub(r"“[^”]*”", "", message.text.replace(dataset.title, "").replace(dataset.id, ""))
        assert not REFUSING.search(own), dataset.id
        assert book().notice in message.text
        verdicts.add(answer.details["explanation"].verdict)
    assert verdicts >= {Verdict.OPEN, Verdict.OPEN_WITH_ATTRIBUTION, Verdict.AGREEMENT, Verdict.NAMED_POWER}


def test_a_short_text_shows_five_needs_and_counts_the_others(search: Search) -> None:
    answer = ask(search, f"can I use {PUPILS}")
    text = shown(answer, search.vocabulary())
    needs = text.partition("What is usually needed\n")[2].partition("\nAnd ")[0]
    assert needs.count("•") == 5
    assert re.search(r"And \d+ more things\.", text)


def test_the_page_says_the_same_as_slack_and_leaves_nothing_out(search: Search) -> None:
    app = web.create(search.db, search, None, signing_secret=None)
    page = app.test_client().get(f"/datasets/{PUPILS}").get_data(as_text=True)
    section = page.partition('<section id="conditions">')[2].partition("</section>")[0]
    assert "<h2>Conditions for sharing</h2>" in section
    answer = conditions.for_everyone(
        Context(search.db, search),
        ask(search, f"can I use {PUPILS}").shown[0],
    )
    for item in answer.details["explanation"].needs:
        assert item.say.partition("'")[0] in section
    assert "This is not legal advice." in section
    assert "more things" not in section
    assert "<ul><li>" in section


def test_what_an_entry_holds_cannot_become_markup(sample_catalogue: Search) -> None:
    db = sample_catalogue.db
    entry = datasets.get(db, PUPILS, audience=PUBLIC)
    changes = {"onward_sharing": "a * b & c\n• d", "title": "Pupils & *stars* <https"}
    datasets.amend(db, PUPILS, changes, revision=entry.revision, by="test", why=None, now=NOW)
    answer = ask(sample_catalogue, f"can I use {PUPILS}")
    page = as_html(replies.word(answer, sample_catalogue.vocabulary(), HTML).text)
    assert "a * b &amp; c • d" in page
    assert "Pupils &amp; *stars*" in page
    assert "&amp; c • d" in replies.word(answer, sample_catalogue.vocabulary(), MRKDWN).text


# what was taken for granted


@pytest.mark.parametrize(
    ("text", "recipient", "purpose"),
    [
        (
            "our PhD student at Leeds uni wants the national pupil database for her thesis, allowed?",
            "academic",
            "research",
        ),
        ("can we share the national pupil database with a university for research", "academic", "research"),
        ("is it ok if our auditors go through the national pupil database", "public_body", "audit"),
    ],
)
def test_the_rules_know_what_people_say_of_who_and_what_for_in_their_own_words(
    search: Search, text: str, recipient: str, purpose: str
) -> None:
    answer = ask(search, text)
    case = answer.details["case"]
    assert (case.recipient.kind, case.purpose) == (recipient, purpose)


def test_what_was_taken_for_granted_is_said_so_that_it_can_be_put_right(search: Search) -> None:
    answer = ask(search, "our PhD student at Leeds uni wants the national pupil database for her thesis, allowed?")
    assert "I took it that it is for a university, and it is for research." in shown(answer, search.vocabulary())
    nothing = ask(search, "what are the conditions for the national pupil database?")
    assert "I took it" not in shown(nothing, search.vocabulary())


def test_that_totals_are_enough_is_taken_only_from_words_that_say_so(search: Search) -> None:
    wish = ask(search, "can the university have the national pupil database, we count them by ward")
    assert wish.details["case"].granularity is None
    said = ask(search, "can I use the national pupil database for research totals only")
    assert said.details["case"].granularity is Granularity.AGGREGATE


def test_a_question_that_was_skipped_is_not_answered_by_a_guess(search: Search) -> None:
    wish = "our PhD student wants it for her thesis"
    said = ask(search, f"can I use dfe/national-pupil-database, {wish}").details["case"]
    assert said.purpose and said.recipient
    answer = ask(search, f"can I use dfe/national-pupil-database skip purpose skip recipient, {wish}")
    assert (answer.details["case"].purpose, answer.details["case"].recipient) == (None, None)
