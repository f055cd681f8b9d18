"""From an entry and a case to the one table of facts that rules use. Whatever cannot be read is not known.

A fact that fails to be read is logged and left unknown: an error never becomes an answer, and never a refusal.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from catalogue.model import Dataset, Organisation, PersonalData, SecurityClassification, Status
from catalogue.sharing.book import NATIONS, FactNote, RuleBook
from catalogue.sharing.facts import Case, Fact, Facts, Granularity
from catalogue.text import fold

log = logging.getLogger(__name__)

NO_PEOPLE = frozenset({PersonalData.NONE, PersonalData.AGGREGATE})
ABOVE_OFFICIAL = frozenset({SecurityClassification.SECRET, SecurityClassification.TOP_SECRET})

_OGL = re.compile(r"\bogl\b|open government licen[cs]e|open-government-licence", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    r"\bcc[ -]by(?:-sa)?(?:[ -]\d|$)|creative commons attribution|licenses/by(?:-sa)?/|\bodc-by\b", re.IGNORECASE
)
_FREE = re.compile(r"\bcc-?0\b|\bpddl\b|public domain|publicdomain/zero", re.IGNORECASE)
_SECRET = re.compile(r"\b(?:top )?secret\b", re.IGNORECASE)


@dataclass(frozen=True)
class Subject:
    """What facts are read from: the entry, its holder, the case, and whether there are open figures on the subject."""

    dataset: Dataset
    case: Case
    holder: Organisation | None
    has_open_alternative: bool
    book: RuleBook

    @cached_property
    def about(self) -> str:
        """The words that say whom or what an entry is about."""
        data = self.dataset
        parts = (data.title, *data.alternative_titles, *data.keywords, data.data_subjects, data.granularity)
        return fold(" ; ".join(part for part in parts if part))

    @cached_property
    def nations(self) -> frozenset[str] | None:
        """The nations that the data covers, as far as the entry names nations; a local body's own otherwise."""
        spatial = self.dataset.spatial
        if not spatial:
            return None
        found: set[str] = set()
        for part in spatial.split(";"):
            found.update(self.book.nation_names.get(fold(part), ()))
        if found:
            return frozenset(found)
        own = self.holder.nations if self.holder else ()
        return frozenset(own) if len(own) == 1 else None

    @property
    def about_people(self) -> bool | None:
        """Whether what is asked for holds records of people. Totals that are asked for do not."""
        kind = self.dataset.personal_data
        if kind is None:
            return None
        return kind not in NO_PEOPLE and self.case.granularity is not Granularity.AGGREGATE


def read(
    dataset: Dataset, case: Case, *, holder: Organisation | None, has_open_alternative: bool, book: RuleBook
) -> tuple[Facts, tuple[str, ...], frozenset[str] | None]:
    """The facts, the names of those that failed to be read, and the nations that the data covers if known."""
    subject = Subject(dataset, case, holder, has_open_alternative, book)
    facts: dict[str, Fact] = {}
    failed: list[str] = []
    for name, note in book.facts.items():
        try:
            facts[name] = READERS[name](subject, note)
        except Exception:
            log.exception("The fact %s cannot be read", name)
            facts[name] = None
            failed.append(name)
    try:
        nations = subject.nations
    except Exception:
        log.exception("The nations cannot be read")
        nations = None
    return facts, tuple(failed), nations


def _access(subject: Subject, _note: FactNote) -> Fact:
    return _text(subject.dataset.access_rights)


def _above_official(subject: Subject, _note: FactNote) -> Fact:
    data = subject.dataset
    if data.security_classification in ABOVE_OFFICIAL or _SECRET.search(data.handling or ""):
        return True
    return None if data.security_classification is None else False


def _licence(subject: Subject, _note: FactNote) -> Fact:
    licence = subject.dataset.licence
    if not licence or not licence.strip():
        return None
    for kind, pattern in (("ogl", _OGL), ("attribution", _ATTRIBUTION), ("none_needed", _FREE)):
        if pattern.search(licence) and "outside the ogl" not in licence.lower():
            return kind
    return "other"


def _personal_data(subject: Subject, _note: FactNote) -> Fact:
    kind = subject.dataset.personal_data
    if kind is not None and kind not in NO_PEOPLE and subject.case.granularity is Granularity.AGGREGATE:
        return str(PersonalData.AGGREGATE)
    return _text(kind)


def _mixed_access(subject: Subject, _note: FactNote) -> Fact:
    own = subject.dataset.access_rights
    named = {part.access.upper() for part in subject.dataset.distributions if part.access}
    return bool(named - ({str(own)} if own else set())) if named else False


