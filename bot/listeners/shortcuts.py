"""The message menu's "Investigate this message": an alert that is read there, or else a question what it is about."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.alerts import Fired
from bot.listeners.admission import admit, room
from bot.listeners.alerts import read
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, tell
from bot.thread.modals import investigate_modal
from bot.thread.presses import INVESTIGATE_MESSAGE
from storage.memory import Origin


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.shortcut(INVESTIGATE_MESSAGE)
    @careful
    async def investigate_message(args: AsyncArgs) -> None:
        await args.ack()
        await admit(args.client, args.body["user"]["id"])
        message, channel = args.body["message"], args.body["channel"]["id"]
        top = message.get("thread_ts") or message["ts"]
        fired = next((seen for seen in read(bot, message) if isinstance(seen, Fired)), None)
        if fired is None:
            await bot.runner.admit()
            view = investigate_modal({"channel": channel, "ts": top})
            await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)
            return
        there = await room(args.client, bot, channel)
        place = bot.places.of_alert(fired)
        incident = await bot.runner.investigate(place, Origin(channel, top) if there == channel else Origin(there))
        await tell(args, f"Investigating this as {incident.id}.")
