"""`first-responder evaluate FOLDER...`."""

import asyncio
from pathlib import Path

import click


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--model", metavar="offline|groq|NAME", help="Who thinks, as with `investigate`.")
def evaluate(folders: tuple[Path, ...], model: str | None, *, as_json: bool) -> None:
    """Grade on recorded incidents: each FOLDER is a case, or a folder of cases, with answer keys.

    Example: first-responder evaluate ../shared/incidents
    """
    from bot.app import settings
    from bot.evaluation import evaluate as run
    from bot.llm_settings import llm_settings
    from bot.thinking import wished

    asyncio.run(run(folders, settings(), wished(llm_settings(), model), as_json=as_json))
