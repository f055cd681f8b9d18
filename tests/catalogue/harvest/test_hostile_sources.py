"""Sources that lie, dawdle, attack or break: each is left in time, with a plain line, and harms nothing."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import datasets
from catalogue.errors import SourceProblem
from catalogue.harvest import ckan
from catalogue.harvest.addresses import Guard, is_public
from catalogue.harvest.fetch import Fetcher
from catalogue.harvest.report import Report
from catalogue.model import PUBLIC
from catalogue.store import Database
from tests.catalogue.harvest.conftest import QUICK, Harvesting
from tests.fakes.upstream import Upstream, gives, package, send

SEARCH = "/api/3/action/package_search"
MIB = 2**20


def refused(report: Report) -> str:
    """Why a harvest brought nothing."""
    assert (report.added, report.changed) == (0, 0)
    assert report.stopped_because
    return report.stopped_because


# where it may go

PRIVATE = """
127.0.0.1 127.8.9.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 192.0.2.1 198.18.0.1
198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 192.88.99.1 ::1 :: fe80::1 fc00::1 fd00::1 ff02::1
fec0::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2001::1 2001:db8::1 ::127.0.0.1
64:ff9b:1::1 fe80::1%eth0
""".split()
SPELLINGS = """
http://127.0.0.1/ https://127.0.0.1/ https://localhost/ https://2130706433/ https://0x7f.1/ https://127.1/
https://0177.0.0.1/ https://[::1]/ https://[::ffff:127.0.0.1]/ https://①②⑦.⓪.⓪.①/ https://0/ https://127.0.0.1.:443/
https://user:pass@example.gov.uk/ ftp://example.gov.uk/ file:///etc/passwd gopher://example.gov.uk/
https://example.gov.uk:8443/ http://example.gov.uk/ https:///nothing https://exa\u0000mple/ data:text/plain,x
""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_known_as_such(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["81.2.69.160", "2a00:1450:4009::1", "::ffff:81.2.69.160"])
def test_a_public_address_is_known_as_such(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_a_forbidden_address_is_fetched(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[object] = []
    monkeypatch.setattr("socket.create_connection", lambda *given, **_more: connected.append(given))
    monkeypatch.setattr("socket.getaddrinfo", _only_this_machine)
    with Fetcher(caps=QUICK) as fetcher, pytest.raises(SourceProblem):
        fetcher.page(url)
    assert connected == []


def _only_this_machine(host: str, port: int, **_rest: object) -> list[Any]:
    """As a resolver without a network: whatever it knows is this machine."""
    return [(2, 1, 6, "", ("127.0.0.1", port))]


def test_a_private_address_is_refused_unless_it_is_named(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [package(1)]
    harvesting.add(db)
    assert "WHOHOLDS_HARVEST_ALLOW" in refused(harvesting(db, allowed=frozenset()))
    assert "WHOHOLDS_HARVEST_ALLOW" in refused(harvesting(db, allowed=frozenset({"127.0.0.1:1"})))
    assert upstream.asked == []
    assert harvesting(db).added == 1


def test_one_private_answer_among_public_ones_is_enough_to_refuse() -> None:
    guard = Guard(allowed=frozenset(), resolve=lambda _host, _port: ["81.2.69.160", "10.0.0.1"])
    guard.begin(1, slowest=0)
    with pytest.raises(SourceProblem, match=r"private address \(10\.0\.0\.1\)"):
        guard.connect_tcp("example.gov.uk", 443)


def test_a_name_that_answers_differently_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["81.2.69.160", "127.0.0.1"] * 500)
    connected: list[str] = []

    def connect(address: tuple[str, int], *_rest: object, **_more: object) -> None:
        connected.append(address[0])
        raise OSError

    monkeypatch.setattr("socket.create_connection", connect)
    with Fetcher(caps=QUICK, resolve=lambda _host, _port: [next(answers)]) as fetcher:
        for _turn in range(1000):
            with pytest.raises(SourceProblem):
                fetcher.page("https://rebinding.example.gov.uk/")
    assert set(connected) == {"81.2.69.160"}


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "http://localhost:{port}/", "//127.0.0.1:1/", "file:///etc/passwd", "http://["],
)
def test_a_redirect_is_checked_like_the_first_address(
    db: Database, upstream: Upstream, harvesting: Harvesting, target: str
) -> None:
    location = target.format(port=upstream.place.partition(":")[2])
    upstream.routes[SEARCH] = gives(b"", status=302, headers={"Location": location})
    harvesting.add(db)
    assert refused(harvesting(db))
    assert len(upstream.asked) == 1


