"""Buttons that anybody of the team may press: Stop, feedback, taking over, the report, muting."""

import re
from datetime import UTC, datetime, timedelta

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit, shared
from bot.listeners.answers import UNKNOWN, halted, quiet, unstoppable, when, who
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, metadata, opened_at, tell
from bot.listeners.presses import pressed_by
from bot.listeners.reports import find, in_private
from bot.slack.refusal import UNREACHABLE
from bot.thread.modals import LENGTH, mute_modal
from bot.thread.presses import FEEDBACK, MUTE, MUTE_MODAL, OPEN_REPORT, OWN, STOP
from incident.facts import Owned
from incident.model import OutOfOrder
from incident.ports import UnknownIncident
from storage.feedback import Rating
from storage.memory import Mute

RATINGS = dict(zip(FEEDBACK, Rating, strict=True))


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""
    _register_stops(app, bot)
    _register_remarks(app, bot)
    _register_muting(app, bot)


def _register_stops(app: AsyncApp, bot: Bot) -> None:
    @app.action(STOP)
    @careful
    async def stop(args: AsyncArgs) -> None:
        about, user = await pressed_by(args)
        await tell(args, await halt(bot, about.incident, user))

    @app.event("agent_session_stopped")
    @careful
    async def session_stopped(args: AsyncArgs) -> None:
        event = args.event or {}
        await admit(args.client, event["user"])
        for incident_id in await bot.memory.incidents_in(event["channel"], event["thread_ts"]):
            if not (await bot.store.load(incident_id)).status.ended:
                await halt(bot, incident_id, event["user"])


def _register_remarks(app: AsyncApp, bot: Bot) -> None:
    @app.action(re.compile("|".join(FEEDBACK)))
    @careful
    async def feedback(args: AsyncArgs) -> None:
        about, user = await pressed_by(args)
        said = str((args.action or {})["action_id"])
        await bot.feedback.rate((await bot.store.load(about.incident)).id, user, RATINGS[said])
        await tell(args, f"Noted: {FEEDBACK[said].lower()}. Pressing another one changes it.")

    @app.action(OWN)
    @careful
    async def own(args: AsyncArgs) -> None:
        about, user = await pressed_by(args)
        before = (await bot.store.load(about.incident)).last(Owned)
        if before is not None and before.by == user:
            await tell(args, f"{about.incident} is yours already, since {when(before.at)}.")
            return
        await bot.runner.note(about.incident, lambda now: Owned(at=now, by=user))
        await tell(args, f"{about.incident} is yours{f' now; before, {who(before.by)} had it' if before else ''}.")

    @app.action(OPEN_REPORT)
    @careful
    async def open_report(args: AsyncArgs) -> None:
        about, user = await pressed_by(args)
        await tell(args, await in_private(args.client, bot, await find(args.client, bot, user, about.incident), user))


def _register_muting(app: AsyncApp, bot: Bot) -> None:
    @app.action(MUTE)
    @careful
    async def mute(args: AsyncArgs) -> None:
        about, _ = await pressed_by(args)
        incident = await bot.store.load(about.incident)
        muted = await bot.memory.muted(incident.alert.fingerprint(incident.environment))
        view = mute_modal(about, opened_at(args), (muted.by, muted.until) if muted else None)
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.view(MUTE_MODAL)
    @careful
    async def muted(args: AsyncArgs) -> None:
        await args.ack()
        view, user = args.body["view"], args.body["user"]["id"]
        hours = int(view["state"]["values"][LENGTH][LENGTH]["selected_option"]["value"])
        incident = await bot.store.load(metadata(args)["incident"])
        until = datetime.now(UTC) + timedelta(hours=hours)
        mute = Mute(incident.alert.fingerprint(incident.environment), user, until)
        await bot.memory.mute(mute, incident.id)
        said = quiet(mute) if hours else f"{who(user)} unmuted this alert: the same problem opens an incident again."
        await _let_know(args, bot, incident.id, said)


async def _let_know(args: AsyncArgs, bot: Bot, incident_id: str, said: str) -> None:
    """Say it in the incident's thread, or else to whoever did it."""
    thread = await bot.memory.thread(incident_id)
    try:
        if thread is None or thread.thread_ts is None or await shared(args.client, thread.channel):
            await tell(args, said)
            return
        await args.client.chat_postMessage(channel=thread.channel, thread_ts=thread.thread_ts, text=said)
    except UNREACHABLE:
        await tell(args, said)


async def halt(bot: Bot, incident_id: str, by: str) -> str:
    """Stop the work on an incident and return what to say to whoever pressed."""
    try:
        return halted(await bot.runner.stop(incident_id, by))
    except UnknownIncident:
        return UNKNOWN
    except OutOfOrder:
        return unstoppable(await bot.store.load(incident_id))
