"""`first-responder db upgrade`."""

import asyncio

import click


@click.group()
def db() -> None:
    """Look after the database.

    Example: first-responder db upgrade
    """


@db.command()
def upgrade() -> None:
    """Migrate the database to this version. Every command does it where it must; a deployment may want it apart.

    Example: first-responder db upgrade
    """
    from bot.app import settings
    from bot.kept import open_database

    async def migrate() -> None:
        async with open_database(settings()):
            click.echo("the database is up to date")

    asyncio.run(migrate())