def test_a_redirect_to_a_machine_that_is_allowed_is_followed_and_no_more_than_three(
    db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [package(1)]
    upstream.routes["/old/api/3/action/package_search"] = lambda handler: send(
        handler, b"", status=301, headers={"Location": handler.path.replace("/old", "")}
    )
    harvesting.add(db, path="/old")
    assert harvesting(db).added == 1
    upstream.routes[SEARCH] = lambda handler: send(handler, b"", status=302, headers={"Location": handler.path})
    assert harvesting(db).stopped_because == "The source redirects more than 3 times."


def test_https_is_not_left_for_http() -> None:
    answer = httpx.MockTransport(lambda request: httpx.Response(302, headers={"Location": "http://example.gov.uk/"}))
    with Fetcher(transport=answer, caps=QUICK) as fetcher, pytest.raises(SourceProblem, match="less safe"):
        fetcher.page("https://example.gov.uk/")


def test_nothing_of_the_environment_is_used(
    db: Database, upstream: Upstream, harvesting: Harvesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    upstream.packages = [package(1)]
    harvesting.add(db)
    assert harvesting(db).added == 1


# how much it may send, and how slowly


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(b"\0" * MIB) for _each in range(size)) + packer.flush()


@pytest.mark.parametrize("kind", ["ckan", "jsonl", "datajson"])
@pytest.mark.parametrize("way", ["announced", "a file", "twice"])
def test_a_decompression_bomb_does_not_go_off(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, kind: str, way: str
) -> None:
    content = bomb(300)
    headers = {} if way == "a file" else {"Content-Encoding": "gzip"}
    upstream.routes[SEARCH if kind == "ckan" else "/file"] = gives(
        gzip.compress(content) if way == "twice" else content, headers=headers
    )
    harvesting.add(sqlite_db, kind, "" if kind == "ckan" else "/file")
    tracemalloc.start()
    reason = refused(harvesting(sqlite_db))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "unpacks to more than 100 times" in reason
    assert most < 60 * MIB


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip"])
def test_packing_that_was_not_asked_for_is_refused(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, coding: str
) -> None:
    upstream.routes[SEARCH] = gives(b"x", headers={"Content-Encoding": coding})
    harvesting.add(sqlite_db)
    assert "was not asked for" in refused(harvesting(sqlite_db))


@pytest.mark.parametrize(("content", "reason"), [(gzip.compress(b"x" * 99)[:-9], "cut off"), (b"no", "unpacked")])
def test_packing_that_is_broken_is_said(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, content: bytes, reason: str
) -> None:
    upstream.routes[SEARCH] = gives(content, headers={"Content-Encoding": "gzip"})
    harvesting.add(sqlite_db)
    assert reason in refused(harvesting(sqlite_db))


def drip(piece: bytes, *, head: bytes, every: float = 0.05) -> Callable[[BaseHTTPRequestHandler], None]:
    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for _turn in range(400):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(every)

    return dripping


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 "],
    ids=["body", "headers", "status line"],
)
def test_a_source_that_drips_is_left_when_its_time_is_up(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, head: bytes
) -> None:
    upstream.routes[SEARCH] = drip(b"1", head=head)
    harvesting.add(sqlite_db)
    begun = time.monotonic()
    assert refused(harvesting(sqlite_db, caps=replace(QUICK, answer=0.6)))
    assert time.monotonic() - begun < 2


