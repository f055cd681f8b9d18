"""What is usually needed to share one dataset, and why: every rule in order, over what is known.

`explain` is pure and total: it answers for any entry and any case. What is not known is asked, or said to be missing;
it never weighs against the asker. A rule that fails is a rule that is not known, and the verdict then says so.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalogue.model import Dataset, Organisation
from catalogue.sharing.book import (
    NATIONS,
    AskerQuestion,
    Gateway,
    Nation,
    Rule,
    RuleBook,
    RuleItem,
    Strength,
    Verdict,
)
from catalogue.sharing.conditions import Condition, Truth, evaluate
from catalogue.sharing.explanation import Decides, Explanation, Item, Reason
from catalogue.sharing.facts import Case, Facts
from catalogue.sharing.reading import read
from catalogue.sharing.rules import book as shipped

log = logging.getLogger(__name__)

CONTACT = "R25"
"""The rule that is added even after a stop."""

GATES = frozenset({"about_people", "uk_wide"})
"""Facts of an entry without which it would not help to ask the asker for more."""

SAID = ("recipient_kind", "purpose", "granularity")
"""Facts that a question says in anybody's words, so that they may be taken wrongly."""

_VERDICTS = list(Verdict)
_SECTION = re.compile(r"sections? |ss(?=\d)")


@dataclass(slots=True)
class _Run:
    """One pass through the rules."""

    book: RuleBook
    dataset: Dataset
    facts: Facts
    nations: frozenset[str] | None
    items: list[Item] = field(default_factory=list)
    verdict: Verdict = Verdict.NOT_KNOWN
    missing: dict[str, None] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    failed: bool = False

    def all_rules(self) -> None:
        stopped = False
        for rule in self.book.rules:
            if stopped and rule.id != CONTACT:
                continue
            try:
                self._rule(rule)
            except Exception:
                log.exception("The rule %s cannot be evaluated", rule.id)
                self.failed = True
                continue
            if any(item.rule == rule.id and item.strength is Strength.STOP for item in self.items):
                if self.verdict is Verdict.NOT_HERE:
                    return
                stopped = True

    def _rule(self, rule: Rule) -> None:
        if self._blocked(rule.unless) or any(item.rule in rule.unless_rules for item in self.items):
            return
        outcome = evaluate(rule.when, self.facts)
        if outcome.truth is Truth.UNKNOWN:
            self._miss(outcome.facts)
        if outcome.truth is not Truth.TRUE:
            return
        new = [item for item in rule.items if self._takes(item)]
        self.items += [self._item(rule, item, outcome.facts) for item in new]
        for item in new:
            if item.verdict and _VERDICTS.index(item.verdict) > _VERDICTS.index(self.verdict):
                self.verdict = item.verdict
        if new:
            self.wanted.update(q.id for q in self.book.questions if q.id in rule.ask and self._is_open(q))

    def _is_open(self, question: AskerQuestion) -> bool:
        return any(self.facts.get(name) is None for name in question.facts)

    def _takes(self, item: RuleItem) -> bool:
        if self.nations is not None and self.nations.isdisjoint(item.nations):
            return False
        if self._blocked(item.unless):
            return False
        return item.when is None or evaluate(item.when, self.facts).truth is Truth.TRUE

    def _blocked(self, unless: Condition | None) -> bool:
        return unless is not None and evaluate(unless, self.facts).truth is Truth.TRUE

    def _miss(self, names: Sequence[str]) -> None:
        """What an entry lacks is said; what only the asker knows is asked, unless that would not help."""
        self.missing.update(dict.fromkeys(name for name in names if self.book.facts[name].field != "the question"))
        if GATES.isdisjoint(names):
            self.wanted.update(q.id for q in self.book.questions if not set(names).isdisjoint(q.facts))

    def _item(self, rule: Rule, item: RuleItem, facts: Sequence[str]) -> Item:
        own = evaluate(item.when, self.facts).facts if item.when else ()
        names = list(dict.fromkeys([*facts, *own]))
        because = tuple(reason for name in names if (reason := self._reason(name)))
        say = item.say.replace("{licence}", _line(self.dataset.licence)).replace("{successor}", self._successor())
        return Item(
            rule.id, rule.version, item.strength, say.strip(), item.who, because, item.citation, item.checked,
            item.rank, item.document,
        )  # fmt: skip

    def _reason(self, name: str) -> Reason | None:
        note, value = self.book.facts[name], self.facts.get(name)
        if value is None:
            say = f"{note.unknown} is not provided" if note.unknown else ""
        elif isinstance(value, bool):
            say = note.because if value else note.no
        else:
            say = note.because.replace("{value}", note.values.get(value, value))
        return Reason(name, note.field, say) if say else None

    def _successor(self) -> str:
        successor = self.dataset.superseded_by
        return f"It has been replaced by {_line(successor)}." if successor else "No replacement is named."


