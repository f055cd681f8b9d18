"""What is true of each entry that a turn of a conversation may be about, for the decision which of them it is about."""

from collections.abc import Iterator, Sequence

from catalogue.model import Dataset
from catalogue.search.coverage import lies
from catalogue.search.find import Hit
from catalogue.search.places import gazetteer
from catalogue.search.schema import split
from catalogue.text import fold
from intents.context import TITLES, likelihood
from intents.options import Facts
from intents.reference import ADJECTIVES, is_in_detail, is_true, stems, worth_of
from intents.turn import Turn, content, finds, in_names, says, seems

MOST_WORTH = 4.0


def entry_facts(turn: Turn) -> dict[str, Facts]:
    """The facts of each entry that a turn may be about."""
    said = [*says(turn), *seems(turn)]
    signs = [f"{content(turn)} words", "points" if turn.said.points else "no pointer", *seems(turn), *finds(turn)]
    signs += [sign for sign in ("is_about", "asks nothing", "says place") if sign in said]
    return {each: _facts(turn, hit, said, signs) for each, hit in turn.held.items()}


def role_of(turn: Turn, entry: Dataset) -> str:
    """What an entry is in a conversation: talked about, listed, of earlier, found along with it, or new to it."""
    if turn.current and entry.id == turn.current.id:
        return "current"
    if any(entry.id == each.id for each in turn.entries):
        return "listed"
    if any(entry.id == each.id for each in turn.earlier):
        return "earlier"
    return "related" if any(entry.id == hit.dataset.id for hit in turn.along.hits) else "new"


def _facts(turn: Turn, hit: Hit, said: Sequence[str], signs: Sequence[str]) -> Facts:
    """An entry's facts: some by themselves and with each of a turn's signs, its role with all that the turn says."""
    found = dict(_of_words(turn, hit))
    found.update(_of_searches(turn, hit.dataset))
    found.update(_beside(turn, hit.dataset))
    crossed = {f"{fact}: {sign}": much for fact, much in found.items() for sign in signs}
    found.update(crossed)
    found.update(_of_what_is_said(turn, hit.dataset, found.get("alike", 1.0)))
    role = role_of(turn, hit.dataset)
    found[role] = 1.0
    found.update((f"{role}: {fact}", 1.0) for fact in said)
    return found


def _of_words(turn: Turn, hit: Hit) -> Iterator[tuple[str, float]]:
    """How much of the turn's words the entry holds, and how much more of them than what is talked about."""
    names = in_names(hit, turn.alone)
    yield "holds", hit.coverage
    yield "in names", names
    yield "in title", in_names(hit, turn.alone, TITLES)
    if turn.here:
        yield "holds more", hit.coverage - turn.here.coverage
        yield "names more", names - in_names(turn.here, turn.alone)
    yield "named", float(hit.is_exact) + min(hit.named, 4)
    if turn.said.describes or turn.said.words:
        yield "worth", min(worth_of(turn.said, hit.dataset, turn.vocabulary), MOST_WORTH)


def _of_searches(turn: Turn, entry: Dataset) -> Iterator[tuple[str, float]]:
    """Where the two searches find the entry."""
    for name, found in (("alone", turn.alone), ("along", turn.along)):
        place = next((place for place, hit in enumerate(found.hits) if hit.dataset.id == entry.id), None)
        if place is None:
            yield f"not {name}", 1.0
            continue
        yield f"{name} ratio", found.hits[place].score / max(found.hits[0].score, 1e-6)
        yield f"{name} place", 1 / (1 + place)
        yield f"{name} holds", found.hits[place].coverage
        if place == 0:
            yield f"{name} likely", likelihood(found)


def _beside(turn: Turn, entry: Dataset) -> Iterator[tuple[str, float]]:
    """How the entry lies to the one that is talked about."""
    current = turn.current
    if current is None or current.id == entry.id:
        return
    mine, other = stems(entry.title), stems(current.title)
    yield "alike", len(mine & other) / max(len(mine | other), 1)
    for what, value, others in (
        ("place", entry.spatial, current.spatial),
        ("holder", entry.publisher, current.publisher),
        ("theme", entry.theme, current.theme),
    ):
        yield f"{'same' if value == others else 'other'} {what}", 1.0
    if entry.id in (current.superseded_by, current.supersedes):
        yield "in succession", 1.0


def _of_what_is_said(turn: Turn, entry: Dataset, alike: float) -> Iterator[tuple[str, float]]:
    """Whether the place, detail, body and adjectives that the turn says are the entry's, which is so much `alike`."""
    said = turn.said
    place = gazetteer().named(said.place) if said.place else None
    if place:
        yield f"place {lies(entry, place)}", 1.0
        yield f"place {lies(entry, place)}, alike", alike
    if said.granularity:
        yield ("in detail" if is_in_detail(said.granularity, entry) else "not in detail"), 1.0
    if said.bodies:
        yield ("of body" if entry.publisher in {body.slug for body in said.bodies} else "not of body"), 1.0
    if said.is_not and (said.describes or said.words):
        yield "worth not", min(worth_of(said, entry, turn.vocabulary), MOST_WORTH)
    for word in ADJECTIVES.intersection(split(fold(turn.raw))):
        yield ("as it is called" if is_true(word, entry) else "not as it is called"), 1.0
