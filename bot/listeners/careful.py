"""What holds for every listener: nothing is raised after the acknowledgement, and everybody gets an answer."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

from bot.mistakes import Mistake
from bot.slack.refusal import UNREACHABLE
from bot.thread.text import clean, escaped

logger = logging.getLogger(__name__)

Listener = Callable[[AsyncArgs], Awaitable[None]]
UNDER_WAY: set[asyncio.Task[object]] = set()
"""Bolt keeps no hold of its listeners' tasks; whoever ends the process waits for them here."""
LONGEST_SECONDS = 3.0


def careful(listener: Listener) -> Listener:
    """Answer a mistake in its own words and anything else with an id to look for in the log.

    Bolt takes an acknowledgement back where a listener raises soon after it.
    """

    async def safe(args: AsyncArgs) -> None:
        if (task := asyncio.current_task()) is not None:
            UNDER_WAY.add(task)
            task.add_done_callback(UNDER_WAY.discard)
        try:
            await listener(args)
        except Mistake as mistake:
            await tell(args, escaped(clean(mistake.message)))
        except Exception:  # the process's edge towards Slack
            error_id = secrets.token_hex(4)
            logger.exception("%s failed, error %s", args.body.get("type") or args.body.get("command"), error_id)
            if args.ack.response is None:
                await args.ack()
            await tell(args, f"That went wrong here. Please try again; the log has the details under {error_id}.")

    return safe


async def settled() -> None:
    """Wait for the listeners that are under way, and end those that take too long."""
    if tasks := set(UNDER_WAY):
        _, late = await asyncio.wait(tasks, timeout=LONGEST_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def tell(args: AsyncArgs, text: str) -> None:
    """Tell somebody something in private, where they did what this answers; never raises."""
    try:
        await _tell(args, text)
    except UNREACHABLE as why:
        logger.warning("somebody could not be answered (%s): %s", type(why).__name__, text)


async def _tell(args: AsyncArgs, text: str) -> None:
    user, channel, thread = place(args)
    if user and channel and thread:
        with suppress(SlackApiError):
            await args.client.chat_postEphemeral(channel=channel, user=user, text=text, thread_ts=thread)
            return
    if args.body.get("response_url"):
        await args.respond(text=text, response_type="ephemeral", replace_original=False)
    elif user and channel:
        await args.client.chat_postEphemeral(channel=channel, user=user, text=text)
    elif user:
        await args.client.chat_postMessage(channel=user, text=text)


def place(args: AsyncArgs) -> tuple[str | None, str | None, str | None]:
    """Return who did it, in which channel, and in which thread; of a modal, where it was opened from."""
    message = args.body.get("message") or args.body.get("event") or {}
    kept = metadata(args)
    channel = args.context.channel_id or kept.get("channel") or None
    return args.context.user_id, channel, message.get("thread_ts") or kept.get("thread_ts") or None


def metadata(args: AsyncArgs) -> dict[str, str]:
    """Return what a modal of ours is about; empty where there is no modal."""
    written = (args.body.get("view") or {}).get("private_metadata")
    return dict(json.loads(written)) if written else {}


def opened_at(args: AsyncArgs) -> dict[str, str]:
    """Return where something was pressed, for the modal that it opens to keep."""
    _, channel, thread = place(args)
    return {"channel": channel or "", "thread_ts": thread or ""}
