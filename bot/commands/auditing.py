"""`first-responder audit`: who decided what and when, and what was refused."""

import asyncio
from datetime import UTC, datetime, timedelta

import click

FLAWED = 1


class Length(click.ParamType[timedelta]):
    """A stretch of time, like 7d."""

    name = "LENGTH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return it; `bot.config` knows the form."""
        from bot.config import duration

        try:
            length = duration(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        return length if isinstance(length, timedelta) else timedelta(0)


@click.command()
@click.option("--incident", "incident_id", metavar="ID", help="Only what this incident's people and gate decided.")
@click.option("--since", "length", type=Length(), metavar="7d", help="Only the last so many s, m, h or d.")
@click.option("--after", type=click.IntRange(0), default=0, metavar="SEQ", help="Only entries beyond this one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an entry, for a SIEM.")
@click.option("--verify", "verifying", is_flag=True, help="Look whether anything was changed behind the trail's back.")
def audit(incident_id: str | None, length: timedelta | None, after: int, *, as_json: bool, verifying: bool) -> int:
    """Print the audit trail, oldest first: who decided what and when, and what was refused.

    --verify reads all of it, tells every flaw and exits with 1 where there is one.

    \b
    Examples: first-responder audit --since 7d
              first-responder audit --json --after 1200 >> audit.jsonl
    """  # noqa: D301 - click's \b keeps the examples on their own lines
    from bot import trail
    from bot.app import settings

    chosen = settings()
    if verifying:
        verified = asyncio.run(trail.verified(chosen))
        click.echo(trail.as_json(verified) if as_json else trail.as_words(verified))
        return FLAWED if verified.flaws else 0
    since = None if length is None else datetime.now(UTC) - length
    asked = trail.Asked(after, incident_id, since)
    return 0 if asyncio.run(trail.printed(chosen, asked, as_json=as_json)) else _nothing()


def _nothing() -> int:
    click.echo("no entries: nothing was decided or refused there", err=True)
    return 0
