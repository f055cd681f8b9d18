"""Forms, shortcuts, the Home and files in a real browser, by keyboard where a person would use it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from catalogue import clock, people, requests
from tests.browser.conftest import PHONE, Site

NAMED = "() => document.activeElement.labels?.[0]?.textContent.trim()"
ENTRY = "dfe/free-school-meals-eligibility-checking-service"


def test_data_is_found_by_a_form_and_the_keyboard(site: Site) -> None:
    page = site.open()
    page.get_by_label("Shortcuts").click()
    page.get_by_role("button", name="Find data").click()
    dialog = page.get_by_role("dialog", name="Find data")
    expect(dialog).to_be_visible()
    assert page.evaluate(NAMED) == "What data do you need?"
    page.keyboard.type("rough sl")
    expect(dialog.get_by_role("option").first).to_have_text("Anything about “rough sl”Search in all entries")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Remove Rough sleeping snapshot in England")).to_be_visible()
    dialog.get_by_role("button", name="Find").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-from-bot]").last).to_contain_text("Rough sleeping snapshot in England")


def test_a_form_says_what_is_missing_beside_the_field_and_goes_there(site: Site) -> None:
    officer = people.find(site.town.db, "council-officer")
    requests.start(site.town.db, ENTRY, by=officer, now=clock.now())
    page = site.open("/?as=U0COUNCIL&in=home")
    page.get_by_role("button", name="Go on").click()
    dialog = page.get_by_role("dialog", name="Request data")
    expect(dialog.get_by_label("Personal data", exact=True)).to_be_checked()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("Please complete this required field")
    assert page.evaluate(NAMED) == "What is your project for?"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_steward_changes_an_entry_on_a_phone(site: Site) -> None:
    page = site.open("/?as=U0STEWARD", PHONE)
    ask(page, "/whoholds edit free school meals eligibility checking service")
    overview = page.get_by_role("dialog", name="Edit an entry")
    overview.get_by_role("button", name="Change: Who to ask").click()
    form = page.get_by_role("dialog", name="Who to ask")
    form.get_by_label("Team to ask").fill("School meals data team")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_contain_text("The next question finds the change.")
    page.keyboard.press("Escape")
    expect(overview).to_contain_text("School meals data team")
    page.keyboard.press("Escape")
    expect(overview).to_be_hidden()
    ask(page, "who do I ask about the free school meals eligibility checking service?")
    expect(page.locator("[data-from-bot]").last).to_contain_text("School meals data team")


def test_a_file_is_attached_and_can_be_had_back(site: Site) -> None:
    page = site.open("/?as=U0STEWARD")
    content = {"name": "entries.csv", "mimeType": "text/csv", "buffer": b"title\nSchool census\n"}
    page.locator("[data-composer=main] [data-attach]").set_input_files([content])
    expect(page.locator("[data-composer=main] .attached")).to_contain_text("entries.csv")
    ask(page, "here are my entries")
    link = page.get_by_role("link", name="entries.csv")
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == b"title\nSchool census\n"


def ask(page: Page, text: str) -> None:
    page.locator("#text-main").fill(text)
    page.keyboard.press("Enter")


def test_what_is_typed_into_a_request_is_there_again_after_it_was_closed(site: Site) -> None:
    db = site.town.db
    asker = people.find(db, "dwp-analyst")
    requests.start(db, "dfe/national-pupil-database", by=asker, now=clock.now())
    page = site.open("/?as=U0ANALYST&in=home")
    page.get_by_role("button", name="Go on").first.click()
    dialog = page.get_by_role("dialog", name="Request data")
    box = dialog.get_by_label("What is your project for?")
    box.click()
    page.keyboard.type("Free meals for pupils")
    page.wait_for_timeout(700)  # what was typed is told, and the page drawn again
    page.keyboard.press("Home")
    page.keyboard.type("All: ")
    expect(box).to_have_value("All: Free meals for pupils")
    dialog.get_by_role("button", name="Close", exact=True).first.click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Go on").first.click()
    expect(dialog.get_by_label("What is your project for?")).to_have_value("All: Free meals for pupils")