def _asks_for_dpia(subject: Subject, _note: FactNote) -> Fact:
    return any(
        "impact assessment" in paper.lower() or "dpia" in paper.lower() for paper in subject.dataset.documents_needed
    )


def _held_by(subject: Subject, note: FactNote) -> bool | None:
    """Whether the holder is one of the bodies, or of the kinds, that the note lists."""
    slug = subject.dataset.publisher
    if not slug:
        return None
    kind = subject.holder.kind if subject.holder else None
    return slug in note.bodies or kind in note.kinds


def _patient_level(subject: Subject, note: FactNote) -> Fact:
    if subject.about_people is not True:
        return subject.about_people
    people = fold(subject.dataset.data_subjects or "")
    if people and note.other_words and note.other_words.search(people):
        return False
    if note.words and note.words.search(subject.about):
        return True
    return False if people else None


def _pupil_level(subject: Subject, note: FactNote) -> Fact:
    if subject.about_people is not True:
        return subject.about_people
    if any("537a" in (gateway.citation or "").lower() for gateway in subject.dataset.legal_gateways):
        return True
    if not (note.words and note.words.search(subject.about)):
        return False
    return _held_by(subject, note)


def _civil_registration(subject: Subject, note: FactNote) -> Fact:
    if not (note.words and note.words.search(subject.about)):
        return False
    return _held_by(subject, note)


def _health_or_care(subject: Subject, note: FactNote) -> Fact:
    if "health and care" in fold(subject.dataset.theme or "") or (note.words and note.words.search(subject.about)):
        return True
    if _held_by(subject, subject.book.facts["held_by_nhs"]):
        return True
    return False if subject.dataset.theme or subject.dataset.publisher else None


def _vulnerable_people(subject: Subject, note: FactNote) -> Fact:
    people = subject.dataset.data_subjects
    return bool(note.words and note.words.search(fold(people))) if people else None


def _sensitive_marking(subject: Subject, _note: FactNote) -> Fact:
    handling = subject.dataset.handling
    return "SENSITIVE" in handling.upper() if handling else None


def _uk_wide(subject: Subject, _note: FactNote) -> Fact:
    return None if subject.nations is None else subject.nations >= set(NATIONS)


def _nation_in_data(subject: Subject, _note: FactNote) -> Fact:
    wanted: Sequence[str] = (subject.case.nation,) if subject.case.nation else subject.case.user.nations
    if subject.nations is None or not wanted:
        return None
    return not subject.nations.isdisjoint(wanted)


def _same_organisation(subject: Subject, _note: FactNote) -> Fact:
    slug = subject.case.user.slug
    return slug == subject.dataset.publisher if slug and subject.dataset.publisher else None


def _of_kind(subject: Subject, note: FactNote) -> Fact:
    kind = subject.case.user.kind
    return None if kind is None else str(kind) in note.kinds


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


READERS: dict[str, Callable[[Subject, FactNote], Fact]] = {
    "access": _access,
    "above_official": _above_official,
    "withdrawn": lambda subject, _: subject.dataset.status is Status.WITHDRAWN,
    "licence": _licence,
    "has_open_alternative": lambda subject, _: subject.has_open_alternative,
    "personal_data": _personal_data,
    "about_people": lambda subject, _: subject.about_people,
    "names_people": lambda subject, _: bool(subject.dataset.data_subjects),
    "entry_names_powers": lambda subject, _: bool(subject.dataset.legal_gateways),
    "entry_asks_for_dpia": _asks_for_dpia,
    "mixed_access": _mixed_access,
    "holder": lambda subject, _: subject.dataset.publisher or None,
    "held_by_hmrc": _held_by,
    "held_by_nhs": _held_by,
    "patient_level": _patient_level,
    "pupil_level": _pupil_level,
    "civil_registration": _civil_registration,
    "health_or_care": _health_or_care,
    "vulnerable_people": _vulnerable_people,
    "sensitive_marking": _sensitive_marking,
    "uk_wide": _uk_wide,
    "nation_in_data": _nation_in_data,
    "same_organisation": _same_organisation,
    "recipient_kind": lambda subject, _: _text(subject.case.user.kind),
    "outside_government": _of_kind,
    "statutory_body": _of_kind,
    "devolved_body": _of_kind,
    "purpose": lambda subject, _: _text(subject.case.purpose),
    "granularity": lambda subject, _: _text(subject.case.granularity),
    "linked": lambda subject, _: subject.case.linked,
    "leaves_uk": lambda subject, _: subject.case.leaves_uk,
    "large_scale": lambda subject, _: subject.case.large_scale,
    "contractor": lambda subject, _: subject.case.contractor,
    "joint": lambda subject, _: subject.case.joint,
}
"""How each fact of facts.toml is read."""
