"""What the port promises, both databases keep."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.errors import BadSetting
from catalogue.store import Database, connect
from tests.at_once import at_once

ADD = "INSERT INTO things (name, n) VALUES (:name, :n)"
PUT = "INSERT INTO things (name, n) VALUES (:name, :n) ON CONFLICT (name) DO UPDATE SET n = excluded.n"


def names(db: Database) -> list[str]:
    return [row["name"] for row in db.query("SELECT name FROM things ORDER BY name")]


def test_rows_come_back_as_dictionaries_in_the_order_asked_for(things: Database) -> None:
    things.execute_many(ADD, [{"name": "b", "n": 2}, {"name": "a", "n": 1}])
    assert things.query("SELECT name, n FROM things ORDER BY name") == [{"name": "a", "n": 1}, {"name": "b", "n": 2}]
    assert things.query("SELECT n FROM things WHERE name = :name", {"name": "none"}) == []


def test_a_statement_says_how_many_rows_it_changed(things: Database) -> None:
    assert things.execute(ADD, {"name": "a", "n": 1}) == 1
    assert things.execute(ADD, {"name": "b", "n": 1}) == 1
    assert things.execute("UPDATE things SET n = n + 1 WHERE n = :n", {"n": 1}) == 2
    assert things.execute("UPDATE things SET n = 9 WHERE n = :n", {"n": 1}) == 0
    assert things.execute("DELETE FROM things WHERE name = 'a'") == 1


def test_a_statement_on_its_own_is_saved_at_once(things: Database, others: Database) -> None:
    things.execute(ADD, {"name": "a", "n": 1})
    assert names(others) == ["a"]


def test_an_upsert_changes_what_is_there_only_where_it_says_so(things: Database) -> None:
    guarded = PUT + " WHERE things.n < excluded.n"
    assert things.execute(guarded, {"name": "a", "n": 5}) == 1
    assert things.execute(guarded, {"name": "a", "n": 3}) == 0
    assert things.execute(guarded, {"name": "a", "n": 8}) == 1
    assert things.execute(ADD + " ON CONFLICT (name) DO NOTHING", {"name": "a", "n": 9}) == 0
    assert things.query("SELECT n FROM things") == [{"n": 8}]


def test_a_writing_statement_can_return_what_it_wrote(things: Database, others: Database) -> None:
    with things.atomic():
        assert things.query(PUT + " RETURNING name, n", {"name": "a", "n": 1}) == [{"name": "a", "n": 1}]
        assert things.query("UPDATE things SET n = n + 1 WHERE n = 1 RETURNING n") == [{"n": 2}]
        assert things.query("UPDATE things SET n = n + 1 WHERE n = 1 RETURNING n") == []
    assert others.query("SELECT n FROM things") == [{"n": 2}]


def test_many_rows_are_written_together_or_not_at_all(things: Database) -> None:
    things.execute_many(ADD, ({"name": f"{n:03}", "n": n} for n in range(500)))
    assert len(names(things)) == 500
    with pytest.raises(Exception, match=r"(?i)unique"):
        things.execute_many(ADD, [{"name": "new", "n": 1}, {"name": "007", "n": 1}])
    assert len(names(things)) == 500
    things.execute_many(ADD, [])


def test_a_block_that_fails_has_not_happened(things: Database, others: Database) -> None:
    with suppress(RuntimeError), things.atomic():
        things.execute(ADD, {"name": "a", "n": 1})
        things.execute_many(ADD, [{"name": "b", "n": 1}])
        assert names(things) == ["a", "b"]
        assert names(others) == []
        raise RuntimeError
    assert names(things) == []
    things.execute(ADD, {"name": "a", "n": 1})
    assert names(others) == ["a"]


def test_an_inner_block_can_fail_without_the_outer_one(things: Database, others: Database) -> None:
    def fail() -> None:
        with things.atomic():
            things.execute(ADD, {"name": "lost", "n": 1})
            with things.atomic():
                things.execute(ADD, {"name": "lost too", "n": 1})
            things.execute(ADD, {"name": "a", "n": 2})

    with things.atomic():
        things.execute(ADD, {"name": "a", "n": 1})
        with pytest.raises(Exception, match=r"(?i)unique"):
            fail()
        with things.atomic():
            things.execute(ADD, {"name": "b", "n": 1})
    assert names(others) == ["a", "b"]


def test_what_is_to_follow_a_commit_follows_it_once_and_in_order(things: Database, others: Database) -> None:
    heard: list[object] = []
    with things.atomic():
        things.after_commit(lambda: heard.append(names(others)))
        with things.atomic():
            things.execute(ADD, {"name": "a", "n": 1})
            things.after_commit(lambda: heard.append("second"))
        assert heard == []
    assert heard == [["a"], "second"]
    things.execute(ADD, {"name": "b", "n": 1})
    assert len(heard) == 2


def test_nothing_follows_a_block_that_fails(things: Database) -> None:
    heard: list[str] = []
    with suppress(RuntimeError), things.atomic():
        things.after_commit(lambda: heard.append("never"))
        raise RuntimeError
    with things.atomic():
        things.execute(ADD, {"name": "a", "n": 1})
    assert heard == []


def test_outside_a_block_there_is_nothing_to_wait_for(things: Database) -> None:
    heard: list[str] = []
    things.after_commit(lambda: heard.append("at once"))
    assert heard == ["at once"]


def test_what_follows_a_commit_may_itself_write(things: Database) -> None:
    with things.atomic():
        things.after_commit(lambda: things.execute_many(ADD, [{"name": "after", "n": 1}]))
    assert names(things) == ["after"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_any_text_comes_back_as_it_went_in(things: Database, text: str) -> None:
    things.execute("DELETE FROM things")
    things.execute("INSERT INTO things (name, note) VALUES (:name, :note)", {"name": "a", "note": text})
    assert things.query("SELECT note FROM things WHERE note = :note", {"note": text}) == [{"note": text}]


def test_percent_signs_in_a_statement_and_colons_in_a_value_mean_themselves(things: Database) -> None:
    things.execute(ADD, {"name": "100 % :name %(n)s %s ?", "n": 2**62})
    found = things.query("SELECT name, n % 7 AS rest FROM things WHERE name LIKE '1%s ?' AND n > :n", {"n": 2**61})
    assert found == [{"name": "100 % :name %(n)s %s ?", "rest": 2**62 % 7}]


def test_a_thread_does_not_see_the_unfinished_work_of_another(things: Database) -> None:
    with things.atomic():
        things.execute(ADD, {"name": "a", "n": 1})
        assert at_once(partial(names, things), partial(names, things)) == [[], []]
    assert at_once(partial(names, things)) == [["a"]]


def test_six_threads_that_count_together_count_right(things: Database) -> None:
    things.execute(ADD, {"name": "count", "n": 0})

    def count() -> None:
        for _ in range(40):
            with things.atomic():
                things.execute("UPDATE things SET n = n + 1 WHERE name = 'count'")

    at_once(*[count] * 6)
    assert things.query("SELECT n FROM things") == [{"n": 240}]


def test_six_threads_that_claim_never_claim_the_same(things: Database) -> None:
    things.execute_many(ADD, [{"name": f"job {n}", "n": 0} for n in range(120)])

    def claim(who: int) -> list[str]:
        claimed = []
        while free := things.query("SELECT name FROM things WHERE n = 0 ORDER BY name LIMIT 3"):
            for row in free:
                taken = {"name": row["name"], "who": who}
                if things.execute("UPDATE things SET n = :who WHERE name = :name AND n = 0", taken):
                    claimed.append(row["name"])
        return claimed

    claims = at_once(*(partial(claim, who) for who in range(1, 7)))
    assert sorted(name for claim in claims for name in claim) == names(things)


def test_a_closed_database_can_be_opened_again(things: Database, bare_url: str) -> None:
    things.execute(ADD, {"name": "a", "n": 1})
    things.close()
    again = connect(bare_url)
    assert names(again) == ["a"]
    again.close()
    things.close()  # closing twice is harmless


@pytest.mark.parametrize("url", ["mysql://somewhere/db", "sqlite://one-slash-short", "http://example.com"])
def test_an_address_of_no_known_kind_is_a_bad_setting(url: str) -> None:
    with pytest.raises(BadSetting, match="WHOHOLDS_DATABASE"):
        connect(url)
