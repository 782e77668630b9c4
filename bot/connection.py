"""The bot connected to Slack: clients, listeners and delivery around one runner."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.channels import read_rules
from bot.apart import Apart
from bot.app import listed_scenarios, team
from bot.config import Settings
from bot.crew import Crew
from bot.in_force import InForce
from bot.kept import Storage
from bot.killswitch import KillSwitch
from bot.listeners import register
from bot.listeners.bot import Bot
from bot.listeners.careful import settled
from bot.listeners.history import catch_up
from bot.mistakes import Mistake
from bot.people import People
from bot.places import Places, known_services
from bot.runner import Runner
from bot.slack.chat import Drawing, SlackChat
from bot.slack.delivery import Delivery
from bot.slack.entry import connect, introduced, join
from bot.slack.pace import Pace
from bot.slack.painter import painting
from bot.slack_settings import CHANNEL_ID, SlackSettings
from bot.teams import Queued, Teams
from bot.thread.card import card
from bot.thread.draw import asked, draw, painted, redrawn
from bot.thread.options import Options
from bot.whom import Whom
from bot.working import Watched, Working

OFTEN = 0.0005
"""Seconds after which a thread that computes lets others go, where Python's five milliseconds make every read of the
database, which is several hand-overs between threads, take half a second beside two threads that compute."""


class Way(NamedTuple):
    """How things get to Slack: where files are drawn, and at which pace, which is Slack's unless a test shortens it."""

    apart: Apart
    pace: Pace = Pace()


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
    client = AsyncWebClient(_secret(slack.bot_token), base_url=slack.api_url)
    client.retry_handlers += [AsyncRateLimitErrorRetryHandler(5), AsyncServerErrorRetryHandler(2)]
    me = await introduced(client)
    named, slack = slack.alert_channels, await _with_channel_ids(client, slack)
    rules = read_rules(slack.alert_rules, dict(zip(named, slack.alert_channels, strict=True)))
    in_force = InForce(settings, slack, storage.overrides)
    await join(client, filter(None, (*slack.alert_channels, (await in_force.now()).slack.incident_channel)), me)
    approvers = People(client, "SFA_APPROVERS", in_force.approvers, slack.approvers)
    admins = People(client, "SFA_ADMINS", in_force.admins)
    whom = Whom(client, approvers, in_force)
    runner = Runner(_crew(in_force, storage, places, whom))
    kill_switch = KillSwitch(storage.store.switch, runner.refresh)
    app = AsyncApp(client=client, signing_secret=_secret(slack.signing_secret) or "not used by Socket Mode")
    names = tuple(each.name for each in listed_scenarios())
    services = await asyncio.to_thread(known_services)
    people = (approvers, admins, whom)
    bot = Bot(runner, *storage, places, *people, in_force, names, services, rules, kill_switch, way.apart)
    register(app, bot)
    delivering = AsyncWebClient(_secret(slack.bot_token), base_url=slack.api_url, retry_handlers=[])

    async def paint(incident_id: str, seq: int, name: str) -> bytes:
        return await way.apart.do(
            painted, await storage.store.load(incident_id), seq, name, Options(timezone=settings.zone)
        )

    async with Delivery(storage.outbox, delivering, way.pace), painting(storage.outbox, paint):
        runner.daily(storage.outbox.prune)
        await runner.resume()
        sockets = await connect(app, slack.app_token) if slack.app_token else []
        await catch_up(client, bot, me)
        try:
            yield Connected(runner, kill_switch, None if sockets else app)
        finally:
            await asyncio.gather(*(socket.close_async() for socket in sockets))  # type: ignore[no-untyped-call]
            await settled()
            await runner.close()


def _crew(in_force: InForce, storage: Storage, places: Places, whom: Whom) -> Crew:
    settings = in_force.environment.settings
    working = Working()

    async def options() -> Options:
        return Options(
            timezone=settings.zone,
            approvers=await whom.approvers.ids(),
            pause=await storage.store.paused(),
            incident_channel=(await in_force.now()).slack.incident_channel,
        )

    drawing = Drawing(
        draw=draw,
        redrawn=redrawn,
        card=lambda incident, options: card(incident, working.on(incident.id), options),
        question=asked,
        options=options,
    )
    chat = SlackChat(storage.outbox, storage.memory, drawing)

    async def refresh(incident_id: str) -> None:
        await chat.refresh(await storage.store.load(incident_id))

    working.refresh = refresh
    teams = Teams(storage.outbox)
    return Crew(
        store=storage.store,
        memory=storage.memory,
        leases=storage.leases,
        chat=Watched(chat, working),
        places=places,
        rules=in_force.policy,
        investigator=lambda place, watch: Queued(team(place, settings, watch), teams),
        working=working,
        whom=whom,
    )


async def _with_channel_ids(client: AsyncWebClient, slack: SlackSettings) -> SlackSettings:
    """Return the settings with ids in place of channels' names; raises `Mistake` for a channel nobody can see."""
    told = [name for name in (*slack.alert_channels, slack.incident_channel) if name and not CHANNEL_ID.fullmatch(name)]
    if not told:
        return slack
    ids: dict[str, str] = {}
    pages = await client.conversations_list(types="public_channel,private_channel", limit=200, exclude_archived=True)
    async for page in pages:
        ids |= {each["name"]: each["id"] for each in page["channels"]}
    unknown = [name for name in told if name.removeprefix("#") not in ids]
    if unknown:
        message = f"SFA_ALERT_CHANNELS, SFA_INCIDENT_CHANNEL: I see no channel {', '.join(unknown)}; invite me there"
        raise Mistake(message)
    here = {name: ids[name.removeprefix("#")] for name in told}
    channels = tuple(here.get(name, name) for name in slack.alert_channels)
    main = slack.incident_channel
    return slack.model_copy(
        update={"alert_channels": channels, "incident_channel": None if main is None else here.get(main, main)}
    )


def _secret(kept: SecretStr | None) -> str | None:
    return None if kept is None else kept.get_secret_value()
