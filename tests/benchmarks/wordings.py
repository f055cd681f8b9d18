"""The same search phrase as people ask it in Slack: with greetings, asides and the words that any question has."""

import random

WORDINGS = """
who holds data on {q}?
who holds {q} data
who has {q}?
who's got data on {q}
who do I ask about {q}?
who owns the {q} data?
who collects {q}
who in government has figures on {q}?
which department holds data about {q}?
which team looks after {q} data?
is there any data on {q}?
is there a dataset about {q}
is there anything on {q} out there?
do we hold anything on {q}?
do we have {q} data?
do you know if anyone publishes {q}?
does anyone hold information on {q}
does anybody have stats on {q} please?
has anyone got a dataset of {q}?
have we got anything about {q}
hi all, does anyone know where I can find {q} please
hi, I'm looking for {q}, any ideas?
hello! could someone point me to data on {q}? thanks
hey, quick question: where would I get {q} from?
morning all - trying to find {q}
good afternoon, I was wondering who might have data about {q}
can you find me a dataset on {q}
can someone tell me who keeps records of {q}
can I get {q} from anywhere?
could you help me find information about {q}?
please can you show me what there is on {q}
where can I find {q}?
where do we keep data on {q}
where would I look for {q} statistics?
what data is there on {q}?
what datasets cover {q}
what have we got about {q}
what's the best source for {q}?
I need data on {q} for a briefing
I'd like to know who is responsible for {q} data
I want to see numbers on {q}
we need {q} for a piece of work, who should we talk to?
looking for {q} data, thanks in advance
looking for {q} pls
need {q} asap
any data on {q}?
anyone know who has {q}?
anything available about {q}
tell me who holds {q}
show me data about {q}
trying to track down {q} before we ask the frontline to collect it
my director wants figures on {q}, who would have them?
before we start a new survey: does somebody already hold {q}?
is {q} something that we hold already?
""".strip().splitlines()


def question(phrase: str, *, key: str, seed: int = 1) -> str:
    """`phrase` in one of the wordings; the same key and seed give the same one."""
    return random.Random(f"{seed} {key}").choice(WORDINGS).format(q=phrase.strip())