def test_a_source_that_says_nothing_is_left(sqlite_db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    upstream.routes[SEARCH] = lambda _handler: time.sleep(1)
    harvesting.add(sqlite_db)
    assert refused(harvesting(sqlite_db)) == "The source does not answer in time."


def test_a_source_slower_than_a_kilobyte_a_second_is_left_after_ten_seconds() -> None:
    guard = Guard(allowed=frozenset())
    guard.begin(100, slowest=1024)
    guard.waited = 9
    guard.took(1)
    guard.waited = 11
    with pytest.raises(SourceProblem, match="less than 1,024 bytes a second"):
        guard.took(1)


def test_an_answer_larger_than_the_cap_is_left(sqlite_db: Database, upstream: Upstream, harvesting: Harvesting) -> None:
    upstream.packages = [package(1, notes="x" * 300_000)]
    harvesting.add(sqlite_db)
    assert "larger than 0 MiB" in refused(harvesting(sqlite_db, caps=replace(QUICK, page=200_000)))
    assert "sends more than 0 MiB" in refused(harvesting(sqlite_db, caps=replace(QUICK, sent=200_000)))


@pytest.mark.parametrize("kind", ["datajson", "jsonl"])
def test_a_field_of_a_hundred_megabytes_is_a_fault_of_its_record_and_costs_little_memory(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, kind: str
) -> None:
    first, last = (json.dumps({"identifier": name, "title": name}).encode() for name in "ab")
    between, around = (b"\n", (b"", b"")) if kind == "jsonl" else (b",", (b'{"dataset": [', b"]}"))
    pieces = [around[0], first, between, b'{"identifier": "big", "title": "', *[b"x" * MIB] * 100, b'"}', between, last]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for piece in [*pieces, around[1]]:
            handler.wfile.write(piece)

    upstream.routes["/file"] = answer
    harvesting.add(sqlite_db, kind, "/file")
    tracemalloc.start()
    report = harvesting(sqlite_db)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.added, report.failed) == (2, 1)
    assert "longer than 4,000,000 characters" in report.failures[0]["reason"]
    assert most < 60 * MIB


# paging


def paging(pages: Callable[[int], tuple[Any, list[Any]]]) -> Callable[[BaseHTTPRequestHandler], None]:
    """CKAN whose answer is made of the number of the request, from 0."""
    turns = iter(range(10**9))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        count, results = pages(next(turns))
        send(handler, json.dumps({"result": {"count": count, "results": results}}).encode())

    return answer


def ten(begin: int) -> list[Any]:
    return [package(number) for number in range(begin, begin + 10)]


EVIL: dict[str, tuple[Callable[[int], tuple[Any, list[Any]]], int, str | None]] = {
    "the same page for ever": (
        lambda _turn: (1_000_000, ten(0)),
        10,
        "says that it has 1,000,000 records, and gave 10",
    ),
    "the same page, and that is all": (lambda _turn: (10, ten(0)), 10, None),
    "a new page for ever": (lambda turn: (50, ten(10 * turn)), 1110, "goes on after 1,110 records"),
    "a new page and a higher count for ever": (lambda turn: (10 * turn + 10, ten(10 * turn)), 1030, "goes on after"),
    "more than it says": (lambda turn: (10, ten(10 * turn) if turn < 5 else []), 50, "says that it has 10 records"),
    "less than it says": (lambda turn: (100, ten(0) if turn < 1 else []), 10, "says that it has 100 records"),
    "a count that is no number": (lambda turn: ("many", ten(0) if turn < 1 else []), 10, None),
    "a negative count": (lambda turn: (-5, ten(0) if turn < 1 else []), 10, None),
    "a page of garbage": (lambda turn: (20, ten(0) if turn < 1 else ["x"] * 10 if turn < 2 else []), 10, None),
}


@pytest.mark.parametrize("evil", EVIL)
def test_lying_and_endless_paging_ends_and_what_came_is_kept(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, evil: str
) -> None:
    pages, added, reason = EVIL[evil]
    upstream.routes[SEARCH] = paging(pages)
    harvesting.add(sqlite_db)
    report = harvesting(sqlite_db)
    assert report.added == added
    assert (report.stopped_because is None) if reason is None else (reason in (report.stopped_because or ""))


def test_paging_never_goes_beyond_its_caps(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ckan, "MOST_PAGES", 7)
    upstream.routes[SEARCH] = paging(lambda turn: (10**6, ten(10 * turn)))
    harvesting.add(sqlite_db)
    assert harvesting(sqlite_db).stopped_because == "The source has more than 7 pages."
    monkeypatch.setattr(ckan, "MOST_RECORDS", 25)
    upstream.routes[SEARCH] = paging(lambda turn: (10**6, ten(10 * turn)))
    assert "goes on after 30 records" in (harvesting(sqlite_db).stopped_because or "")


