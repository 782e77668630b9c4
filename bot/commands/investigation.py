"""`first-responder investigate TARGET`: the whole job once, in the terminal."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.mistakes import Mistake

FOLDER = click.Path(file_okay=False, path_type=Path)


class Moment(click.ParamType[datetime]):
    """RFC 3339 with a zone, like 2026-06-18T15:06:00Z."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware UTC time."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail("write a time with its zone, like 2026-06-18T15:06:00Z", param, ctx)
        return moment.astimezone(UTC)


@click.command(no_args_is_help=True)
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, all else on stderr.")
@click.option("--out", type=FOLDER, default=Path("rca"), show_default=True, help="Where the reports go.")
@click.option("--model", default="offline", show_default=True, help="offline: the deterministic reasoner.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Which made-up world.")
@click.option("--as-of", type=Moment(), help="Use nothing later. Default: 10 minutes after the alert.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@click.option("--approve", type=click.Choice(["ask", "yes", "no"]), help="Default: ask on a terminal, else wait.")
def investigate(model: str, approve: str | None, **options: Any) -> int:  # noqa: ANN401 - as click reads them
    """Investigate TARGET: a scenario, a scenario file (*.yml) or a recorded incident's folder.

    Exits with 0 (resolved or reported), 3 (waiting for approval) or 4 (handed over).

    Example: first-responder investigate checkout-latency
    """
    from bot.app import settings
    from bot.job import investigate as run
    from bot.wishes import Wishes

    if model != "offline":
        message = f"--model {model}: no such model here; offline is the deterministic reasoner"
        raise Mistake(message)
    somebody_there = sys.stdin.isatty() and sys.stdout.isatty()
    wishes = Wishes(**options, approve=approve or ("ask" if somebody_there else None))
    return asyncio.run(run(wishes, settings()))
