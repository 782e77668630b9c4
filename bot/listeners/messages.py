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
from bot.listeners.remarks import Noted, remark
from storage.memory import Origin

logger = logging.getLogger(__name__)

COUNTED = {None, "bot_message", "file_share", "thread_broadcast"}
CHANGED = "message_changed"


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.event("message")
    @careful
    async def message(args: AsyncArgs) -> None:
        await hear(args, bot, args.event or {})

    @app.event("app_mention")
    @careful
    async def mention(args: AsyncArgs) -> None:
        event = args.event or {}
        if event.get("user") and not event.get("bot_id") and not _ours(args, event):
            await admit(args.client, event["user"])
            noted = await remark(args.client, bot, event, addressed=True)
            await _answer(args, bot, event, noted)


async def hear(args: AsyncArgs, bot: Bot, event: dict[str, Any]) -> None:
    """Hand a message over to whatever it is for."""
    edited = event.get("subtype") == CHANGED
    message = event["message"] if edited else event
    if message.get("subtype") not in COUNTED or _ours(args, message) or (edited and _unfurled(event)):
        return
    if _on_top(message) and event["channel"] in (await bot.in_force.now()).slack.alert_channels:
        if args.body.get("is_ext_shared_channel"):
            logger.warning("%s is shared with another organisation: its alerts are passed over", event["channel"])
        elif await _first_time(args, bot):
            await take_up(bot, Heard(event["channel"], message, edited))
    elif not edited and message.get("user") and not message.get("bot_id"):
        await _from_a_person(args, bot, message)


async def _answer(args: AsyncArgs, bot: Bot, message: dict[str, Any], noted: Noted | None) -> None:
    """Answer a question about an incident as its thread's next message, and anything else in its own way, once."""
    if noted is not None and noted.question is not None:
        await bot.answering.answer(noted.incident_id, noted.question)
    elif await _first_time(args, bot):
        origin = Origin(message["channel"], message.get("thread_ts"))
        await answer(args, bot, origin, noted.incident_id if noted else None)


async def _from_a_person(args: AsyncArgs, bot: Bot, message: dict[str, Any]) -> None:
    """A mention is answered where Slack tells of it as one; here it would be heard twice."""
    text, direct = str(message.get("text")), message.get("channel_type") == "im"
    mentioned = f"<@{args.context.bot_user_id}>" in text
    if mentioned and not direct:
        return
    noted = await remark(args.client, bot, message, addressed=direct)
    asks = noted is not None and noted.question is not None
    if asks or (direct and (noted is None or mentioned or asked(text).kind != "other")):
        await admit(args.client, message["user"])
        await _answer(args, bot, message, noted)


async def _first_time(args: AsyncArgs, bot: Bot) -> bool:
    """Tell whether Slack tells of this for the first time; asked before what is better not done than done twice."""
    return await bot.memory.first_time(f"event:{args.body['event_id']}")


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
