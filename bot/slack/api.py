"""Calling Slack: one pooled client, no retries of its own, errors that say whether the call may have been done."""

import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from catalogue.errors import CatalogueError

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=20, keepalive_expiry=60)


class SlackError(Exception):
    """A call that failed. `code` is Slack's or our own word for it, without content.

    `retry_after`: seconds Slack asks to wait. `is_ambiguous`: Slack may have done it all the same.
    """

    def __init__(self, code: str, *, retry_after: float | None = None, is_ambiguous: bool = False) -> None:
        super().__init__(code)
        self.code, self.retry_after, self.is_ambiguous = code, retry_after, is_ambiguous


class SlackUnavailable(CatalogueError):
    """Slack cannot be used now, and nothing can be done without it."""


class SlackApi:
    """Slack's Web API as far as this app uses it. Safe to share between threads."""

    def __init__(self, token: str, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        # trust_env=False: a proxy is a setting of the platform, not something an environment slips in
        self._http = httpx.Client(timeout=TIMEOUT, limits=LIMITS, transport=transport, trust_env=False)

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method with JSON arguments (None is left out) and return Slack's answer. Raises SlackError."""
        body = {name: value for name, value in arguments.items() if value is not None}
        return self._post(self._url + method, body, self._headers)

    def respond(self, response_url: str, **message: Any) -> None:
        """Answer a slash command or a click by its response address, which is Slack's. Raises SlackError."""
        if not self._is_slacks(response_url):
            raise SlackError("not_slacks")
        self._post(response_url, message, {})

    def fetch(self, url: str, *, limit: int) -> bytes:
        """The content of a file that lies with Slack. Raises SlackError: too_large over `limit` bytes, not_a_file."""
        if not self._is_slacks(url):  # a file that lies elsewhere: its keeper must not get the token
            raise SlackError("not_a_file")
        content = bytearray()
        try:
            with self._http.stream("GET", url, headers=self._headers) as response:
                if response.status_code != 200:
                    raise SlackError(f"http_{response.status_code}" if response.status_code >= 500 else "not_a_file")
                if response.headers.get("Content-Type", "").startswith("text/html"):
                    raise SlackError("not_a_file")  # the page to sign in, where the right to read files is missing
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > limit:
                        raise SlackError("too_large")
        except httpx.HTTPError as error:
            raise SlackError("not_connected") from error
        return bytes(content)

    def _is_slacks(self, url: str) -> bool:
        """Whether an address is Slack's own: its domain over https, or the very place whose methods are called."""
        try:
            there, own = urlsplit(url), urlsplit(self._url)
            host, domain = there.hostname or "", (own.hostname or "").removeprefix("www.")
        except ValueError:
            return False
        if (there.scheme, there.netloc) == (own.scheme, own.netloc):
            return True
        return there.scheme == "https" and host.endswith((".slack.com", f".{domain}")) and "@" not in there.netloc

    def close(self) -> None:
        self._http.close()

    def _post(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        try:
            response = self._http.post(url, json=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SlackError("not_connected") from error
        except httpx.HTTPError as error:
            raise SlackError("connection_lost", is_ambiguous=True) from error
        if response.status_code == 429:
            raise SlackError("ratelimited", retry_after=_seconds(response.headers.get("Retry-After")))
        if response.status_code >= 500:
            raise SlackError(f"http_{response.status_code}", is_ambiguous=True)
        if response.text == "ok":  # a response address answers in plain text
            return {"ok": True}
        try:
            answer = response.json()
        except (ValueError, RecursionError) as error:
            raise SlackError("unreadable_answer", is_ambiguous=True) from error
        if not isinstance(answer, dict) or not answer.get("ok"):
            code = str(answer.get("error", "unreadable_answer")) if isinstance(answer, dict) else "unreadable_answer"
            raise SlackError(code, is_ambiguous=code in ("internal_error", "fatal_error", "request_timeout"))
        return answer


def _seconds(value: str | None) -> float:
    """How long to wait by a Retry-After header: 1 to 600 seconds, 30 when it is no number, 1 when there is none."""
    if not value:
        return 1.0
    return min(max(float(value), 1.0), 600.0) if re.fullmatch("[0-9]{1,9}", value.strip()) else 30.0
