"""whoholds ask: one question, one answer."""

import click

from bot import replies
from bot.commands.common import as_json, lines_of, opened, person, print_json
from catalogue import clock, people
from intents.context import Question
from intents.understand import respond


@click.command("ask")
@click.argument("text")
@click.option("--as", "who", metavar="PERSON", help="Ask as this person: an id, an e-mail address or a Slack id.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a question.")
def command(text: str, who: str | None, json_: bool) -> None:
    """Answer TEXT; with - for TEXT, answer one question a line from standard input.

    Without --as only what is public is shown.

    Example: whoholds ask "who holds free school meals data?"
    """
    with opened(sample_if_new=True) as catalogue:
        asker = person(catalogue, who)
        audience = people.audience_of(asker)
        for line in lines_of(text):
            answer = respond(catalogue.context, Question(line, audience, clock.now(), asker))
            reply = replies.word(answer, catalogue.search.vocabulary()).text
            if json_:
                print_json(as_json(answer, reply))
            else:
                click.echo(reply)
