"""whoholds register: what was shared, with whom, on what power, for what benefit."""

import sys
from pathlib import Path

import click

from bot.commands.common import opened, print_json, readable
from bot.words import count
from catalogue import register


@click.command("register")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file as CSV.")
@click.option("--holder", metavar="ORGANISATION", help="Only what this organisation shared.")
@click.option("--recipient", metavar="ORGANISATION", help="Only what was shared with this organisation.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a share, and the figures last.")
def command(file: Path | None, holder: str | None, recipient: str | None, json_: bool) -> None:
    """Print the public register of shares, with how long they took.

    Example: whoholds register --csv register.csv
    """
    with opened() as catalogue:
        resolve = catalogue.search.vocabulary().resolve
        names = {"holder": holder, "recipient": recipient}
        chosen = {name: (resolve(body) or body) if body else None for name, body in names.items()}
        found = register.read(catalogue.db, **chosen)
    lines, figures = found.lines, found.figures
    if file:
        with readable(file), file.open("w", encoding="utf-8", newline="") as out:
            register.write_csv(lines, out)
        click.echo(f"{count(len(lines), 'share')} written to {file}.", err=True)
        return
    for line in lines:
        if json_:
            print_json(register.as_json(line))
        else:
            until = f", {'until' if line.is_in_force else 'ended'} {line.ends_on}" if line.ends_on else ""
            mark = " (illustrative)" if line.is_illustrative else ""
            click.echo(f"{line.reference}  {line.dataset}: {line.holder_name} with {line.recipient_name}{until}{mark}")
            click.echo(f"  Power: {line.power or 'Not provided'}. Benefit: {line.benefit or 'Not provided'}.")
    if json_:
        print_json({"figures": {name: getattr(figures, name) for name in register.Figures.__dataclass_fields__}})
    elif figures.shares:
        click.echo(f"Half of them took {figures.median:g} days or less. Six months was usual before.")
    if not lines and not json_:
        click.echo("Nothing has been shared yet that can be shown.", file=sys.stderr)
