"""The playground as a person has it before them: by mouse and keyboard, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, GONE_ON, PHONE, Site
from tests.journeys.conftest import Builder

NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, textarea, summary, iframe")]
    .filter((node) => node.checkVisibility() && !(node.ariaLabel || node.title || node.placeholder
        || node.textContent.trim() || node.labels?.length))
    .map((node) => node.outerHTML)"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


def ask(page: Page, question: str) -> None:
    """Type a question and send it, by keyboard alone."""
    page.keyboard.type(question)
    page.keyboard.press("Enter")


def test_a_question_typed_is_answered_and_a_button_tells_more(site: Site) -> None:
    page = site.open()
    expect(page.locator("#text-main")).to_be_focused()
    expect(page.locator("[data-from-bot]")).to_contain_text("I know who holds which government data")
    ask(page, "who holds free school meals data?")
    answer = page.locator("[data-from-bot]").nth(1)
    expect(answer).to_contain_text("Department for Education holds")
    answer.get_by_role("button", name="More about this").first.click()
    expect(page.locator("[data-from-bot]")).to_have_count(3)


def test_an_answer_in_a_channel_stands_in_the_thread_of_its_question(site: Site) -> None:
    page = site.open()
    page.get_by_role("link", name="data-questions").click()
    page.locator("#text-main").fill("@whoholds what does NPD mean?")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="1 reply").click()
    expect(page.locator("#thread")).to_contain_text("National Pupil Database")
    page.keyboard.press("Escape")
    expect(page.locator("#thread")).to_be_hidden()


def test_what_a_person_writes_stands_there_literally(site: Site) -> None:
    page = site.open()
    ask(page, "<img src=x onerror=alert(1)> <!channel> *who* holds &lt;b&gt;?")
    mine = page.locator(".message:not([data-from-bot])").last
    expect(mine).to_contain_text("<img src=x onerror=alert(1)> <!channel>")
    expect(mine.locator("img")).to_have_count(0)


def test_the_story_plays_to_its_end_before_three_people(site: Site) -> None:
    page = site.open("/together", (1440, 900))
    expect(page.locator(".columns iframe")).to_have_count(3)
    progress = page.locator("#progress")
    expect(progress).to_contain_text("steps done")
    while not (before := progress.inner_text()).startswith("All"):
        page.locator("#next").click()
        page.wait_for_function(GONE_ON, arg=before)
        assert page.locator("#tell.problem").count() == 0, page.locator("#tell").inner_text()
    expect(page.locator("#tell")).to_have_text("That is the story. Carry on as any of them.")


def test_what_crosses_the_wire_is_shown_at_once_and_found_by_a_word(site: Site) -> None:
    page = site.open("/wire")
    rows = page.locator("#rows > li:visible")
    expect(page.locator("#none")).to_be_hidden()
    before = rows.count()
    site.town.asks_directly("what does NPD mean?")
    expect(rows).to_have_count(before + 3 if before else 3)
    page.locator("#containing").fill("chat.postMessage")
    expect(rows).to_have_count(1)
    rows.first.locator("summary").click()
    expect(rows.first).to_contain_text("National Pupil Database")
    page.locator("#containing").fill("")
    page.locator("#wrong").check()
    expect(rows).to_have_count(0)
    expect(page.locator("#none")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("address", ["/", "/together", "/wire"])
def test_every_page_fits_and_everything_on_it_has_a_name(site: Site, address: str, size: tuple[int, int]) -> None:
    site.town.asks_directly("who holds free school meals data?")
    page = site.open(address, size)
    expect(page.locator("h1").first).to_be_visible()
    assert not page.evaluate(TOO_WIDE)
    assert page.evaluate(NAMELESS) == []


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_public_pages_fit(browser: Browser, build: Builder, size: tuple[int, int]) -> None:
    town = build()
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    for path in ("/register", "/requests/SR-0001", "/datasets/mhclg/rough-sleeping-snapshot", "/nothing"):
        page.goto(town.server.url + path)
        expect(page.locator("h1")).to_be_visible()
        assert not page.evaluate(TOO_WIDE), path
    page.close()


def test_on_a_phone_the_people_are_behind_a_button(site: Site) -> None:
    page = site.open("/", PHONE)
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="People and places").click()
    side.get_by_role("link", name="general").click()
    expect(side).to_be_hidden()
    expect(page.get_by_role("heading", name="general")).to_be_visible()
