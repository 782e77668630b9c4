"""The bot connected to Slack: clients, listeners and delivery around one runner."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.channels import read_rules
from bot.answering import Answering
from bot.apart import Apart
from bot.app import answerer, listed_scenarios, team
from bot.config import Settings
from bot.crew import Crew
from bot.in_force import InForce
from bot.judged import SqlJudgements
from bot.kept import Storage
from bot.killswitch import KillSwitch
from bot.listeners import register
from bot.listeners.bot import Bot
from bot.listeners.careful import settled
from bot.listeners.history import catch_up, look_back
from bot.people import People
from bot.places import Places, known_services
from bot.runner import Runner
from bot.slack.chat import Drawing, SlackChat
from bot.slack.delivery import Delivery
from bot.slack.entry import connect, introduced, join, with_channel_ids
from bot.slack.pace import Pace
from bot.slack.painter import painting
from bot.slack_settings import SlackSettings
from bot.teams import Queued, Teams
from bot.thinking import Thinking
from bot.thread.card import card
from bot.thread.draw import asked, draw, painted, redrawn
from bot.thread.options import Options
from bot.trust import shown
from bot.whom import Whom
from bot.working import Watched, Working

OFTEN = 0.0005
"""Seconds after which a thread that computes lets others go, where Python's five milliseconds make every read of the
database, which is several hand-overs between threads, take half a second beside two threads that compute."""


class Way(NamedTuple):
    """What incidents share: where files are drawn, at which pace Slack is told, and who thinks, None being offline.

    The pace is Slack's unless a test shortens it.
    """

    apart: Apart
    pace: Pace = Pace()
    thinking: Thinking | None = None


class Connected(NamedTuple):
    """``over_http`` is the app to deliver to in HTTP mode, None in Socket Mode."""

    runner: Runner
    kill_switch: KillSwitch
    over_http: AsyncApp | None


@asynccontextmanager
async def connected(
    settings: Settings, slack: SlackSettings, storage: Storage, places: Places, way: Way
) -> AsyncIterator[Connected]:
    """Begin to listen and to deliver, and go on with what is unfinished. Raises `Mistake` for a refused token."""
    sys.setswitchinterval(OFTEN)
    client = _patient_client(slack)
    me = await introduced(client)
    named, slack = slack.alert_channels, await with_channel_ids(client, slack)
    rules = read_rules(slack.alert_rules, dict(zip(named, slack.alert_channels, strict=True)))
    in_force = InForce(settings, slack, storage.overrides, SqlJudgements(storage.feedback, storage.store))
    await join(client, filter(None, (*slack.alert_channels, (await in_force.now()).slack.incident_channel)), me)
    admins = People(client, "SFA_ADMINS", in_force.admins)
    whom = Whom(client, People(client, "SFA_APPROVERS", in_force.approvers, slack.approvers), in_force)
    runner = Runner(_crew(in_force, storage, places, whom, way.thinking))
    kill_switch = KillSwitch(storage.store.switch, runner.refresh)
    app = AsyncApp(client=client, signing_secret=shown(slack.signing_secret) or "not used by Socket Mode")
    names = tuple(each.name for each in listed_scenarios())
    services = await asyncio.to_thread(known_services)
    answering = Answering(runner, storage, places, answerer(settings, way.thinking))
    bot = Bot(
        runner, answering, *storage[:-1], places, admins, whom, in_force, names, services, rules, kill_switch, way.apart
    )
    register(app, bot)
    async with _delivering(settings, slack, storage, way):
        runner.every(timedelta(days=1), storage.outbox.prune)
        runner.every(timedelta(seconds=way.pace.look_back), answering.pay)
        await runner.resume()
        sockets = await connect(app, slack.app_token) if slack.app_token else []
        await catch_up(client, bot, me, time.time())
        looking = partial(look_back, client, bot, me, way.pace.hearing)
        runner.every(timedelta(seconds=way.pace.look_back), looking, at_once=False)
        try:
            yield Connected(runner, kill_switch, None if sockets else app)
        finally:
            await asyncio.gather(*(socket.close_async() for socket in sockets))  # type: ignore[no-untyped-call]
            await settled()
            await runner.close()


def _patient_client(slack: SlackSettings) -> AsyncWebClient:
    client = AsyncWebClient(shown(slack.bot_token), base_url=slack.api_url)
    client.retry_handlers += [AsyncRateLimitErrorRetryHandler(5), AsyncServerErrorRetryHandler(2)]
    return client


@asynccontextmanager
async def _delivering(settings: Settings, slack: SlackSettings, storage: Storage, way: Way) -> AsyncIterator[None]:
    """Draw and send what waits, whatever else goes on."""
    client = AsyncWebClient(shown(slack.bot_token), base_url=slack.api_url, retry_handlers=[])

    async def paint(incident_id: str, seq: int, name: str) -> bytes:
        incident = await storage.store.load(incident_id)
        return await way.apart.do(painted, incident, seq, name, Options(timezone=settings.zone))

    async with Delivery(storage.outbox, client, way.pace), painting(storage.outbox, paint):
        yield


def _crew(in_force: InForce, storage: Storage, places: Places, whom: Whom, thinking: Thinking | None) -> Crew:
    working, teams = Working(), Teams(storage.outbox)
    chat = SlackChat(storage.outbox, storage.memory, _drawing(in_force, storage, whom, working))
    settings = in_force.environment.settings

    async def refresh(incident_id: str) -> None:
        await chat.refresh(await storage.store.load(incident_id))

    working.refresh = refresh
    return Crew(
        store=storage.store,
        leases=storage.leases,
        chat=Watched(chat, working),
        places=places,
        rules=in_force.policy,
        investigator=lambda place, watch: Queued(team(place, settings, watch, thinking), teams),
        working=working,
        whom=whom,
    )


def _drawing(in_force: InForce, storage: Storage, whom: Whom, working: Working) -> Drawing:
    async def options() -> Options:
        return Options(
            timezone=in_force.environment.settings.zone,
            approvers=await whom.approvers.ids(),
            pause=await storage.store.paused(),
            incident_channel=(await in_force.now()).slack.incident_channel,
        )

    return Drawing(
        draw=draw,
        redrawn=redrawn,
        card=lambda incident, options: card(incident, working.on(incident.id), options),
        question=asked,
        options=options,
    )
