"""The bot as one process: storage, the runner, delivery, Slack or its stand-in, health; all of it ends cleanly."""

import asyncio
import signal
from contextlib import AsyncExitStack, closing

import click

from bot import api, report
from bot.apart import Apart
from bot.api import metrics
from bot.api.admission import Door
from bot.api.metrics import Sources, Spending
from bot.app import budget
from bot.config import Settings
from bot.connection import Way, connected
from bot.github_settings import GitHubSettings
from bot.health import served, web
from bot.kept import open_storage
from bot.llm_settings import LLMSettings
from bot.places import Places
from bot.slack_settings import SlackSettings
from bot.standin import stand_in
from bot.thinking import thinking, wished
from incident.catalog import Catalog


async def serve(
    settings: Settings, slack: SlackSettings, github: GitHubSettings, llm: LLMSettings, *, rehearse: bool
) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises `Mistake` where a setting doesn't let it begin."""
    ended = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    async with AsyncExitStack() as stack:
        apart = stack.enter_context(closing(Apart()))
        stack.push_async_callback(_let_go, asyncio.gather(asyncio.to_thread(_warm), apart.do(report.warm)))
        storage = await stack.enter_async_context(open_storage(settings))
        await storage.store.switch.begin()
        if pause := await storage.store.paused():
            click.echo(str(pause))
        places = _places(settings.catalog, github, rehearse=rehearse)
        if not slack.in_slack:
            settings, slack, page = await stack.enter_async_context(stand_in(settings, slack, places))
            click.echo(f"workspace: {page}")
        account, asked = budget(llm, storage.database), wished(llm, None)
        mind = await stack.enter_async_context(thinking(asked, account))
        way = Way(apart, thinking=mind)
        connection = await stack.enter_async_context(connected(settings, slack, storage, places, way))
        runner, kill_switch, over_http = connection
        app, door = web(lambda: runner.running, kill_switch, over_http), Door(slack.api_tokens)
        api.register(app, door, kill_switch, storage.audit)
        spending = Spending(account, asked.models if asked else ())
        metrics.register(app, door, Sources(lambda: runner.running, kill_switch, storage.database, spending))
        address = await stack.enter_async_context(served(app, slack.host, slack.port))
        click.echo(f"health: {address}/health")
        click.echo("First Responder is ready. Ctrl-C ends it.")
        await ended.wait()
        click.echo("ending: what is under way is stored, and goes on at the next start")


def _places(catalog: Catalog, github: GitHubSettings, *, rehearse: bool) -> Places:
    """Return places whose rollbacks go where the settings say; raises `Mistake` where a rehearsal has nowhere to go."""
    from bot.deployers import real_deployer, rehearsing

    return Places(real_deployer(github, catalog), rehearsing(github) if rehearse else None)


def _warm() -> None:
    """Import now what the first incident would have to wait for."""
    import agents.session  # noqa: F401


async def _let_go(warming: asyncio.Future[tuple[None, None]]) -> None:
    warming.cancel()
    await asyncio.gather(warming, return_exceptions=True)
