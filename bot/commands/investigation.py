"""`first-responder investigate TARGET`: the whole job once, in the terminal."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
EARLIEST, LATEST = 1970, 2200


class Moment(click.ParamType[datetime]):
    """RFC 3339 with a zone, like 2026-06-18T15:06:00Z."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware UTC time."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail("write a time with its zone, like 2026-06-18T15:06:00Z", param, ctx)
        if not EARLIEST < moment.year < LATEST:
            self.fail(f"write a time between {EARLIEST} and {LATEST}", param, ctx)
        return moment.astimezone(UTC)


@click.command()
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, all else on stderr.")
@click.option("--out", type=FOLDER, default=Path("rca"), show_default=True, help="Where the reports go.")
@click.option("--model", metavar="offline|groq|NAME", help="Who thinks: the offline reasoner, which needs no key, "
              "Groq, or a model by its name. Default: groq where a key is set and SFA_LLM lets it.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), metavar="N", default=0, show_default=True,
              help="Which variant of a made-up world.")  # fmt: skip
@click.option("--as-of", type=Moment(), help="Look as of then: at nothing later; a made-up alert fires then. "
              "Default: 10 minutes after a recorded alert.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@click.option("--approve", type=click.Choice(["ask", "yes", "no"]), help="The answer to the approval question; yes "
              "counts in scenarios only. Default: ask on a terminal, else leave it waiting.")  # fmt: skip
@click.option("--rehearse-on-github", is_flag=True, help="Dispatch a scenario's rollback to the repository of "
              "SFA_GITHUB_ROLLBACK_REPO first, which must be marked as a sandbox.")  # fmt: skip
def investigate(model: str | None, **options: Any) -> int:  # noqa: ANN401 - as click reads them
    """Investigate TARGET and act where that is proved safe; write the RCA as Markdown and PDF.

    TARGET is a scenario, a scenario file (*.yml) or the folder of a recorded incident. Scenarios may be acted on: they
    are made up. Recorded incidents are judged only.

    Exits with 0 (resolved or reported), 3 (waiting for approval), 4 (handed over to a person), 2 (wrong use), 1
    (internal error) or 130 (stopped by Ctrl-C; what was found is stored).

    \b
    Examples: first-responder investigate checkout-latency
              first-responder investigate payment-declines --seed 2 --approve yes
              first-responder investigate ../shared/incidents/rcb-841d56 --json
    """  # noqa: D301 - click's \b keeps the examples on their own lines
    from bot.app import settings
    from bot.job import investigate as run
    from bot.llm_settings import llm_settings
    from bot.thinking import wished
    from bot.wishes import Wishes

    return asyncio.run(run(Wishes(**options), settings(), wished(llm_settings(), model)))