def explain(
    dataset: Dataset,
    case: Case,
    *,
    holder: Organisation | None,
    alternatives: Sequence[Dataset] = (),
    book: RuleBook | None = None,
) -> Explanation:
    """Explain what is usually needed. `alternatives` are open entries on the same subject. Never raises."""
    rule_book = book or shipped()
    facts, failed, nations = read(dataset, case, holder=holder, has_open_alternative=bool(alternatives), book=rule_book)
    run = _Run(rule_book, dataset, facts, nations, failed=bool(failed))
    run.all_rules()
    verdict = run.verdict if not run.failed or run.verdict is Verdict.NOT_HERE else Verdict.NOT_KNOWN
    base = Explanation(
        verdict, rule_book.verdicts[verdict], tuple(run.items),
        notice=rule_book.notice, version=rule_book.version, date=rule_book.date,
    )  # fmt: skip
    if base.is_elsewhere:
        return base
    restricted = not base.is_open
    return _with(base, run, case, holder, alternatives if restricted else (), restricted=restricted)


def _with(
    base: Explanation,
    run: _Run,
    case: Case,
    holder: Organisation | None,
    alternatives: Sequence[Dataset],
    *,
    restricted: bool,
) -> Explanation:
    data, rule_book, facts = run.dataset, run.book, run.facts
    asks = [q for q in rule_book.questions if q.id in run.wanted and q.id not in case.skipped]
    papers = [rule_book.papers[item.document].name for item in base.needs if item.document]
    return Explanation(
        base.verdict,
        base.line,
        base.items,
        asks=tuple(asks) if restricted else (),
        taken=_taken(run),
        unknown=_unknown(run, restricted=restricted),
        alternatives=tuple(alternatives),
        decides=Decides(holder.name if holder else data.publisher, data.contact, data.lead_time_days),
        five_safes=_five_safes(run) if restricted else (),
        powers=data.legal_gateways if restricted else (),
        gateways=_gateways(run) if restricted else (),
        bases=tuple(basis for basis in rule_book.bases if basis.when is not None and _true(run, basis.when)),
        documents=_papers(data.documents_needed, papers, rule_book) if restricted else (),
        onward=data.onward_sharing if restricted else None,
        nations=_nations(run) if restricted else (),
        everywhere=rule_book.everywhere,
        warnings=warnings(data, holder=holder, book=rule_book),
        facts={name: value for name, value in facts.items() if value is not None},
        notice=base.notice,
        version=base.version,
        date=base.date,
    )


def warnings(dataset: Dataset, *, holder: Organisation | None, book: RuleBook | None = None) -> tuple[str, ...]:
    """What the steward of an entry should look at, because its facts do not go together. Not for whoever asks."""
    rule_book = book or shipped()
    facts, _failed, _nations = read(dataset, Case(), holder=holder, has_open_alternative=False, book=rule_book)
    return tuple(each.say for each in rule_book.conflicts if evaluate(each.when, facts).truth is Truth.TRUE)


def _true(run: _Run, condition: Condition) -> bool:
    try:
        return evaluate(condition, run.facts).truth is Truth.TRUE
    except Exception:
        log.exception("A condition cannot be evaluated")
        return False


def _taken(run: _Run) -> tuple[str, ...]:
    """What the question was taken to say, in words, so that the asker can put it right."""
    reasons = (run._reason(name) for name in SAID if run.facts.get(name) is not None)
    return tuple(reason.say for reason in reasons if reason)


def _unknown(run: _Run, *, restricted: bool) -> tuple[str, ...]:
    """What the entry does not say and would change the answer, in words."""
    notes = run.book.facts
    missing = dict.fromkeys(notes[name].unknown for name in run.missing if restricted and notes[name].unknown)
    for name in ("access", "personal_data") if restricted else ("licence",):
        if run.facts.get(name) is None:
            missing[notes[name].unknown] = None
    if restricted and run.dataset.lead_time_days is None:
        missing["how long a request takes"] = None
    contact = run.dataset.contact
    if not (contact.name or contact.email or contact.slack_channel):
        missing["whom to ask"] = None
    if run.failed:
        missing["some conditions, because a check failed"] = None
    return tuple(missing)


def _five_safes(run: _Run) -> tuple[tuple[str, str], ...]:
    return tuple(
        (safe.name, next((say for when, say in safe.lines if _true(run, when)), safe.lines[-1][1]))
        for safe in run.book.safes
    )


def _gateways(run: _Run) -> tuple[Gateway, ...]:
    """Powers that are worth a look, besides those the entry names."""
    named = " ".join(_short(gateway.citation) for gateway in run.dataset.legal_gateways)
    return tuple(
        gateway
        for gateway in run.book.gateways
        if _true(run, gateway.when)
        and (run.nations is None or not run.nations.isdisjoint(gateway.nations))
        and _short(gateway.citation.partition(";")[0]) not in named
    )


def _short(citation: str | None) -> str:
    """A citation in the form that is compared: "section 64" and "s64" are the same."""
    return _SECTION.sub("s", (citation or "").lower())


def _nations(run: _Run) -> tuple[Nation, ...]:
    """The nations of the data, when it is not about all of the United Kingdom and a power is at stake."""
    if run.nations is None or run.nations >= set(NATIONS) or run.facts.get("about_people") is False:
        return ()
    return tuple(nation for nation in run.book.nations if nation.id in run.nations)


def _papers(named: Sequence[str], needed: Sequence[str], rule_book: RuleBook) -> tuple[str, ...]:
    """The papers that the entry names, then those that rules add, each once."""
    also = {name.lower(): paper.name for paper in rule_book.papers.values() for name in (paper.name, *paper.names)}
    have = {also.get(name.lower(), name) for name in named}
    return (*named, *(name for name in dict.fromkeys(needed) if name not in have))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
