"""The years that words for a time stand for, on a day: "last winter", "since the pandemic", "the last five years"."""

import re
from datetime import date

PANDEMIC = 2020
FINANCIAL_YEAR = 4
"""The month in which a financial year begins."""

_NUMBERS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_COUNT = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)}|few|couple of)"
_PAST_YEARS = re.compile(rf"\b(?:last|past|previous|recent) {_COUNT} years?\b", re.IGNORECASE)
_BACK = re.compile(rf"\b{_COUNT} years? (?:ago|back)\b", re.IGNORECASE)
_DECADE = re.compile(r"\b(?:last|past) decade\b", re.IGNORECASE)
_PANDEMIC = re.compile(
    r"\b(?:(?P<when>since|after|before|pre|post|during|in)[ -])?(?:the )?(?:covid(?:-?19)?|pandemic|lockdowns?)\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?P<which>last|this|next) (?P<what>year|winter|spring|summer|autumn|financial year|fiscal year|tax year|school year|academic year|quarter)\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"\bq([1-4])\b", re.IGNORECASE)


def relative_period(text: str, today: date) -> str | None:
    """The years that a text speaks of without naming them, as a period is written: `2025`, `2020-2025`, `2020-`."""
    year = today.year
    if match := _PAST_YEARS.search(text):
        return f"{year - _count(match[1])}-{year}"
    if _DECADE.search(text):
        return f"{year - 10}-{year}"
    if match := _BACK.search(text):
        return str(year - _count(match[1]))
    if match := _PANDEMIC.search(text):
        return _of_pandemic((match["when"] or "during").lower())
    if match := _LAST.search(text):
        return _of_name(match["which"].lower(), match["what"].lower(), today)
    return str(year) if _QUARTER.search(text) else None


def without_period(text: str) -> str:
    """A text without the words that stand for years."""
    for pattern in (_PAST_YEARS, _DECADE, _BACK, _PANDEMIC, _LAST, _QUARTER):
        text = pattern.sub(" ", text)
    return text


def _count(word: str) -> int:
    word = word.lower()
    return int(word) if word.isdigit() else _NUMBERS.get(word, 3 if word == "few" else 2)


def _of_pandemic(when: str) -> str:
    if when in ("since", "after", "post"):
        return f"{PANDEMIC}-"
    return str(PANDEMIC - 1) if when in ("before", "pre") else f"{PANDEMIC}-{PANDEMIC + 1}"


def _of_name(which: str, what: str, today: date) -> str:
    """The year, or the two that a winter, a school year or a financial year is in."""
    starts = {"financial year": FINANCIAL_YEAR, "fiscal year": FINANCIAL_YEAR, "tax year": FINANCIAL_YEAR}
    starts |= {"school year": 9, "academic year": 9, "winter": 11}
    shift = {"last": -1, "this": 0, "next": 1}[which]
    if what == "quarter":
        return str(today.year - (today.month <= 3)) if which == "last" else str(today.year)
    if what not in starts:
        return str(today.year + shift)
    first = today.year + shift - (today.month < starts[what])
    if what == "winter" and which == "last" and 3 < today.month < starts[what]:
        first = today.year - 1  # the winter that ended in the spring
    return f"{first}-{first + 1}"
