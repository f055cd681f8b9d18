"""Settings are environment variables; one that makes no sense is named, and none that is secret is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import settings as settings_module
from bot.settings import SETTINGS, SLACK, Settings, need_slack, read
from catalogue.errors import BadSetting

WHOLE = {
    "WHOHOLDS_DATABASE": "/data/record.db",
    "WHOHOLDS_INDEX": "/data/index",
    "SLACK_BOT_TOKEN": "xoxb-1-a",
    "SLACK_SIGNING_SECRET": "a-secret",
    "SLACK_APP_TOKEN": "xapp-1-a",
    "SLACK_API_URL": "http://127.0.0.1:9000/api",
    "WHOHOLDS_CHANNELS": "government",
    "WHOHOLDS_HARVEST_ALLOW": "127.0.0.1:8000, Catalogue.internal:443",
    "PORT": "8080",
}


def test_nothing_has_to_be_set() -> None:
    assert read({}) == Settings(database="whoholds.db", index=Path("whoholds.index"), api_url=SLACK, port=3000)


def test_everything_can_be_set() -> None:
    assert read(WHOLE) == Settings(
        database="/data/record.db",
        index=Path("/data/index"),
        bot_token="xoxb-1-a",
        signing_secret="a-secret",
        app_token="xapp-1-a",
        api_url="http://127.0.0.1:9000/api/",
        channels_are_for_government=True,
        harvest_allow=frozenset({"127.0.0.1:8000", "catalogue.internal:443"}),
        port=8080,
    )


def test_every_setting_that_is_read_is_described() -> None:
    source = Path(settings_module.__file__).read_text(encoding="utf-8")
    read_ones = set(re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', source)) | {"PORT", "WHOHOLDS_CHANNELS"}
    assert read_ones == set(WHOLE)
    assert read_ones <= {setting.name for setting in SETTINGS}
    assert all(setting.about for setting in SETTINGS)


def test_an_empty_value_is_as_good_as_none_and_spaces_around_one_are_dropped() -> None:
    assert read(dict.fromkeys(WHOLE, "")) == read({})
    assert read({name: f" {value}\n" for name, value in WHOLE.items()}) == read(WHOLE)


@pytest.mark.parametrize(
    ("database", "path", "index"),
    [
        ("data/x.db", "data/x.db", Path("data/x.index")),
        ("sqlite:///data/x.db", "data/x.db", Path("data/x.index")),
        ("sqlite:////srv/x.db", "/srv/x.db", Path("/srv/x.index")),
        ("postgresql://host/x", "postgresql://host/x", Path("whoholds.index")),
    ],
)
def test_the_index_lies_beside_the_database_file(database: str, path: str, index: Path) -> None:
    settings = read({"WHOHOLDS_DATABASE": database})
    assert (settings.database, settings.index) == (path, index)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHOHOLDS_HARVEST_ALLOW", "127.0.0.1"),
        ("WHOHOLDS_HARVEST_ALLOW", "127.0.0.1:99999"),
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-é"),
        ("SLACK_BOT_TOKEN", "xoxb-1\r\nX-Evil: 1"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("SLACK_API_URL", "http://slack.example/api/"),
        ("SLACK_API_URL", "http://127.0.0.1.evil.example/"),
        ("SLACK_API_URL", "http://localhost.evil.example/"),
        ("SLACK_API_URL", "http://127.0.0.1@evil.example/"),
        ("SLACK_API_URL", "ftp://slack.example"),
        ("SLACK_API_URL", "https://"),
        ("SLACK_API_URL", "https://["),
        ("WHOHOLDS_CHANNELS", "everyone"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "²"),
        ("PORT", "٣٠٠٠"),
        ("PORT", "http"),
        ("PORT", "3000.0"),
        ("PORT", "9" * 5_000),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read({name: value})
    assert refused.value.name == name
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), st.text(max_size=30)))
def test_any_value_is_taken_or_refused_plainly(environment: dict[str, str]) -> None:
    refused = None
    try:
        read(environment)
    except BadSetting as error:
        refused = error.name
    assert refused is None or refused in environment


def test_a_secret_is_never_shown() -> None:
    settings = read(WHOLE)
    for secret in ("xoxb-1-a", "a-secret", "xapp-1-a"):
        assert secret not in repr(settings)
        assert secret not in str(settings)
        assert secret not in f"{[settings]!r}"


def test_a_refused_token_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as refused:
        read({"SLACK_BOT_TOKEN": "xoxp-hunter2"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given_", "missing"),
    [
        ({}, "SLACK_BOT_TOKEN"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
    ],
)
def test_what_slack_needs_and_is_missing_is_named(given_: dict[str, str], missing: str) -> None:
    with pytest.raises(BadSetting) as refused:
        need_slack(read(given_))
    assert refused.value.name == missing


def test_slack_needs_a_token_and_one_way_to_be_reached() -> None:
    need_slack(read({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}))
    need_slack(read({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}))
