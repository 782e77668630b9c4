"""Messages of channels, threads and direct messages: alerts, remarks, and what people ask for."""

import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit
from bot.listeners.alerts import Heard, take_up
from bot.listeners.asking import answer
from bot.listeners.asks import asked
from bot.listeners.bot import Bot
from bot.listeners.careful import careful
from bot.thread.text import clean
from incident.facts import Remark
from storage.memory import Origin

logger = logging.getLogger(__name__)

LONGEST_REMARK = 10_000
COUNTED = {None, "bot_message", "file_share", "thread_broadcast"}
CHANGED = "message_changed"


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.event("message")
    @careful
    async def message(args: AsyncArgs) -> None:
        event = args.event or {}
        if await bot.memory.first_time(f"event:{args.body['event_id']}"):
            await hear(args, bot, event)

    @app.event("app_mention")
    @careful
    async def mention(args: AsyncArgs) -> None:
        event = args.event or {}
        if not await bot.memory.first_time(f"event:{args.body['event_id']}") or _ours(args, event):
            return
        if event.get("user") and not event.get("bot_id"):
            await admit(args.client, event["user"])
            noted = await remark(args, bot, event)
            await answer(args, bot, Origin(event["channel"], event.get("thread_ts")), noted)


async def hear(args: AsyncArgs, bot: Bot, event: dict[str, Any]) -> None:
    """Hand a message over to whatever it is for."""
    edited = event.get("subtype") == CHANGED
    message = event["message"] if edited else event
    if message.get("subtype") not in COUNTED or _ours(args, message) or (edited and _unfurled(event)):
        return
    if _on_top(message) and event["channel"] in (await bot.in_force.now()).slack.alert_channels:
        if args.body.get("is_ext_shared_channel"):
            logger.warning("%s is shared with another organisation: its alerts are passed over", event["channel"])
        else:
            await take_up(bot, Heard(event["channel"], message, edited))
        await bot.memory.mark_read(event["channel"], message["ts"])
    elif not edited and message.get("user") and not message.get("bot_id"):
        await _from_a_person(args, bot, message)


async def remark(args: AsyncArgs, bot: Bot, event: dict[str, Any]) -> str | None:
    """Keep what a person wrote in an incident's thread, and return which incident's it is.

    Where several share a thread it is for the newest, and for each that goes on. Raises `Mistake` for a guest.
    """
    thread_ts, words = event.get("thread_ts"), clean(str(event.get("text") or ""))[:LONGEST_REMARK]
    if not thread_ts or not words.strip():
        return None
    here = await bot.memory.incidents_in(event["channel"], thread_ts)
    if here:
        await admit(args.client, event["user"])
    for incident_id in here:
        if incident_id == here[0] or not (await bot.store.load(incident_id)).status.ended:
            await bot.runner.note(incident_id, lambda now: Remark(at=now, by=event["user"], text=words))
    return here[0] if here else None


async def _from_a_person(args: AsyncArgs, bot: Bot, message: dict[str, Any]) -> None:
    """A mention is answered where Slack tells of it as one; here it would be heard twice."""
    text, direct = str(message.get("text")), message.get("channel_type") == "im"
    mentioned = f"<@{args.context.bot_user_id}>" in text
    if mentioned and not direct:
        return
    noted = await remark(args, bot, message)
    if direct and (noted is None or mentioned or asked(text).kind != "other"):
        await admit(args.client, message["user"])
        await answer(args, bot, Origin(message["channel"], message.get("thread_ts")), noted)


def _ours(args: AsyncArgs, message: dict[str, Any]) -> bool:
    """Tell our own messages also where another bot id speaks for the same app."""
    own = {args.body.get("api_app_id")}
    return message.get("app_id") in own or message.get("bot_profile", {}).get("app_id") in own


def _unfurled(event: dict[str, Any]) -> bool:
    """Tell whether Slack has only added a link's preview or a reply's count."""
    now, before = event.get("message", {}), event.get("previous_message", {})
    return all(now.get(part) == before.get(part) for part in ("text", "blocks", "attachments"))


def _on_top(message: dict[str, Any]) -> bool:
    return message.get("thread_ts") in {None, message.get("ts")}
