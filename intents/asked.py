"""What speaks for each kind of question that a turn of a conversation may be, for the decision which of them it is."""

import math
from collections.abc import Iterator, Mapping

from intents.about import role_of
from intents.options import Facts
from intents.turn import Turn, says

LEAST = 1e-4
"""The smallest likelihood that is told from none."""


def kind_facts(turn: Turn, about: Mapping[str, float]) -> dict[str, Facts]:
    """The facts of each kind of question. `about`: how likely the turn is about each entry, the likeliest first."""
    said = {**dict.fromkeys(says(turn), 1.0), **dict(_goes(turn, about))}
    return {kind: dict(_facts(turn, kind, said)) for kind in turn.odds}


def _goes(turn: Turn, about: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Whether the turn stays with what is talked about, or where it goes."""
    for entry in list(about)[:1]:
        yield f"about {role_of(turn, turn.held[entry].dataset)}", about[entry]
    if turn.current:
        yield "stays", about.get(turn.current.id, 0.0)


def _facts(turn: Turn, kind: str, said: Facts) -> Iterator[tuple[str, float]]:
    """How likely the kind is by itself, and all that the turn says, with the kind and with whether it is as before."""
    odds = math.log(max(turn.odds[kind], LEAST))
    yield "odds", odds
    yield f"odds {kind}", odds
    yield kind, 1.0
    yield from ((f"{kind}: {fact}", much) for fact, much in said.items())
    if kind == turn.state.kind:
        yield "same", 1.0
        yield from ((f"same: {fact}", much) for fact, much in said.items() if not fact.startswith(("w ", "F ")))
