"""Answers what people ask for in words, whether by command, mention or direct message."""

from datetime import datetime
from typing import NamedTuple

from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from bot.beginning import drill
from bot.listeners.admission import keep_inside, may_show, room
from bot.listeners.again import look
from bot.listeners.answers import may_approve
from bot.listeners.asks import HELP, Ask, asked
from bot.listeners.bot import Bot
from bot.listeners.pausing import stands
from bot.listeners.reports import LAST, deliver, find, standing
from bot.mistakes import Mistake
from bot.targets import refuse_real
from bot.thread.text import clean, escaped
from incident.alert import Severity
from incident.model import Incident
from incident.status import Status, World
from storage.memory import Origin


class Wish(NamedTuple):
    """What is to be looked into, and what whoever asks knows about it. In a real Slack a scenario is always a drill."""

    target: str
    severity: Severity | None = None
    since: datetime | None = None
    drill: bool = False


async def begin(client: AsyncWebClient, bot: Bot, wish: Wish, origin: Origin) -> Incident:
    """Begin an investigation; its thread goes where it was asked for, if it can. Raises `Mistake`."""
    channel = await room(client, bot, origin.channel)
    refuse_real(wish.target, bot.in_force.environment.settings.catalog)
    place = await bot.places.named(wish.target, wish.since)
    if wish.severity is not None:
        place = place._replace(alert=place.alert.model_copy(update={"severity": wish.severity}))
    if wish.drill or (place.world is World.SCENARIO and bot.in_force.environment.slack.real):
        place = place._replace(alert=drill(place.alert))
    here = origin if channel == origin.channel else Origin(channel)
    return await bot.runner.investigate(place, here)


async def answer(args: AsyncArgs, bot: Bot, origin: Origin, noted: str | None) -> None:
    """Do what a message asks for and say so in its thread; ``noted`` is the incident in whose thread it stands.

    Raises `Mistake` where people of another organisation would read it.
    """
    event = args.event or {}
    await keep_inside(args.client, origin.channel)
    origin = Origin(origin.channel, origin.alert_ts or (None if event.get("channel_type") == "im" else event["ts"]))
    try:
        said = await _done(args, bot, asked(event.get("text") or ""), (origin, noted))
    except Mistake as mistake:
        said = escaped(clean(mistake.message))
    if said:
        await args.client.chat_postMessage(
            channel=origin.channel, thread_ts=origin.alert_ts, text=said, unfurl_links=False, unfurl_media=False
        )


async def overall(bot: Bot) -> str:
    """Say in a line how much is being worked on, what waits, and what may happen."""
    waiting = sum(each.status is Status.AWAITING_APPROVAL for each in await bot.store.unfinished())
    now, named = await bot.in_force.now(), await bot.approvers.words()
    pause, least = await bot.kill_switch.standing(), await bot.in_force.taught(now)
    return (
        f"{f'{stands(pause)} ' if pause else ''}"
        f"Worked on: {bot.runner.running}. Waiting for an approval: {waiting}. "
        f"SFA_MODE is {now.settings.mode.value}; {may_approve(named)}.{f' {least.because}' if least.because else ''}"
    )


async def _done(args: AsyncArgs, bot: Bot, ask: Ask, where: tuple[Origin, str | None]) -> str:
    """Do it and return what is left to say: a thread that begins speaks for itself."""
    (origin, noted), told = where, bot.slash.put_into(HELP)
    match ask.kind:
        case "investigate":
            await begin(args.client, bot, Wish(ask.about), origin)
            return ""
        case "rca":
            user = str((args.event or {})["user"])
            incident = await find(args.client, bot, user, noted if noted and ask.about == LAST else ask.about)
            await may_show(args.client, bot, incident.id, origin.channel)
            return await deliver(args.client, bot, incident, origin)
        case "status" if noted is None:
            return await overall(bot)
        case "again" if noted is not None:
            return await look(bot, noted, str((args.event or {})["user"]))
        case "other" | "help" | "status" if noted is not None:
            return standing(await bot.store.load(noted)) + (f"\n{told}" if ask.kind == "help" else "")
        case "other" if ask.about in bot.scenarios:
            await begin(args.client, bot, Wish(ask.about), origin)
            return ""
        case _:
            return told
