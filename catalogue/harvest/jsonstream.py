"""One item after another out of a JSON document that is too large to hold: `{"dataset": [ … ]}`, or a list.

An item that cannot be read (nested too deeply, a number of thousands of digits, too large) is a Fault of its own and
the next one is read. What is not JSON ends the stream with a SourceProblem that says after how many items.
"""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from catalogue.errors import SourceProblem
from catalogue.rows import Fault

ITEM_LIMIT = 4_000_000  # characters
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_decode = json.JSONDecoder().raw_decode


def items(chunks: Iterator[bytes], path: Sequence[str], beside: dict[str, Any]) -> Iterator[Any]:
    """The items of the list at `path` (keys from the outside in; a document that is a list itself is that list).

    Each with the text it was read from, or a Fault. What stands beside the list is put into `beside`, by its key.
    """
    text = _Text(chunks)
    depth = 0
    try:
        for key in path:
            if text.peek() == "[":
                break
            _enter(text, key, beside)
            depth += 1
        if text.peek() != "[":
            raise SourceProblem(f"The source has no list called “{path[-1] if path else 'entries'}”.")
        yield from _list(text)
        for _level in range(depth):
            _leave(text, beside)
    except EOFError:
        raise SourceProblem("What the source sent is not JSON, or is cut off.") from None


class _Text:
    """What was read and not yet used."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self.buffer, self.place, self.last = "", 0, ""

    def more(self) -> None:
        """Read on. Raises EOFError when there is no more."""
        for chunk in self._chunks:
            text = self._decoder.decode(chunk)
            if text:
                self.buffer, self.place = self.buffer[self.place :] + text, 0
                return
        raise EOFError

    def peek(self) -> str:
        """The next character that is no space, which becomes the place."""
        while True:
            self.place = _SPACE.match(self.buffer, self.place).end()  # type: ignore[union-attr]
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            self.more()

    def take(self, expected: str) -> None:
        if self.peek() != expected:
            raise EOFError
        self.place += 1

    def value(self) -> Any:
        """The next value, or the reason why it cannot be read as a Fault; the place is behind it either way."""
        self.peek()
        while True:
            try:
                value, end = _decode(self.buffer, self.place)
                if end < len(self.buffer) or self.buffer[end - 1] in '}]"':
                    self.last, self.place = self.buffer[self.place : end], end
                    return value
            except json.JSONDecodeError:
                if len(self.buffer) - self.place > ITEM_LIMIT:
                    return self._passed_by(f"The record is longer than {ITEM_LIMIT:,} characters.")
            except (ValueError, RecursionError) as error:
                deep = isinstance(error, RecursionError)
                return self._passed_by("It is nested too deeply." if deep else "It holds a number that is too long.")
            self.more()

    def _passed_by(self, reason: str) -> Fault:
        """Go behind a list, an object or a text of whatever size by counting its brackets, without keeping it."""
        if self.peek() not in '[{"':
            raise SourceProblem(reason)
        depth, in_text = 0, False
        while True:
            end = self.place
            for token in _TOKEN.finditer(self.buffer, self.place):
                end = token.end()
                if token[0] == '"':
                    in_text = not in_text
                elif not in_text:
                    depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
                if not depth and not in_text:
                    self.place = end
                    return Fault(0, "(record)", reason, left_out=True)
            is_cut = end < len(self.buffer) and self.buffer[-1] == "\\"  # what it escapes is still to come
            self.place = len(self.buffer) - is_cut
            self.more()


def _enter(text: _Text, key: str, beside: dict[str, Any]) -> None:
    """Go to the value of `key` in the object that comes next, past what stands before it."""
    text.take("{")
    while text.peek() != "}":
        name = text.value()
        text.take(":")
        if name == key:
            return
        beside[str(name)] = text.value()
        if text.peek() == ",":
            text.place += 1
    raise SourceProblem(f"The source has nothing called “{key}”.")


def _leave(text: _Text, beside: dict[str, Any]) -> None:
    """Go behind the end of the object, past what else stands in it."""
    while text.peek() == ",":
        text.place += 1
        name = text.value()
        text.take(":")
        beside[str(name)] = text.value()
    text.take("}")


def _list(text: _Text) -> Iterator[Any]:
    text.take("[")
    while text.peek() != "]":
        value = text.value()
        yield value if isinstance(value, Fault) else (value, text.last)
        if text.peek() == ",":
            text.place += 1
        elif text.peek() != "]":
            raise EOFError
    text.place += 1
