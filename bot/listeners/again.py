"""Looking again: an ended incident's problem is investigated anew, with what people have written in its thread."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import keep_inside
from bot.listeners.asks import asked
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, tell
from bot.listeners.presses import pressed_by
from bot.report.words import STATUSES
from bot.thread.presses import LOOK_AGAIN
from incident.facts import Remark
from incident.model import Incident, OutOfOrder
from incident.ports import AlreadyOpen
from storage.memory import Origin

MOST = 8
"""Remarks that are taken along, the newest."""


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.action(LOOK_AGAIN)
    @careful
    async def look_again(args: AsyncArgs) -> None:
        about, user = await pressed_by(args)
        await keep_inside(args.client, args.body["channel"]["id"])
        await tell(args, await look(bot, about.incident, user))


async def look(bot: Bot, incident_id: str, by: str) -> str:
    """Open the incident that follows, and return what to say to whoever wants it."""
    earlier, thread = await bot.store.load(incident_id), await bot.memory.thread(incident_id)
    if not earlier.status.ended:
        return f"{earlier.id} is {STATUSES[earlier.status]}: it can be looked at again at its end. Stop ends it now."
    if earlier.acting:
        return f"Nobody has seen the end of the rollback of {earlier.id}: please look at that first."
    if thread is None:
        return f"{earlier.id} has no thread here; {bot.slash.investigate} begins one."
    known = hints(earlier)
    try:
        incident = await bot.runner.look_again(earlier, by, known, Origin(thread.channel, thread.thread_ts))
    except AlreadyOpen as held:
        return f"It was looked at again already, as {held}: press Look again there once that is over."
    except OutOfOrder:
        return f"Somebody else was quicker: {earlier.id} is closed, and what follows it comes in this thread."
    taken = f"with {len(known)} remark{'s' * (len(known) > 1)} of this thread" if known else "without any remark"
    return f"Looking again as {incident.id}, {taken}. What you write here reaches the commander at its next turn."


def hints(incident: Incident) -> tuple[Remark, ...]:
    """Return the newest remarks that say more than "look again"."""
    asks = ((remark, asked(remark.text)) for remark in incident.every(Remark))
    told = (remark.model_copy(update={"text": ask.about}) if ask.kind == "again" else remark for remark, ask in asks)
    return tuple(remark for remark in told if remark.text.strip())[-MOST:]
