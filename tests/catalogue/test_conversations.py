from datetime import timedelta

from catalogue import conversations
from tests.conftest import NOW


def test_a_thread_is_remembered_for_thirty_days(db):
    conversations.save(db, "C1:1.0", {"entries": ["dfe/npd"]}, now=NOW)
    assert conversations.load(db, "C1:1.0", is_thread=True, now=NOW + timedelta(days=29)) == {"entries": ["dfe/npd"]}
    assert conversations.load(db, "C1:1.0", is_thread=True, now=NOW + timedelta(days=30)) == {}


def test_a_direct_message_is_forgotten_after_an_hour_of_silence(db):
    conversations.save(db, "D1:", {"terms": "meals"}, now=NOW)
    assert conversations.load(db, "D1:", is_thread=False, now=NOW + timedelta(minutes=59)) == {"terms": "meals"}
    assert conversations.load(db, "D1:", is_thread=False, now=NOW + timedelta(minutes=60)) == {}


def test_the_last_turn_replaces_what_was_remembered(db):
    for terms in ("meals", "prisons"):
        conversations.save(db, "C1:1.0", {"terms": terms}, now=NOW)
    assert conversations.load(db, "C1:1.0", is_thread=True, now=NOW) == {"terms": "prisons"}


def test_two_threads_do_not_know_each_other(db):
    conversations.save(db, "C1:1.0", {"terms": "meals"}, now=NOW)
    assert conversations.load(db, "C1:2.0", is_thread=True, now=NOW) == {}


def test_what_has_ended_is_removed_and_nothing_else(db):
    conversations.save(db, "old", {}, now=NOW - timedelta(days=31))
    conversations.save(db, "new", {}, now=NOW)
    conversations.forget(db, now=NOW)
    assert [row["key"] for row in db.query("SELECT key FROM conversations")] == ["new"]
