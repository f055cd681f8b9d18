"""whoholds worker: the worker alone, beside web processes."""

import click

from bot import settings
from bot.app import assemble, open_catalogue
from bot.commands.common import told_to_end
from bot.logs import start_logging
from bot.turns import take_short_turns
from catalogue.errors import BadSetting


@click.command("worker")
def command() -> None:
    """Start only the worker, for machines where the web processes run by themselves. Needs PostgreSQL.

    Example: WHOHOLDS_DATABASE=postgresql://… whoholds worker
    """
    chosen = settings.read()
    settings.need_slack(chosen)
    if "://" not in chosen.database:
        raise BadSetting("WHOHOLDS_DATABASE", "must be a postgresql:// address for more than one process.")
    start_logging()
    bot = assemble(chosen, open_catalogue(chosen))
    take_short_turns(bot.catalogue.search)
    wait_for_the_end = told_to_end()
    bot.start()
    wait_for_the_end()
    bot.close()
