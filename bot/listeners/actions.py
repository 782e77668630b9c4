"""Buttons. Every click is answered: what it did, or why it did nothing and what happened instead."""

import re
from datetime import UTC, datetime, timedelta

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit
from bot.listeners.answers import decided, halted, refused, unstoppable, when, who
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, metadata, place, tell
from bot.listeners.presses import press_of
from bot.listeners.reports import find, in_private
from bot.listeners.views import LENGTH, REASON, mute_modal, reject_modal
from bot.runner import Answer
from bot.thread.presses import (
    APPROVE,
    FEEDBACK,
    MUTE,
    MUTE_MODAL,
    OPEN_REPORT,
    OWN,
    REJECT,
    REJECT_MODAL,
    STOP,
    Pressed,
)  # fmt: skip
from incident.facts import Decision, Owned
from incident.model import OutOfOrder, Status
from incident.ports import UnknownIncident
from storage.feedback import Rating
from storage.memory import Mute

RATINGS = dict(zip(FEEDBACK, Rating, strict=True))
UNKNOWN = "This incident isn't in my records any more."


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""
    _register_answers(app, bot)
    _register_stops(app, bot)
    _register_rest(app, bot)


def _register_answers(app: AsyncApp, bot: Bot) -> None:
    @app.action(APPROVE)
    @careful
    async def approve(args: AsyncArgs) -> None:
        await args.ack()
        about = press_of(args)
        await _decide(args, bot, Answer(args.body["user"]["id"], Decision.APPROVED, about.digest or ""), about)

    @app.action(REJECT)
    @careful
    async def reject(args: AsyncArgs) -> None:
        await args.ack()
        about, user = press_of(args), args.body["user"]["id"]
        answer = Answer(user, Decision.REJECTED, about.digest or "")
        if await _may(args, bot, user) and await _open(args, bot, answer, about):
            _, channel, thread = place(args)
            view = reject_modal(about, {"channel": channel or "", "thread_ts": thread or ""})
            await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.view(REJECT_MODAL)
    @careful
    async def rejected(args: AsyncArgs) -> None:
        await args.ack()
        kept = metadata(args)
        reason = args.body["view"]["state"]["values"][REASON][REASON].get("value") or ""
        answer = Answer(args.body["user"]["id"], Decision.REJECTED, kept["digest"], reason)
        await _decide(args, bot, answer, Pressed(kept["incident"], kept["digest"]))


def _register_stops(app: AsyncApp, bot: Bot) -> None:
    @app.action(STOP)
    @careful
    async def stop(args: AsyncArgs) -> None:
        await args.ack()
        await admit(args.client, args.body["user"]["id"])
        await tell(args, await halt(bot, press_of(args).incident, args.body["user"]["id"]))

    @app.event("agent_session_stopped")
    @careful
    async def session_stopped(args: AsyncArgs) -> None:
        event = args.event or {}
        for incident_id in await bot.memory.incidents_in(event["channel"], event["thread_ts"]):
            if not (await bot.store.load(incident_id)).status.ended:
                await halt(bot, incident_id, event["user"])


def _register_rest(app: AsyncApp, bot: Bot) -> None:
    @app.action(re.compile("|".join(FEEDBACK)))
    @careful
    async def feedback(args: AsyncArgs) -> None:
        await args.ack()
        about, user = press_of(args), args.body["user"]["id"]
        await admit(args.client, user)
        action_id = str((args.action or {})["action_id"])
        await bot.feedback.rate((await bot.store.load(about.incident)).id, user, RATINGS[action_id])
        await tell(args, f"Noted: {FEEDBACK[action_id].lower()}. Pressing another one changes it.")

    @app.action(OWN)
    @careful
    async def own(args: AsyncArgs) -> None:
        await args.ack()
        about, user = press_of(args), args.body["user"]["id"]
        await admit(args.client, user)
        before = (await bot.store.load(about.incident)).last(Owned)
        if before is not None and before.by == user:
            await tell(args, f"{about.incident} is yours already, since {when(before.at)}.")
            return
        await bot.runner.note(about.incident, lambda now: Owned(at=now, by=user))
        await tell(args, f"{about.incident} is yours{f' now; before, {who(before.by)} had it' if before else ''}.")

    @app.action(OPEN_REPORT)
    @careful
    async def open_report(args: AsyncArgs) -> None:
        await args.ack()
        about, user = press_of(args), args.body["user"]["id"]
        await admit(args.client, user)
        await tell(args, await in_private(args.client, bot, await find(args.client, bot, user, about.incident), user))

    @app.action(MUTE)
    @careful
    async def mute(args: AsyncArgs) -> None:
        await args.ack()
        await admit(args.client, args.body["user"]["id"])
        _, channel, thread = place(args)
        view = mute_modal(press_of(args), {"channel": channel or "", "thread_ts": thread or ""})
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.view(MUTE_MODAL)
    @careful
    async def muted(args: AsyncArgs) -> None:
        await args.ack()
        view, user = args.body["view"], args.body["user"]["id"]
        hours = int(view["state"]["values"][LENGTH][LENGTH]["selected_option"]["value"])
        incident = await bot.store.load(metadata(args)["incident"])
        until = datetime.now(UTC) + timedelta(hours=hours)
        await bot.memory.mute(Mute(incident.alert.fingerprint(incident.environment), user, until))
        await tell(args, f"Muted until {when(until)}: the same problem opens no incident until then.")


async def halt(bot: Bot, incident_id: str, by: str) -> str:
    """Stop the work on an incident and return what to say to whoever pressed."""
    try:
        return halted(await bot.runner.stop(incident_id, by))
    except UnknownIncident:
        return UNKNOWN
    except OutOfOrder:
        return unstoppable(await bot.store.load(incident_id))


async def _decide(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> None:
    if not await _may(args, bot, answer.by):
        return
    try:
        said = decided(await bot.runner.decide(about.incident, answer), answer)
    except UnknownIncident:
        said = UNKNOWN
    except OutOfOrder:
        said = refused(await bot.store.load(about.incident), answer)
    await tell(args, said)


async def _may(args: AsyncArgs, bot: Bot, user: str) -> bool:
    """Tell whether somebody may answer; if not, say who may."""
    await admit(args.client, user)
    if await bot.approvers.include(user):
        return True
    await tell(args, f"You may not approve or reject here: {await bot.approvers.words()}. Nothing was done.")
    return False


async def _open(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> bool:
    """Tell whether the question still waits for this answer; if not, say what became of it."""
    try:
        incident = await bot.store.load(about.incident)
    except UnknownIncident:
        await tell(args, UNKNOWN)
        return False
    waits = incident.status is Status.AWAITING_APPROVAL
    if not waits:
        await tell(args, refused(incident, answer))
    return waits
