"""The story that the playground plays holds together with what the bot does."""

from __future__ import annotations

from bot.commands.playground import the_story
from tests.journeys.conftest import Builder


def test_the_shipped_story_plays_to_its_end_and_can_be_played_again(build: Builder) -> None:
    town = build(channels_are_for_government=True)
    story = the_story()
    for _times in range(2):
        while story.next(town.sender):
            pass
        assert (story.done, story.failure) == (len(story.steps), "")
        story.again()
