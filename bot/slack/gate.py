"""The gate in front of Bolt: what is not plainly Slack's own does not get in, and leaves nothing in the log.

Bolt parses a body before it checks the signature, and logs the body of a badly signed request. So size, header
shapes, age and signature over the raw bytes are settled here, then that the body can be parsed.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

SIZE_LIMIT = 1_000_000
AGE_LIMIT = 300
DEPTH_LIMIT = 60

_TIMESTAMP = re.compile(r"[0-9]{9,11}", re.ASCII)
_MARKS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def refusal(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> int | None:
    """The HTTP status to refuse a delivery with, or None when it may come in.

    413: too large. 400: not the shape of anything Slack sends. 401: unsigned, badly signed or too old.
    """
    if len(body) > SIZE_LIMIT:
        return 413
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not timestamp or not signature:
        return 401
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return 400
    if abs(now - int(timestamp)) > AGE_LIMIT:
        return 401
    expected = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v0={expected}", signature):
        return 401
    return None if _is_readable(headers.get("Content-Type", ""), body) else 400


def _is_readable(content_type: str, body: bytes) -> bool:
    try:
        text = body.decode("utf-8")
        if content_type.startswith("application/json"):
            return _is_object(text)
        if content_type.startswith("application/x-www-form-urlencoded"):
            form = parse_qs(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=100)
            return bool(form) and ("payload" not in form or _is_object(form["payload"][0]))
    except (ValueError, RecursionError):
        return False
    return False


def _is_object(text: str) -> bool:
    """Whether it is an object, not too deep, whose event, if it has one, is an object: Bolt takes that for granted."""
    if _depth(text) > DEPTH_LIMIT:
        return False
    value = json.loads(text)
    return isinstance(value, dict) and isinstance(value.get("event", {}), dict)


def _depth(text: str) -> int:
    """How deep JSON goes. Brackets that somebody wrote in a text are no depth."""
    depth = deepest = 0
    is_in_text = False
    for mark in _MARKS.findall(text):
        if mark == '"':
            is_in_text = not is_in_text
        elif mark in "[{" and not is_in_text:
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}" and not is_in_text:
            depth -= 1
    return deepest
