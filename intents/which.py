"""A question back: which of at most three kinds of question is meant, when none is sure enough and none clearly ahead."""

from dataclasses import replace

from intents.answers import Answer, Choice, Outcome

MOST = 3
LONGEST = 60

ASKED_AS = {
    "holders": "Who holds {}?",
    "describe": "What is {}?",
    "freshness": "How current is {}?",
    "coverage": "What does {} cover?",
    "contact": "Who do I ask about {}?",
    "conditions": "Can I use {}?",
    "access": "How do I get {}?",
    "define": "What is the meaning of {}?",
    "collect": "We are about to collect {}",
    "precedent": "Has {} been shared before?",
    "report_problem": "Report a problem with {}",
    "steward_edit": "Update the entry for {}",
}
"""Each kind of question that has a subject, in words that are certain to be read as it."""


def which(answer: Answer, kinds: tuple[str, ...], subject: str) -> Answer:
    """An answer that found nothing, of a kind that is not sure, as a question back; itself when there is none to ask."""
    asked = [ASKED_AS[kind].format(subject[:LONGEST].strip()) for kind in kinds if kind in ASKED_AS][:MOST]
    if len(asked) < 2 or not subject.strip():
        return answer
    choices = tuple(Choice(words, words) for words in asked)
    return replace(answer, outcome=Outcome.CLARIFY, choices=choices, details={**answer.details, "which": True})
