"""The playground in a real browser: the system's Chromium, driven by Playwright. Without one the tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot import replies
from bot.commands.playground import the_story
from bot.playground.page import create_page
from bot.playground.server import Server
from tests.journeys.conftest import Builder, Town, build  # noqa: F401  a fixture

NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=20_000)  # a busy machine is no fault of the page
FLAGS = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
""".split()
GONE_ON = """(before) => document.querySelector("#progress").textContent !== before
    || document.querySelector("#tell.problem")"""
"""The story has gone on from where its progress was, or has stopped."""

DESK, PHONE = (1280, 800), (390, 844)


def found() -> str | None:
    """The path of the system's Chromium, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A running Chromium that asks nobody for anything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")  # while Playwright runs, nobody else in this thread can run asyncio
def browser() -> Iterator[Browser]:
    path = found()
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed (make browser installs one)")
    with chromium(path) as running:
        yield running


@dataclass
class Site:
    """The playground's page over a running bot, and what opens it in a browser."""

    town: Town
    url: str
    open: Callable[..., Page]


@pytest.fixture
def site(browser: Browser, build: Builder) -> Iterator[Site]:  # noqa: F811
    """`site.open("/wire", PHONE)` gives a page. Nothing may go wrong in it, and it may ask only the playground."""
    town = build(channels_are_for_government=True)  # as the playground does
    flask = create_page(
        town.workspace, town.sender, questions=list(replies.examples()), title="whoholds", story=the_story()
    )
    troubles: list[str] = []
    with Server(flask) as server:
        context = browser.new_context(reduced_motion="reduce")
        context.set_default_timeout(20_000)

        def opened(address: str = "/", size: tuple[int, int] = DESK) -> Page:
            page = context.new_page()
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
            page.on("request", lambda sent: None if sent.url.startswith(server.url) else troubles.append(sent.url))
            page.goto(server.url + address)
            return page

        yield Site(town, server.url, opened)
        context.close()
    assert troubles == []
