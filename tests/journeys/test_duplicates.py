"""Two entries that may be the same thing: shown in the steward's Home, decided once, never merged by themselves."""

from __future__ import annotations

import pytest

from bot.playground.model import View
from catalogue import clock, datasets, people
from catalogue.errors import AlreadyDecided, NotAllowed
from catalogue.harvest import duplicates
from catalogue.model import GOVERNMENT, Dataset
from tests.journeys.conftest import OFFICER, Town
from tests.journeys.test_home import buttons, opens_home, shows, words

STEWARD = "U0STEWARD"
NPD, TWIN, DFE = "dfe/national-pupil-database", "portal/npd", "department-for-education"


@pytest.fixture
def twice(town: Town) -> Town:
    """The same title of the same holder, once from a source."""
    twin = {"id": TWIN, "title": "national pupil database", "publisher": DFE, "source": "portal"}
    datasets.add(town.db, twin, by="portal", why=None, now=clock.now())
    return town


def entry(town: Town, dataset_id: str) -> Dataset:
    return datasets.get(town.db, dataset_id, audience=GOVERNMENT)


def home(town: Town) -> View:
    return opens_home(town, STEWARD, until=lambda text: "Perhaps the same thing twice" in text)


def test_the_steward_says_that_they_are_the_same_and_which_one_stays(twice: Town) -> None:
    view = home(twice)
    assert buttons(view, "duplicate.same") == [f"{NPD} {TWIN}"]
    twice.sender.click(STEWARD, view, "duplicate.same", value=f"{NPD} {TWIN}")
    twice.sender.submit(STEWARD, {"keep": "0"})
    done = twice.workspace.views.front(STEWARD)
    assert done and "is withdrawn" in str(done.payload)
    assert (entry(twice, TWIN).status, entry(twice, TWIN).superseded_by) == ("withdrawn", NPD)
    assert entry(twice, NPD).status == "published"
    shows(twice, STEWARD, until=lambda text: "Perhaps the same thing twice" not in text)


def test_two_that_are_different_are_not_shown_again_and_nothing_happens_to_them(twice: Town) -> None:
    before = entry(twice, NPD), entry(twice, TWIN)
    twice.sender.click(STEWARD, home(twice), "duplicate.different", value=f"{NPD} {TWIN}")
    shows(twice, STEWARD, until=lambda text: "Perhaps the same thing twice" not in text)
    assert (entry(twice, NPD), entry(twice, TWIN)) == before
    assert duplicates.undecided(twice.db, [DFE]) == []


def test_it_is_decided_once_and_only_by_who_looks_after_both(twice: Town) -> None:
    (pair,) = duplicates.undecided(twice.db, [DFE])
    assert (pair.one, pair.other, pair.title) == (NPD, TWIN, entry(twice, NPD).title)
    assert duplicates.undecided(twice.db, ["nhs-england"]) == duplicates.undecided(twice.db, []) == []
    officer, steward = (people.find(twice.db, user) for user in (OFFICER, STEWARD))
    with pytest.raises(NotAllowed):
        duplicates.different(twice.db, NPD, TWIN, by=officer, now=clock.now())
    duplicates.different(twice.db, TWIN, NPD, by=steward, now=clock.now())
    with pytest.raises(AlreadyDecided):
        duplicates.same(twice.db, NPD, TWIN, by=steward, now=clock.now())
    assert entry(twice, TWIN).status == "published"


def test_who_does_not_look_after_them_is_not_shown_them(twice: Town) -> None:
    assert "Perhaps the same thing twice" not in words(opens_home(twice, OFFICER))
