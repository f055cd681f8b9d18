"""Text from anybody is shown as it was written: it cannot mention, link, format, or forge a line of its own."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import render
from bot.playground.mrkdwn import control_sequences, to_html
from bot.playground.transcript import texts
from bot.render import LOOKS_LIKE, MRKDWN, PLAIN, Ready, cut, escape_mrkdwn, one_line, part
from bot.slack.answers import as_message
from bot.slack.blocks import SlackMessage
from catalogue.search.vocabulary import Vocabulary
from intents.answers import Answer
from tests.fakes.answering import QUESTIONS, Answering
from tests.fakes.hostile import VECTORS, with_words

MARKS = st.text(alphabet="*_~`<>|&;:@#!^ab \n\u200b\u202e", max_size=40)
ANYTHING = st.one_of(st.text(), MARKS, st.sampled_from(list(VECTORS.values())))


def shown(text: str) -> str:
    """What a reader of Slack sees of a mrkdwn text, without spaces that have no width."""
    page = to_html(text).replace("<br>", "\n")
    text = html.unescape(re.sub(r"<[^<>]*>", "", page)).replace("\u200b", "")
    return text.translate({ord(like): mark for mark, like in LOOKS_LIKE.items()})


def visible(text: str) -> str:
    """A text without what cannot be seen."""
    return "".join(character for character in text if not render._HIDDEN.match(character))


def mrkdwn_of(message: SlackMessage) -> list[str]:
    """Every text of a message that Slack reads as mrkdwn."""
    elements = [each for block in message.blocks for each in (block.get("text", {}), *block.get("elements", ()))]
    return [message.text, *(each["text"] for each in elements if each.get("type") == "mrkdwn")]


@given(ANYTHING)
def test_no_text_leaves_anything_slack_would_act_on(text: str) -> None:
    escaped = escape_mrkdwn(text)
    assert control_sequences(escaped) == []
    assert not set("<>") & set(escaped)


@given(ANYTHING.filter(lambda text: "http" not in text))
def test_an_escaped_text_is_shown_as_it_was_written(text: str) -> None:
    plain = one_line(text)
    assert set(re.findall(r"<(\w+)", to_html(escape_mrkdwn(plain)))) <= set()
    assert shown(escape_mrkdwn(plain)) == visible(plain)


@given(ANYTHING, ANYTHING.filter(lambda text: "http" not in text))
def test_a_bold_text_is_bold_as_a_whole_and_nothing_else(before: str, text: str) -> None:
    bold = render._slack_bold(text)
    assert control_sequences(f"{escape_mrkdwn(one_line(before))} {bold}") == []
    assert "\n" not in bold


@given(ANYTHING)
def test_escaping_happens_once(text: str) -> None:
    ready = Ready(escape_mrkdwn(text))
    assert escape_mrkdwn(ready) is ready


@given(st.text() | st.text(alphabet='a<>|&/:. \n`"', max_size=20).map("https://".__add__), ANYTHING)
def test_a_link_leads_only_to_the_address_whose_host_it_shows(url: str, label: str) -> None:
    found = control_sequences(render._slack_link(label, url))
    assert len(found) <= 1
    for sequence in found:
        address, _bar, _label = sequence[1:-1].partition("|")
        assert html.unescape(address) == url
        assert url.startswith("https://")
        host = re.split(r"[/?#:]", url.removeprefix("https://"))[0].lower().rpartition("@")[2]
        assert f"({host})" in render._slack_link(label, url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://www.gov.uk",
        "//evil.example",
        "https://",
        "https://a|b",
        "https://a b",
        "https://a>b",
        "https://ev\u202eil.example",
        "https://xn--e1awd7f.example\n",
        "https://[",
        None,
        "",
    ],
)
def test_what_is_no_plain_https_address_is_not_linked(url: str | None) -> None:
    assert render._slack_link("its page", url) == "its page"


def test_a_link_shows_where_it_leads() -> None:
    link = render._slack_link("https://www.gov.uk", "https://evil.example/a?b=1&c=2")
    assert link == "<https://evil.example/a?b=1&amp;c=2|https://www.gov.uk> (evil.example)"
    assert render._plain_link("its page", "https://www.gov.uk/data") == "its page, https://www.gov.uk/data"


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_text_cut_off_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_text_is_cut_at_a_word() -> None:
    assert cut("one two three four", 12) == "one two…"
    assert cut("onetwothreefour", 6) == "onetw…"


def test_a_missing_value_is_an_error_and_a_missing_block_is_not() -> None:
    with pytest.raises(Exception, match="entry"):
        part(MRKDWN, "answers/entry.jinja", "entry", ask=False)
    assert part(PLAIN, "answers/help.jinja", "no_such_block") == ""


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_seventeen_vectors_are_literal_in_every_field_of_every_answer(
    answering: Answering, question: str, vector: str
) -> None:
    text = VECTORS[vector]
    hostile: Answer = with_words(answering.answer(question), lambda _word: text)
    vocabulary = with_vocabulary(answering.vocabulary, hostile)
    message = as_message(hostile, vocabulary)
    for written in mrkdwn_of(message):
        assert control_sequences(written) == []
        assert not [line for line in written.splitlines() if line.startswith("Approved by")], "no forged line"
        assert not re.search(r"<(em|s|code|pre|blockquote)\b", to_html(written)), "no format but our own"
        assert "✅" not in shown(written), "no emoji"
        assert visible(written.replace("\u200b", "")) == written.replace("\u200b", ""), "nothing hidden"
        assert not re.search(r'href="https://evil\.example[^"]*"[^>]*>(?!https://evil\.example)', to_html(written))
    if answering.answer(question).shown:
        wanted = visible(one_line(text))
        assert any(wanted[:40] in shown(written) for written in mrkdwn_of(message)), "it is still shown"
    for label in (each["text"]["text"] for each in buttons_of(message)):
        assert "\n" not in label
    reply = answering.plain(hostile, vocabulary)
    assert not [line for line in reply.splitlines() if line.startswith("Approved by")]


def buttons_of(message: SlackMessage) -> list[dict[str, dict[str, str]]]:
    elements = [each for block in message.blocks for each in (block.get("accessory", {}), *block.get("elements", ()))]
    return [each for each in elements if each.get("type") == "button"]


def with_vocabulary(known: Vocabulary, answer: Answer) -> Vocabulary:
    """A vocabulary that names the organisations of an answer as the answer does."""
    named = Vocabulary(answer.organisations, (), {})
    named.organisations = {**known.organisations, **named.organisations}
    return named


def test_texts_normalise_as_slack_has_them() -> None:
    assert unicodedata.normalize("NFC", escape_mrkdwn("é")) == "é"
    assert texts([{"type": "section", "text": {"type": "mrkdwn", "text": "é"}}]) == ["é"]
