"""whoholds chat: a conversation on standard input."""

import sys

import click

from bot import replies
from bot.commands.common import as_json, opened, person, print_json, typed_lines
from catalogue import clock, people
from intents.context import Question
from intents.remembered import Conversation
from intents.understand import respond


@click.command("chat")
@click.option("--as", "who", metavar="PERSON", help="Talk as this person: an id, an e-mail address or a Slack id.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a message.")
def command(who: str | None, json_: bool) -> None:
    """Answer each line of standard input. An empty line starts a new thread; end of input ends the conversation.

    Example: whoholds chat --as council-officer
    """
    with opened(sample_if_new=True) as catalogue:
        asker = person(catalogue, who)
        audience = people.audience_of(asker)
        interactive = sys.stdin.isatty() and not json_
        if interactive:
            click.echo("Ask a question. An empty line starts a new thread, Ctrl-D ends.", err=True)
        conversation = Conversation()
        for line in typed_lines():
            if not line:
                conversation = Conversation()
                continue
            answer = respond(catalogue.context, Question(line, audience, clock.now(), asker), conversation)
            reply = replies.word(answer, catalogue.search.vocabulary()).text
            if json_:
                print_json(as_json(answer, reply))
            else:
                click.echo(reply + "\n")
