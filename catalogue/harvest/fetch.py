"""Fetch: one address of a source, as bytes, from a stranger who may lie, dawdle or send too much.

Everything has a cap (`Caps`): waiting, speed, size as sent, size unpacked, redirects. What goes beyond one is a
SourceProblem with a plain sentence, and so is any failure of the network. Only https to public addresses is fetched,
but for what an operator allowed (`addresses.py`). Nothing of the environment is used: no proxy, no password.
"""

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

import httpcore
import httpx

from catalogue.errors import SourceProblem
from catalogue.harvest.addresses import Guard, Resolve, resolve

AGENT = "whoholds (a catalogue of who holds which data)"
AGAIN = frozenset({429, 500, 502, 503, 504})
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Caps:
    """How much of everything is put up with. Seconds and bytes."""

    connect: float = 5
    silence: float = 10
    answer: float = 300
    slowest: int = 1024
    sent: int = 200 * MIB
    unpacked: int = 500 * MIB
    ratio: int = 100  # how often larger than sent, beyond the first 10 MiB
    page: int = 50 * MIB  # of what is held in memory at once
    redirects: int = 3
    tries: int = 3
    rest: float = 0.25  # between the beginnings of two requests to a stranger's machine
    longest_rest: float = 30


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its address after redirects, its status (200 or 304), its headers, and its bytes, unpacked."""

    url: str
    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Fetcher:
    """Fetches for one run, from one thread. Closed at the end."""

    def __init__(
        self,
        *,
        allowed: frozenset[str] = frozenset(),
        caps: Caps | None = None,
        resolve: Resolve = resolve,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.caps = caps or Caps()
        self._allowed, self._sleep, self._last = allowed, sleep, 0.0
        self._guard = Guard(allowed=allowed, resolve=resolve)
        self._client = httpx.Client(
            transport=transport or _transport(self._guard),
            timeout=httpx.Timeout(self.caps.silence, connect=self.caps.connect),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._client.close()

    def page(self, url: str, *, accept: str = "application/json", limit: int | None = None) -> tuple[bytes, str]:
        """The whole of a small answer, and its media type. Tried again when the source is busy. SourceProblem."""
        body, fetched = self.whole(url, accept=accept, limit=limit)
        return body, fetched.headers.get("content-type", "")

    def whole(
        self, url: str, *, accept: str, limit: int | None = None, conditions: Mapping[str, str] = {}
    ) -> tuple[bytes, Fetched]:
        """The whole of a small answer. With status 304 it is empty. Raises SourceProblem."""
        for turn in range(1, self.caps.tries + 1):
            try:
                with self.open(url, accept=accept, conditions=conditions) as fetched:
                    return _whole(fetched.chunks, min(limit or self.caps.page, self.caps.page)), fetched
            except Busy as busy:
                if turn == self.caps.tries:
                    raise
                self._sleep(min(busy.wait or 0.5 * 4 ** (turn - 1), self.caps.longest_rest))
        raise AssertionError("one of the tries returned or raised")

    def save(self, url: str, out: IO[bytes], *, accept: str, conditions: Mapping[str, str] = {}) -> Fetched:
        """Write an answer into a file, unpacked. With status 304 nothing is written. Raises SourceProblem."""
        for turn in range(1, self.caps.tries + 1):
            try:
                with self.open(url, accept=accept, conditions=conditions) as fetched:
                    for chunk in fetched.chunks:
                        out.write(chunk)
                    return fetched
            except Busy as busy:
                if turn == self.caps.tries:
                    raise
                out.seek(0)
                out.truncate()
                self._sleep(min(busy.wait or 0.5 * 4 ** (turn - 1), self.caps.longest_rest))
        raise AssertionError("one of the tries returned or raised")

    @contextmanager
    def open(self, url: str, *, accept: str, conditions: Mapping[str, str] = {}) -> Iterator[Fetched]:
        """One answer, after redirects, each checked like the first address. Raises SourceProblem."""
        for _hop in range(self.caps.redirects + 1):
            self._check(url)
            self._pause(url)
            self._guard.begin(self.caps.answer, slowest=self.caps.slowest)
            with _plain_errors(), self._client.stream("GET", url, headers={"Accept": accept, **conditions}) as answer:
                if answer.has_redirect_location:
                    url = _next(url, answer)
                    continue
                yield self._fetched(url, answer)
                return
        raise SourceProblem(f"The source redirects more than {self.caps.redirects} times.")

    def _fetched(self, url: str, answer: httpx.Response) -> Fetched:
        if answer.status_code in AGAIN:
            raise Busy(answer.status_code, answer.headers.get("retry-after"))
        if answer.status_code not in (200, 304):
            raise SourceProblem(f"The source answered {answer.status_code} at {url[:200]}.")
        chunks = self._unpacked(answer) if answer.status_code == 200 else iter(())
        return Fetched(url, answer.status_code, answer.headers, chunks)

    def _check(self, url: str) -> None:
        """Whether this address may be asked at all, before its host is looked up."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError):
            raise SourceProblem("The source has an address that cannot be read.") from None
        place = _place(parsed)
        if parsed.userinfo:
            raise SourceProblem("An address with a password in it is not harvested.")
        if place in self._allowed and parsed.scheme in ("http", "https"):
            return
        if parsed.scheme != "https" or (parsed.port or 443) != 443:
            raise SourceProblem(
                f"Only https:// on its usual port is harvested, not {parsed.scheme}://{place[:200]}. An operator can"
                f" allow it with WHOHOLDS_HARVEST_ALLOW={place[:200]}."
            )

    def _pause(self, url: str) -> None:
        """Be polite to strangers: not more often than `rest`."""
        if _place(httpx.URL(url)) in self._allowed:
            return
        wait = self._last + self.caps.rest - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        self._last = time.monotonic()

    def _unpacked(self, answer: httpx.Response) -> Iterator[bytes]:
        """The bytes of an answer: unpacked as its header says, and once more if what comes out is gzipped itself."""
        count = _Count(self.caps)
        coding = answer.headers.get("content-encoding", "identity").strip().lower()
        chunks: Iterator[bytes] = count.sent(answer.iter_raw())
        if coding in ("gzip", "x-gzip", "deflate"):
            chunks = _inflate(chunks, count)
        elif coding not in ("identity", ""):
            raise SourceProblem(f"The source packs its answer as “{coding[:30]}”, which was not asked for.")
        first = next(chunks, b"")
        rest = _chain(first, chunks)
        return _inflate(rest, count) if first[:2] == b"\x1f\x8b" else rest


