"""`first-responder record ID FOLDER`."""

import asyncio
from pathlib import Path

import click


@click.command()
@click.argument("incident_id", metavar="ID")
@click.argument("folder", type=click.Path(path_type=Path))
def record(incident_id: str, folder: Path) -> None:
    """Write a finished incident as a recorded incident, which `investigate` and `evaluate` read.

    Example: first-responder record INC-7F3K2 cases/checkout-pool
    """
    from bot.app import record_again, settings
    from bot.library import find_incident

    async def write() -> None:
        await record_again(await find_incident(incident_id, settings()), folder)

    asyncio.run(write())
    click.echo(f"recorded in {folder}")
