"""mrkdwn becomes HTML in which there is no tag, attribute or address that we did not put there."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.mrkdwn import TAGS, control_sequences, links, to_html, wire

PIECES = [
    "*",
    "_",
    "~",
    "`",
    "```",
    "<",
    ">",
    "&",
    "&lt;",
    "|",
    "!",
    "@",
    "#",
    "^",
    "{date}",
    "!date^1^",
    "\n",
    "'",
    '"',
]
PIECES += [
    "https://x",
    "javascript:alert(1)",
    "<script>",
    "</a>",
    "onclick=",
    "<!here>",
    "<@U1>",
    ":eyes:",
    "\ue0000\ue001",
]
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)
ATTRIBUTES = {"a": {"href", "target", "rel"}, "span": {"class"}, "time": {"datetime", "title"}}


class Tags(HTMLParser):
    """Checks every tag and attribute against what mrkdwn may produce, and that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES.get(tag, set())
        assert all(
            (value or "").startswith(("http://", "https://", "mailto:")) for name, value in attrs if name == "href"
        )
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@given(MARKUP)
def test_no_input_produces_a_tag_that_is_not_ours(text: str) -> None:
    parser = Tags()
    parser.feed(to_html(text, {"U1": "<b>Officer</b>"}))
    parser.close()
    assert parser.open == []


@given(MARKUP)
def test_what_a_person_types_has_no_control_sequence_but_addresses_and_mentions_of_known_people(text: str) -> None:
    for sequence in control_sequences(wire(text, {"whoholds": "U0BOT"})):
        assert sequence == "<@U0BOT>" or sequence.startswith(("<http://", "<https://"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and _italic_ and ~gone~", "<strong>bold</strong> and <em>italic</em> and <s>gone</s>"),
        ("*bold with _italic_ inside*", "<strong>bold with <em>italic</em> inside</strong>"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("`a *b* c`", "<code>a *b* c</code>"),
        ("```x < y```", "<pre>x &lt; y</pre>"),
        ("&gt; quoted\n> twice\nnot", "<blockquote>quoted<br>twice</blockquote>not"),
        ("a\nb", "a<br>b"),
        ("R&amp;D &lt;tag&gt; & more", "R&amp;D &lt;tag&gt; &amp; more"),
        ("<@U1> in <#C1|general>", '<span class="mention">@Officer</span> in <span class="mention">#general</span>'),
        ("<!here>", '<span class="mention broadcast">@here</span>'),
        (":white_check_mark: :no_such_thing: 10:30:15", "✅ :no_such_thing: 10:30:15"),
        ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
    ],
)
def test_mrkdwn_reads_as_in_slack(text: str, html: str) -> None:
    assert to_html(text, {"U1": "Officer"}) == html


def test_links_keep_their_label_and_open_elsewhere() -> None:
    html = to_html("<https://example.gov.uk/a?b=1&amp;c=2|the *page*>")
    assert html == (
        '<a href="https://example.gov.uk/a?b=1&amp;c=2" target="_blank" rel="noreferrer noopener">the *page*</a>'
    )


def test_dates_are_in_london_time_and_fall_back_to_their_text() -> None:
    assert ">1 July 2026 at 13:00</time>" in to_html("<!date^1782907200^{date} at {time}|1 July>")
    assert to_html("<!date^soon^{date}|next week>") == "next week"


def test_control_sequences_and_links_are_found() -> None:
    text = "<!channel> <@U1> <#C1|x> <https://a.gov.uk|b> <mailto:a@b> &lt;!here&gt; < 5 https://c.gov.uk."
    assert control_sequences(text) == ["<!channel>", "<@U1>", "<#C1|x>", "<https://a.gov.uk|b>", "<mailto:a@b>"]
    assert links(text) == ["https://a.gov.uk", "https://c.gov.uk"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("see https://a.gov.uk/x?a=1&b=2.", "see <https://a.gov.uk/x?a=1&amp;b=2>."),
        ("(https://a.gov.uk), or <https://b.gov.uk>", "(<https://a.gov.uk>), or &lt;<https://b.gov.uk>&gt;"),
    ],
)
def test_an_address_that_is_typed_is_sent_in_angle_brackets(typed: str, sent: str) -> None:
    assert wire(typed) == sent


def test_a_name_that_is_typed_becomes_a_mention() -> None:
    assert wire("@Whoholds who has <x>?", {"whoholds": "U0BOT"}) == "<@U0BOT> who has &lt;x&gt;?"
