"""What people write in incidents' threads. A remark is known by its message: heard of again, it adds nothing."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.admission import admit, keep_inside
from bot.listeners.asks import asks_us, follows_up
from bot.listeners.bot import Bot
from bot.mistakes import Mistake
from bot.slack.entry import Me
from bot.slack.refusal import UNREACHABLE
from bot.thread.text import clean
from incident.facts import Remark
from incident.model import Incident, OutOfOrder
from storage.memory import Thread

logger = logging.getLogger(__name__)

LONGEST_REMARK = 10_000
BY_PEOPLE = {None, "file_share", "thread_broadcast"}
MOST = 20
"""Threads that are read again at once, the newest incidents' first: Slack answers some 50 such calls a minute."""
PAGE = 200


class Noted(NamedTuple):
    """Where a remark is kept; ``question`` is its seq where it was a question to us."""

    incident_id: str
    question: int | None = None


async def remark(
    client: AsyncWebClient, bot: Bot, message: Mapping[str, Any], *, addressed: bool = False
) -> Noted | None:
    """Keep what a person wrote in an incident's thread, and return where it is kept. May be repeated.

    Where several share a thread it is for the newest, and for each that goes on; a question to us is the newest's.
    Raises `Mistake` for a guest.
    """
    thread_ts = message.get("thread_ts")
    if not thread_ts or not _words(message):
        return None
    here = await bot.memory.incidents_in(message["channel"], thread_ts)
    if here:
        await admit(client, message["user"])
    for incident_id in here:
        incident = await bot.store.load(incident_id)
        if incident_id == here[0]:
            us = addressed or follows_up(incident, message["user"], _words(message), float(message["ts"]))
            await _keep(bot, incident_id, message, asks=us and await _asks(client, message))
        elif not incident.status.ended:
            await _keep(bot, incident_id, message)
    return Noted(here[0], _question(await bot.store.load(here[0]), message)) if here else None


async def overhear(client: AsyncWebClient, bot: Bot, me: Me) -> None:
    """Keep what stands in the threads of incidents that go on and was never heard of."""
    going, guests = (await bot.store.unfinished())[:MOST], set[str]()
    threads = await bot.memory.threads([each.id for each in going])
    for incident in going:
        thread = threads.get(incident.id)
        if thread is None or thread.card_ts is None:
            continue
        try:
            said = [each async for each in _said(client, thread) if not incident.has_heard(each["ts"])]
        except UNREACHABLE as why:
            logger.warning("%s: what was said in its thread can't be read again: %s", incident.id, type(why).__name__)
            continue
        for message in said:
            if message["user"] in guests:  # who have heard so; Slack is asked once about each, whatever they write
                continue
            try:
                await admit(client, message["user"])
            except Mistake:
                guests.add(message["user"])
            else:
                us = f"<@{me.user_id}>" in _words(message)
                await _keep(bot, incident.id, message, asks=us and await _asks(client, message, thread.channel))


async def _said(client: AsyncWebClient, thread: Thread) -> AsyncIterator[dict[str, Any]]:
    """Yield what people wrote there since the incident's own card."""
    begun, since = str(thread.thread_ts), str(thread.card_ts)
    async for page in await client.conversations_replies(channel=thread.channel, ts=begun, oldest=since, limit=PAGE):
        for message in page["messages"]:
            by_somebody = message.get("user") and not message.get("bot_id") and message.get("subtype") in BY_PEOPLE
            if by_somebody and float(message["ts"]) > float(since) and _words(message):
                yield message


async def _keep(bot: Bot, incident_id: str, message: Mapping[str, Any], *, asks: bool = False) -> None:
    told = {"by": message["user"], "text": _words(message), "message": message["ts"], "asks": asks}
    with suppress(OutOfOrder):  # it is kept already
        await bot.runner.note(incident_id, lambda now: Remark.model_validate({"at": now, **told}))


async def _asks(client: AsyncWebClient, message: Mapping[str, Any], channel: str | None = None) -> bool:
    """Tell whether words that are addressed to us want an answer, and certainly nobody outside would read it."""
    if not asks_us(_words(message)):
        return False
    try:
        await keep_inside(client, channel or message["channel"])
    except Mistake:
        return False
    return True


def _question(incident: Incident, message: Mapping[str, Any]) -> int | None:
    kept = ((seq, fact) for seq, fact in enumerate(incident.facts, 1) if isinstance(fact, Remark) and fact.asks)
    return next((seq for seq, fact in kept if fact.message == message["ts"]), None)


def _words(message: Mapping[str, Any]) -> str:
    words = clean(str(message.get("text") or ""))[:LONGEST_REMARK]
    return words if words.strip() else ""
