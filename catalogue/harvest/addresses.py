"""Which machines a harvest may reach: public addresses over https, and what an operator has named as `host:port`.

The address that is checked is the address that is connected to, on every connection and so on every redirect: a name
that answers differently the second time gains nothing. See `fetch.py` for what is done with the connection.
"""

import socket
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore

from catalogue.errors import SourceProblem

Resolve = Callable[[str, int], Iterable[str]]
"""From a host's name and a port to the addresses it has, as text. Raises OSError."""

_TUNNELS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "::/96")))
_RELAY = ip_network("192.88.99.0/24")


def is_public(address: str) -> bool:
    """Whether an address is of the public internet: not private, reserved, multicast, or a tunnel to such a one."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in _TUNNELS):
            return False
    return found.is_global and not found.is_multicast and not (isinstance(found, IPv4Address) and found in _RELAY)


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system gives for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


class Guard(httpcore.NetworkBackend):
    """Connects for httpcore: to checked addresses only, and waits no longer than `begin` allowed in all."""

    def __init__(self, *, allowed: frozenset[str], resolve: Resolve = resolve) -> None:
        self._allowed, self._resolve = allowed, resolve
        self._plain = httpcore.SyncBackend()
        self._seconds, self._slowest = 0.0, 0
        self.waited, self.received = 0.0, 0

    def begin(self, seconds: float, *, slowest: int) -> None:
        """One answer begins: it may be waited for `seconds` in all, and brings `slowest` bytes a second or more."""
        self._seconds, self._slowest = seconds, slowest
        self.waited, self.received = 0.0, 0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            try:
                return Timed(self.timed(self._plain.connect_tcp, address, port, timeout=timeout), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    def _checked(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all of which may be reached. Raises SourceProblem."""
        try:
            addresses = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            raise SourceProblem(f"There is no host called {host[:100]}.") from None
        if f"{host.lower()}:{port}" not in self._allowed:
            for address in addresses:
                if not is_public(address):
                    raise SourceProblem(
                        f"{host[:100]} is at a private address ({address}), which is not harvested. An operator can"
                        f" allow it with WHOHOLDS_HARVEST_ALLOW={host[:100]}:{port}."
                    )
        return addresses

    def timed(self, act: Callable[..., Any], *given: Any, timeout: float | None) -> Any:
        """Do something on the network within what is left of the time, and count how long it took."""
        left = self._seconds - self.waited
        if left <= 0:
            raise SourceProblem(f"The source took longer than {self._seconds:.0f} seconds for one answer.")
        begun = time.monotonic()
        try:
            return act(*given, timeout=left if timeout is None else min(timeout, left))
        finally:
            self.waited += time.monotonic() - begun

    def took(self, size: int) -> None:
        """So many bytes came. Raises SourceProblem when they come too slowly, once ten seconds were waited."""
        self.received += size
        if self.waited > 10 and self.received < self._slowest * self.waited:
            raise SourceProblem(f"The source sends less than {self._slowest:,} bytes a second.")


class Timed(httpcore.NetworkStream):
    """A connection whose waiting is counted."""

    def __init__(self, stream: httpcore.NetworkStream, guard: Guard) -> None:
        self._stream, self._guard = stream, guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._guard.timed(self._stream.read, max_bytes, timeout=timeout)
        self._guard.took(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._guard.timed(self._stream.write, buffer, timeout=timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> "Timed":
        return Timed(
            self._guard.timed(self._stream.start_tls, ssl_context, server_hostname, timeout=timeout), self._guard
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