class Busy(SourceProblem):
    """The source is busy or broken for now: it may be asked again after `wait` seconds."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(f"The source answered {status}.")
        self.wait = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None


class _Count:
    """How much came and how much it unpacked to, against the caps."""

    def __init__(self, caps: Caps) -> None:
        self.caps, self.bytes_sent, self.bytes_out = caps, 0, 0

    def sent(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.bytes_sent += len(chunk)
            if self.bytes_sent > self.caps.sent:
                raise SourceProblem(f"The source sends more than {self.caps.sent // MIB} MiB.")
            yield chunk

    def out(self, size: int) -> None:
        self.bytes_out += size
        if self.bytes_out > self.caps.unpacked:
            raise SourceProblem(f"The source unpacks to more than {self.caps.unpacked // MIB} MiB.")
        if self.bytes_out > 10 * MIB and self.bytes_out > self.caps.ratio * self.bytes_sent:
            raise SourceProblem(f"The source unpacks to more than {self.caps.ratio} times what it sent.")


def _inflate(chunks: Iterator[bytes], count: _Count) -> Iterator[bytes]:
    """Unpack gzip or zlib, a MiB at a time, so that no bomb goes off between two looks at the caps."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for chunk in chunks:
            while chunk:
                if unpacker.eof:  # one more member of the same file
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
                out = unpacker.decompress(chunk, MIB)
                count.out(len(out))
                if out:
                    yield out
                chunk = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error:
        raise SourceProblem("What the source sent cannot be unpacked.") from None
    if not unpacker.eof:
        raise SourceProblem("What the source sent is cut off.")


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _whole(chunks: Iterator[bytes], limit: int) -> bytes:
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise SourceProblem(f"One answer of the source is larger than {limit // MIB} MiB.")
        parts.append(chunk)
    return b"".join(parts)


def _place(url: httpx.URL) -> str:
    port = url.port or (443 if url.scheme == "https" else 80)
    return f"{url.host.lower()}:{port}"


def _next(url: str, answer: httpx.Response) -> str:
    """Where a redirect leads. From https it leads to https only."""
    try:
        there = httpx.URL(url).join(answer.headers.get("location", ""))
    except (httpx.InvalidURL, UnicodeError):
        raise SourceProblem("The source redirects to an address that cannot be read.") from None
    if url.startswith("https:") and there.scheme != "https":
        raise SourceProblem("The source redirects from https to something less safe.")
    return str(there)


def _transport(guard: Guard) -> httpx.HTTPTransport:
    """httpx's own transport, whose connections the guard makes."""
    transport = httpx.HTTPTransport(trust_env=False)
    context = httpx.create_ssl_context(trust_env=False)
    transport._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=guard, max_connections=2)
    return transport


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException:
        raise SourceProblem("The source does not answer in time.") from None
    except httpx.TransportError as error:
        raise SourceProblem(f"The source cannot be reached ({type(error).__name__}).") from None
