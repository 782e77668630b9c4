"""Closing an incident that has ended: nothing is left to do about it."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit
from bot.listeners.answers import UNKNOWN, unclosable
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, tell
from bot.listeners.presses import press_of
from bot.thread.presses import CLOSE
from incident.facts import Closed
from incident.model import OutOfOrder
from incident.ports import UnknownIncident


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.action(CLOSE)
    @careful
    async def close(args: AsyncArgs) -> None:
        await args.ack()
        user = args.body["user"]["id"]
        await admit(args.client, user)
        await tell(args, await shut(bot, press_of(args).incident, user))


async def shut(bot: Bot, incident_id: str, by: str) -> str:
    """Close it and return what to say to whoever pressed."""
    try:
        await bot.runner.note(incident_id, lambda now: Closed(at=now, by=by, reason=""))
    except UnknownIncident:
        return UNKNOWN
    except OutOfOrder:
        return unclosable(await bot.store.load(incident_id))
    return f"{incident_id} is closed. The same problem joins it for a while if it pages again."
