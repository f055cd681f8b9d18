"""Access requests from the first click to the end of the share, through the real app, as the people of the sample."""

from __future__ import annotations

from catalogue import requests
from tests.journeys.asking import (
    ANALYST,
    MANAGER,
    asks_for,
    buttons,
    card,
    decides,
    presses,
    state,
)
from tests.journeys.conftest import Town


def test_a_request_goes_from_the_first_click_to_data_that_is_supplied(town: Town) -> None:
    request = asks_for(town)
    assert (request.id, state(town)) == ("SR-0001", "submitted")
    receipt = card(town, ANALYST)
    assert "Your request is sent" in receipt.text
    assert "Data manager (Department for Education) decides" in receipt.text
    asked = card(town, MANAGER)
    for part in (
        "A request waits for your decision",
        "Policy analyst (Department for Work and Pensions)",
        "free school",
    ):
        assert part in asked.text, asked.text
    assert "request.approve" in buttons(asked)
    presses(town, MANAGER, "request.open", "SR-0001", asked)
    assert state(town) == "in_review"
    town.settles()
    assert "Somebody is reading your request" in card(town, ANALYST).text
    town.workspace.views.close(MANAGER, whole=True)
    decides(
        town, MANAGER, "request.approve_with", conditions="Delete it within a year.", ends="2099-12-31", note="Fine."
    )
    assert state(town) == "approved"
    for user in (MANAGER, ANALYST):
        assert "request.approve" not in buttons(card(town, user))
        assert "Data manager (Department for Education) on" in card(town, user).text
    assert "Delete it within a year." in card(town, ANALYST).text
    decides(town, ANALYST, "share.accept", accepted=["yes"])
    for step in ("agreement", "dpia", "transfer"):
        ticked = card(town, MANAGER)
        if f"share.tick.{step}" in buttons(ticked):
            presses(town, MANAGER, f"share.tick.{step}", "SR-0001", ticked)
            town.settles()
    decides(town, MANAGER, "share.supply")
    share = requests.share_of(town.db, "SR-0001")
    assert share
    assert share.state == "supplied"
    assert "The data was supplied" in card(town, ANALYST).text
