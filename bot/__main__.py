"""The `whoholds` command: one subcommand a module of `bot/commands/`, loaded when it is called."""

import importlib
import os
import sys

import click

from catalogue.errors import BadSetting, CatalogueError

COMMANDS = {
    "ask": "Answer one question, or one a line from standard input.",
    "chat": "Have a conversation on standard input.",
    "search": "Search the catalogue: ids and scores only.",
    "import": "Bring entries in from JSON lines, CSV or XLSX.",
    "export": "Write entries out as JSON lines, CSV or XLSX, or a template.",
    "sources": "Look after the catalogues that entries are harvested from.",
    "harvest": "Bring in what the sources have.",
    "run": "Start the bot: Slack, web pages and the worker in one process.",
    "worker": "Start only the worker, beside web processes (needs PostgreSQL).",
    "playground": "Try the bot in a browser, without Slack.",
    "migrate": "Make the database's tables or bring them up to date.",
    "requests": "Ask for data, decide on requests, and see how they stand.",
    "register": "Print what was shared, with whom, on what power.",
    "people": "Bring people in, give and take roles, hand over and remove what is kept about somebody.",
    "review": "See how true the catalogue is, and tell of contacts that do not answer.",
    "synonyms": "Add, list and remove what people call things.",
    "index": "Look after the search index.",
    "backup": "Write a checked copy of the database.",
    "restore": "Make a backup the database again.",
    "feedback": "Go through answers that were not what people meant.",
    "check": "Check that everything is in order.",
}


class Commands(click.Group):
    """The subcommands, each imported only when it is needed, so that the command starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"bot.commands.{name}_" if name == "import" else f"bot.commands.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="whoholds")
def whoholds() -> None:
    """Who holds which government data, on what conditions, and whom to ask.

    Settings are environment variables; see docs/operator.md.
    """


def main() -> None:
    """Run the command. Exit code 0: done; 1: a problem was found; 2: it was called wrongly or set up wrongly."""
    try:
        code = whoholds(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" See: {context.command_path} --help" if context else ""
        click.echo(f"whoholds: {' '.join(error.format_message().split())}{hint}", err=True)
        sys.exit(error.exit_code)
    except BadSetting as error:
        click.echo(f"whoholds: {error}", err=True)
        sys.exit(2)
    except CatalogueError as error:
        click.echo(f"whoholds: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("WHOHOLDS_DEBUG"):
            raise
        click.echo(
            f"whoholds: something went wrong that was not foreseen ({type(error).__name__}). Run it again"
            " with WHOHOLDS_DEBUG=1 to see where.",
            err=True,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
