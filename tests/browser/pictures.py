"""Makes the pictures of the guides again: python -m tests.browser.pictures

Each is what the playground shows with the sample catalogue. Look at them afterwards.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import GONE_ON, PHONE, chromium, found

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 300_000  # bytes
OFFICER = "/?as=U0COUNCIL"


def playground(page: Page) -> None:
    """One question, answered."""
    page.goto(OFFICER)
    page.locator("#text-main").fill("who holds free school meals data?")
    page.keyboard.press("Enter")
    expect(page.locator("[data-from-bot]")).to_be_visible()


def together(page: Page) -> None:
    """The story, played until the request waits for the manager."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/together")
    progress = page.locator("#progress")
    expect(progress).to_contain_text("steps done")
    while not page.locator("#tell").inner_text().startswith("The data's manager hears"):
        before = progress.inner_text()
        page.locator("#next").click()
        page.wait_for_function(GONE_ON, arg=before)
        assert page.locator("#tell.problem").count() == 0, page.locator("#tell").inner_text()


def wire(page: Page) -> None:
    """What the story sent to and fro, one delivery open."""
    page.goto("/wire")
    page.locator("summary", has_text="Slack to bot").first.click()


def home(page: Page) -> None:
    """The Home of a manager, with what waits."""
    page.goto("/?as=U0MANAGER&in=home")
    expect(page.get_by_role("heading", name="Waiting for your decision")).to_be_visible()


def phone(page: Page) -> None:
    """A request that waits for its manager, who is out with a phone."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/?as=U0MANAGER&in=home")
    page.get_by_role("button", name="Review: SR-0005").click()
    expect(page.get_by_role("dialog")).to_be_visible()


TAKEN: Mapping[str, Callable[[Page], None]] = {
    "playground": playground,
    "together": together,
    "home": home,
    "wire": wire,
    "phone": phone,
}


@contextmanager
def running() -> Iterator[str]:
    """The address of a playground over a fresh sample catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "WHOHOLDS_DATABASE": f"{folder}/whoholds.db"}
        command = [str(Path(sys.executable).with_name("whoholds")), "playground", "--port", "0"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            address = next(re.search(r"http://\S+", line) for line in process.stdout if "Try it yourself" in line)
            assert address
            yield address.group()
            process.terminate()


def main() -> None:
    path = found()
    if path is None:
        sys.exit("There is no Chromium. Install one with: make browser")
    with running() as address, chromium(path) as browser:
        for name, take in TAKEN.items():
            context = browser.new_context(base_url=address, reduced_motion="reduce")
            page = context.new_page()
            take(page)
            page.wait_for_timeout(500)
            page.screenshot(path=PICTURES / f"{name}.png")
            size = (PICTURES / f"{name}.png").stat().st_size
            assert size <= LARGEST, f"{name}.png has {size} bytes"
            print(f"{name}.png: {size // 1000} KB")
            context.close()


if __name__ == "__main__":
    main()
