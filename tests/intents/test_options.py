"""The decisions about a turn of a conversation: what speaks for an option, and how likely that makes it."""

from intents import options
from intents.options import likely


def test_the_likeliest_option_comes_first_and_all_together_are_certain():
    found = likely({"stay": {"points": 1.0}, "go": {"names": 0.5}}, {"points": 1.0, "names": 1.0})
    assert list(found) == ["stay", "go"]
    assert abs(sum(found.values()) - 1) < 1e-9


def test_what_was_not_learned_speaks_for_nothing():
    assert likely({"stay": {"new": 9.0}, "go": {}}, {}) == {"stay": 0.5, "go": 0.5}


def test_of_no_options_none_is_likely():
    assert likely({}, {"points": 1.0}) == {}


def test_weights_are_the_same_once_they_are_written_down(tmp_path, monkeypatch):
    monkeypatch.setattr(options, "TURNS", tmp_path / "turns.tsv")
    weights = {"entry": {"current: opens and": -0.58, "holds": 0.27}, "kind": {"odds": 0.64}}
    options.save(weights)
    options.learned.cache_clear()
    try:
        assert options.learned() == weights
    finally:
        options.learned.cache_clear()
