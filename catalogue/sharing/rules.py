"""The rule book: the files in `data/sharing/`, read once and checked, so that a slip is found when they are changed.

`book()` is the shipped one. `read` makes one from parsed files and raises BadRules, naming file and entry, when
something in them makes no sense.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from catalogue.errors import BadRules
from catalogue.sharing.book import (
    NATIONS,
    AskerQuestion,
    Conflict,
    FactNote,
    Gateway,
    LawfulBasis,
    Nation,
    Option,
    Paper,
    Rule,
    RuleBook,
    RuleItem,
    Safe,
    SpecialCondition,
    Strength,
    Verdict,
)
from catalogue.sharing.conditions import Condition, names, values

DATA = files("catalogue") / "data" / "sharing"
FILES = ("rules", "facts", "questions", "gateways", "lawful_bases", "documents", "nations", "five_safes")
WHO = ("asker", "holder", "both")


@lru_cache(maxsize=1)
def book() -> RuleBook:
    """The shipped rule book. Raises BadRules when its files do not make sense."""
    return read({name: _parsed(name) for name in FILES})


def _parsed(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"{name}.toml", f"cannot be read: {error}") from error


def read(parsed: Mapping[str, Mapping[str, Any]]) -> RuleBook:
    """The rule book that parsed files stand for, by name without .toml. Raises BadRules."""
    rules, nations, bases = parsed["rules"], parsed["nations"], parsed["lawful_bases"]
    notes = {name: _made(f"facts.toml, {name}", _note, name, row) for name, row in parsed["facts"].items()}
    result = RuleBook(
        version=_made("rules.toml", lambda: str(rules["version"])),
        date=_made("rules.toml", lambda: _day(rules["date"])),
        notice=_made("rules.toml", lambda: str(rules["notice"])),
        verdicts=_made("rules.toml, verdicts", lambda: {Verdict(k): v for k, v in rules["verdicts"].items()}),
        rules=_each("rules.toml", "rule", rules, _rule),
        conflicts=_each("rules.toml", "conflict", rules, lambda row: Conflict(**row)),
        facts=notes,
        questions=_each("questions.toml", "question", parsed["questions"], _question),
        gateways=_each("gateways.toml", "gateway", parsed["gateways"], _gateway),
        bases=_each("lawful_bases.toml", "basis", bases, _basis),
        conditions=_each("lawful_bases.toml", "condition", bases, _special),
        papers={paper.id: paper for paper in _each("documents.toml", "document", parsed["documents"], _paper)},
        everywhere=_made("nations.toml", lambda: str(nations["everywhere"])),
        nation_names=_made("nations.toml, names", lambda: {k: _nations(v) for k, v in nations["names"].items()}),
        nations=_each("nations.toml", "nation", nations, _nation),
        safes=_each("five_safes.toml", "safe", parsed["five_safes"], _safe),
    )
    _check(result)
    return result


def _each(file: str, kind: str, table: Mapping[str, Any], make: Callable[[dict[str, Any]], Any]) -> tuple[Any, ...]:
    rows = table.get(kind, [])
    made = tuple(
        _made(f"{file}, {row.get('id') or row.get('name') or f'{kind} {place}'}", make, dict(row))
        for place, row in enumerate(rows, start=1)
    )
    if not made:
        raise BadRules(file, f"has no {kind}")
    ids = [getattr(each, "id", None) or each.name for each in made]
    for twice in {each for each in ids if ids.count(each) > 1}:
        raise BadRules(f"{file}, {twice}", "is there twice")
    return made


def _made(where: str, make: Callable[..., Any], *values: Any) -> Any:
    """What `make` makes; what it stumbles over becomes a plain sentence with its place."""
    try:
        return make(*values)
    except KeyError as error:
        raise BadRules(where, f"has no {error.args[0]}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise BadRules(where, f"is not right: {error}") from error


def _rule(row: dict[str, Any]) -> Rule:
    items = tuple(_made(f"rules.toml, {row['id']}, item {n}", _item, each) for n, each in enumerate(row.pop("item"), 1))
    row["unless_rules"] = frozenset(row.get("unless_rules", ()))
    row["ask"] = tuple(row.get("ask", ()))
    return Rule(**row, items=items)


def _item(row: Mapping[str, Any]) -> RuleItem:
    if row["who"] not in WHO:
        raise ValueError(f"who is {row['who']}, and should be one of {', '.join(WHO)}")
    if not row["say"].strip() or not row["citation"].strip():
        raise ValueError("say and citation are both needed")
    more = {
        "strength": Strength(row["strength"]),
        "verdict": Verdict(row["verdict"]) if "verdict" in row else None,
        "nations": _nations(row.get("nations", NATIONS)),
        "checked": _day(row["checked"]),
    }
    return RuleItem(**{**row, **more})


def _note(name: str, row: Mapping[str, Any]) -> FactNote:
    return FactNote(
        name=name,
        field=row["field"],
        because=row["because"],
        no=row.get("no", ""),
        unknown=row["unknown"],
        values=row.get("values", {}),
        bodies=frozenset(row.get("bodies", ())),
        kinds=frozenset(row.get("kinds", ())),
        words=_pattern(row.get("words", ())),
        other_words=_pattern(row.get("other_words", ())),
    )


def _pattern(words: list[str]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(words)})\b") if words else None


def _question(row: dict[str, Any]) -> AskerQuestion:
    options = tuple(Option(**each) for each in row["choices"])
    return AskerQuestion(row["id"], tuple(row["facts"]), row["ask"], options)


def _gateway(row: dict[str, Any]) -> Gateway:
    row["purpose"] = row.pop("for")
    return Gateway(**{**row, "nations": _nations(row["nations"]), "checked": _day(row["checked"])})


def _basis(row: dict[str, Any]) -> LawfulBasis:
    return LawfulBasis(**{"when": None, **row, "checked": _day(row["checked"])})


def _special(row: dict[str, Any]) -> SpecialCondition:
    return SpecialCondition(**{**row, "checked": _day(row["checked"])})


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(**{**row, "names": tuple(row.get("names", ())), "checked": _day(row["checked"])})


def _nation(row: dict[str, Any]) -> Nation:
    return Nation(**{**row, "checked": _day(row["checked"])})


def _safe(row: dict[str, Any]) -> Safe:
    lines = tuple((line.get("when", {}), line["say"]) for line in row["lines"])
    if lines[-1][0]:
        raise ValueError("the last line must not have a when")
    return Safe(row["name"], lines)


def _nations(given: Any) -> tuple[str, ...]:
    for nation in given:
        if nation not in NATIONS:
            raise ValueError(f"{nation} is no nation; use {', '.join(NATIONS)}")
    return tuple(given)


def _day(text: str) -> str:
    """A date as text, or "" for not checked."""
    return date.fromisoformat(text).isoformat() if text else ""


def _check(result: RuleBook) -> None:
    """What one file says of another."""
    for where, condition in _all_conditions(result):
        for name in sorted(names(condition)):
            if name not in result.facts:
                raise BadRules(where, f"uses the fact {name}, which is not in facts.toml")
        for name, value in values(condition):
            known = result.facts[name].values
            if known and value not in known:
                raise BadRules(where, f"compares {name} with {value}, which is none of its values")
    ids = {rule.id for rule in result.rules}
    asked = {question.id for question in result.questions}
    for rule in result.rules:
        _known(f"rules.toml, {rule.id}", "rule", rule.unless_rules, ids)
        _known(f"rules.toml, {rule.id}", "question", rule.ask, asked)
        papers = [item.document for item in rule.items if item.document]
        _known(f"rules.toml, {rule.id}", "document", papers, result.papers)
    for question in result.questions:
        _known(f"questions.toml, {question.id}", "fact", question.facts, result.facts)
    missing = set(Verdict) - set(result.verdicts)
    if missing:
        raise BadRules("rules.toml, verdicts", f"has no {', '.join(sorted(missing))}")
    if [rule.id for rule in result.rules] != sorted(ids):
        raise BadRules("rules.toml", "does not have its rules in the order of their ids")


def _known(where: str, kind: str, used: Any, known: Any) -> None:
    for each in used:
        if each not in known:
            raise BadRules(where, f"names the {kind} {each}, which there is not")


def _all_conditions(result: RuleBook) -> list[tuple[str, Condition]]:
    found: list[tuple[str, Condition]] = []
    for rule in result.rules:
        found.append((f"rules.toml, {rule.id}", rule.when))
        parts = [rule.unless, *(each for item in rule.items for each in (item.when, item.unless))]
        found += [(f"rules.toml, {rule.id}", part) for part in parts if part is not None]
    found += [(f"rules.toml, {conflict.id}", conflict.when) for conflict in result.conflicts]
    found += [(f"gateways.toml, {gateway.id}", gateway.when) for gateway in result.gateways]
    found += [(f"lawful_bases.toml, {basis.id}", basis.when) for basis in result.bases if basis.when is not None]
    found += [(f"five_safes.toml, {safe.name}", when) for safe in result.safes for when, _say in safe.lines]
    return found
