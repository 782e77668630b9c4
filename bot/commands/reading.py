"""`rca`, `incidents` and `scenarios`: reading what is there."""

import asyncio
import json
import sys

import click

from bot.mistakes import Mistake

FORMATS = ["text", "markdown", "pdf", "json"]
PDF = "pdf"


@click.command()
@click.argument("incident_id", metavar="ID")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--authors", is_flag=True, help="Name the authors of changes; reports leave them out.")
def rca(incident_id: str, form: str, *, authors: bool) -> None:
    """Print the report of incident ID (also part of it, or "last"); a draft while it runs.

    \b
    Examples: first-responder rca last
              first-responder rca INC-7F3K2 --format pdf > rca.pdf
    """  # noqa: D301 - click's \b keeps the examples on their own lines
    from bot.app import settings
    from bot.library import find_incident, render
    from bot.report.options import Options

    if form == PDF and sys.stdout.isatty():
        message = f"a PDF is nothing for a terminal: first-responder rca {incident_id} --format pdf > rca.pdf"
        raise Mistake(message)
    chosen = settings()

    async def read() -> bytes:
        incident = await find_incident(incident_id, chosen)
        return await render(incident, form, Options(timezone=chosen.zone, authors=authors))

    sys.stdout.buffer.write(asyncio.run(read()))
    sys.stdout.flush()


@click.command()
@click.argument("search", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON line an incident.")
def incidents(search: str | None, limit: int, *, as_json: bool) -> None:
    """List incidents, newest first; SEARCH is part of an id, a service or a target.

    Example: first-responder incidents checkout
    """
    from bot.app import settings
    from bot.document import document
    from bot.library import NOTHING_YET, as_line, list_incidents

    found = asyncio.run(list_incidents(search, limit, settings()))
    for incident in found:
        click.echo(json.dumps(document(incident)) if as_json else as_line(incident))
    if not found:
        click.echo(f"no incident matches {search!r}" if search else NOTHING_YET, err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line a scenario.")
def scenarios(*, as_json: bool) -> None:
    """List the made-up incidents one can investigate: their names and what pages, never the cause.

    Example: first-responder scenarios
    """
    from bot.app import listed_scenarios

    for scenario in listed_scenarios():
        click.echo(json.dumps(scenario._asdict()) if as_json else f"{scenario.name:<22} {scenario.pages}")