def test_a_source_that_breaks_off_half_way_loses_nothing(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages, upstream.rows_max = [package(number) for number in range(30)], 10
    harvesting.add(sqlite_db)
    harvesting(sqlite_db)
    honest = upstream.search

    def breaking(handler: BaseHTTPRequestHandler) -> None:
        if "start=10" in handler.path:
            handler.send_error(503)
        else:
            honest(handler, {"start": ["0"], "rows": ["10"]})

    upstream.routes[SEARCH] = breaking
    report = harvesting(sqlite_db)
    assert report.stopped_because == "The source answered 503. It had given 10 records."
    assert (report.unchanged, report.would_withdraw) == (10, 0)


# what it may say


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"result": {}}',
        b'{"result": {"results": {}}}',
        b'{"success": false, "error": {"message": "no"}}',
        b'{"result": {"results": [{"id": "1", "title": "cut',
        b"\xff\xfe\x00garbage",
        b"<html>Sign in</html>",
        b"[" * 300_000,
        b'{"result": {"results": ' + b"[" * 300_000,
    ],
    ids=lambda body: repr(body[:30]),
)
@pytest.mark.parametrize("kind", ["ckan", "datajson"])
def test_an_answer_that_is_no_catalogue_is_said_to_be_none(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, kind: str, body: bytes
) -> None:
    upstream.routes[SEARCH] = upstream.routes["/file"] = gives(body)
    harvesting.add(sqlite_db, kind, "" if kind == "ckan" else "/file")
    assert refused(harvesting(sqlite_db))
    assert list(datasets.everything(sqlite_db, audience=PUBLIC)) == []


@pytest.mark.parametrize("kind", ["ckan", "datajson"])
@pytest.mark.parametrize("odd", ["[" * 100_000 + "]" * 100_000, "9" * 5000, "NaN", '"\\ud800"', '{"a": {"a": 1}}'])
def test_a_record_that_cannot_be_read_does_not_keep_the_others_out(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting, kind: str, odd: str
) -> None:
    records = [json.dumps(package(1)), f'{{"id": "x", "title": "X", "odd": {odd}}}', json.dumps(package(2))]
    body = ", ".join(records).replace('"id"', '"identifier"' if kind == "datajson" else '"id"')
    ckan_body = f'{{"result": {{"results": [{body}], "count": 3}}}}'
    pages = iter([ckan_body, '{"result": {"results": [], "count": 3}}'])
    upstream.routes[SEARCH] = lambda handler: send(handler, next(pages).encode())
    upstream.routes["/file"] = gives(f'{{"dataset": [{body}]}}')
    harvesting.add(sqlite_db, kind, "" if kind == "ckan" else "/file")
    report = harvesting(sqlite_db)
    assert report.added + report.failed == 3
    assert report.added >= 2


def test_text_that_is_not_utf_8_is_read_and_the_record_is_marked(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.routes["/file"] = gives(b'{"id": "a", "title": "Caf\xe9 list"}\n')
    harvesting.add(sqlite_db, "jsonl", "/file")
    report = harvesting(sqlite_db)
    assert (report.added, report.set_aside) == (1, 1)
    assert datasets.get(sqlite_db, "a", audience=PUBLIC).title == "Caf\ufffd list"


def test_markup_scripts_and_links_that_are_none_do_not_come_in(
    sqlite_db: Database, upstream: Upstream, harvesting: Harvesting
) -> None:
    upstream.packages = [
        package(
            1,
            title="<script>alert(1)</script>Pupils <img src=x onerror=alert(1)>",
            notes="&lt;script&gt;alert(1)&lt;/script&gt;<b>Bold</b> \u202eevil",
            url="javascript:alert(1)",
            resources=[
                {"name": "<svg onload=x>", "url": "data:text/html,<script>"},
                {"name": "good", "url": "https://example.gov.uk/"},
            ],
        )
    ]
    harvesting.add(sqlite_db)
    harvesting(sqlite_db)
    (found,) = datasets.everything(sqlite_db, audience=PUBLIC)
    assert (found.title, found.description) == ("Pupils", "Bold evil")
    assert found.url == f"{upstream.url}/dataset/dataset-1"
    assert [part.url for part in found.distributions] == ["https://example.gov.uk/"]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(
    inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "title", "tags", "resources", "extras", "organization",
    "name", "url", "key", "value", "private", "state", "groups"]), inner, max_size=6), max_leaves=25))  # fmt: skip
def test_no_record_whatever_stops_a_run(record: Any) -> None:
    from catalogue.harvest import datajson
    from catalogue.rows import clean

    if isinstance(record, dict):
        for speech in (ckan, datajson):
            clean(speech.row(record, address="https://example.gov.uk"), line=1, resolve=lambda name: name)
