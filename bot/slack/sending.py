"""One parcel as calls of Slack's Web API, and the search for one that may have arrived."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.plainer import forms
from bot.slack.refusal import TOO_RICH, UNREACHABLE, code, doubtful, down, retry_after, unheard_of
from storage.parcel import Body, Kind, Waiting

EVENT_TYPE = "first_responder"
"""Of our messages' metadata, which carries the parcel's key."""
SKEW = timedelta(minutes=5)
"""How far Slack's clock may be from ours."""
PAGE = 200
LOOK_EVERY = 0.5
SEARCH_EVERY = 1.5
"""Of a thread, of which Slack lets 50 pages be read a minute."""


async def send(client: AsyncWebClient, parcel: Waiting, sharing: float) -> str | None:
    """Do what the parcel says, once, and return its message's ts if there is one. Raises what the SDK raises.

    A file is waited for until it can be seen, ``sharing`` seconds at most, so that what comes next comes after it.
    """
    match parcel.kind:
        case Kind.POST:
            return await _say(client, parcel)
        case Kind.UPLOAD:
            uploaded = await client.files_upload_v2(channel=parcel.channel, file=parcel.content, **parcel.body)
            return await _appeared(client, str(uploaded["file"]["id"]), parcel.channel, sharing)
        case Kind.REACT:
            await client.reactions_add(channel=parcel.channel, **parcel.body)
        case Kind.UNREACT:
            await client.reactions_remove(channel=parcel.channel, **parcel.body)
        case Kind.EPHEMERAL:
            await client.chat_postEphemeral(channel=parcel.channel, **parcel.body)
        case Kind.SESSION:
            await _set_session(client, parcel)
    return None


async def find(client: AsyncWebClient, parcel: Waiting, sharing: float) -> str | None:
    """Return the ts of the message that the parcel has become; None: it hasn't, or it can't be told."""
    match parcel.kind:
        case Kind.POST:
            return await _search(client, parcel)
        case Kind.UPLOAD:
            return await _searched_for(client, parcel, sharing)
        case _:
            return None


async def _searched_for(client: AsyncWebClient, parcel: Waiting, patience: float) -> str | None:
    """Look at once and again: a file may be on its way into the channel."""
    until = time.monotonic() + patience
    while True:
        ts, left = await _search(client, parcel), until - time.monotonic()
        if ts is not None or left <= 0:
            return ts
        await asyncio.sleep(min(SEARCH_EVERY, left))


async def _search(client: AsyncWebClient, parcel: Waiting) -> str | None:
    try:
        async for message in _since_it_was_tried(client, parcel):
            if _carries(message, parcel):
                return str(message["ts"])
    except SlackApiError as refused:
        if retry_after(refused) is not None or down(refused) or doubtful(refused):
            raise
    return None


async def _say(client: AsyncWebClient, parcel: Waiting) -> str | None:
    """Post or edit in the richest form that Slack takes."""
    refusals: list[SlackApiError] = []
    for body in forms(parcel.body):
        try:
            return await _post_or_edit(client, parcel, body)
        except SlackApiError as refused:
            if code(refused) not in TOO_RICH:
                raise
            refusals.append(refused)
    raise refusals[0]


async def _post_or_edit(client: AsyncWebClient, parcel: Waiting, body: Body) -> str | None:
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": parcel.key}}
    if parcel.ts is None:
        said = {**body, "unfurl_links": False, "unfurl_media": False}
        return str((await client.chat_postMessage(channel=parcel.channel, metadata=metadata, **said))["ts"])
    content = {"text": body["text"], "blocks": body.get("blocks") or []}
    await client.chat_update(channel=parcel.channel, ts=parcel.ts, metadata=metadata, **content)
    return parcel.ts


async def _appeared(client: AsyncWebClient, file_id: str, channel: str, patience: float) -> str | None:
    for _ in range(max(1, int(patience / LOOK_EVERY))):
        try:
            described = (await client.files_info(file=file_id)).get("file") or {}
        except UNREACHABLE:
            return None  # it is there; only where, nobody can say
        for shared in (described.get("shares") or {}).values():
            if channel in shared:
                return str(shared[channel][0]["ts"])
        if any(channel in (described.get(kind) or ()) for kind in ("channels", "groups", "ims")):
            return None
        await asyncio.sleep(LOOK_EVERY)
    return None


async def _set_session(client: AsyncWebClient, parcel: Waiting) -> None:
    """Say how the work stands to Slack, which shows a Stop of its own meanwhile; not every workspace knows sessions."""
    try:
        await client.agents_sessions_setStatus(channel_id=parcel.channel, **parcel.body)
    except SlackApiError as refused:
        waits = retry_after(refused) is not None or down(refused) or doubtful(refused)
        if waits and not unheard_of(refused):
            raise


async def _since_it_was_tried(client: AsyncWebClient, parcel: Waiting) -> AsyncIterator[dict[str, Any]]:
    where: dict[str, Any] = {"channel": parcel.channel, "include_all_metadata": True, "limit": PAGE}
    if parcel.tried_at is not None:
        where["oldest"] = f"{(parcel.tried_at - SKEW).timestamp():.6f}"
    thread_ts = parcel.body.get("thread_ts")
    if thread_ts is None:
        answer = await client.conversations_history(**where)
    else:
        answer = await client.conversations_replies(ts=thread_ts, **where)
    async for page in answer:
        for message in page.get("messages") or ():
            yield message


def _carries(message: dict[str, Any], parcel: Waiting) -> bool:
    """Tell by the key in its metadata; where Slack shows none, for want of a scope, by its very words."""
    if parcel.kind is Kind.POST:
        if not (metadata := message.get("metadata")):
            return bool(message.get("bot_id")) and message.get("text") == parcel.body["text"] != ""
        key = (metadata.get("event_payload") or {}).get("key")
        return metadata.get("event_type") == EVENT_TYPE and key == parcel.key
    wanted = (parcel.body["filename"], len(parcel.content or b""))
    return any((each.get("name"), each.get("size")) == wanted for each in message.get("files") or ())
