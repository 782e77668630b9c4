"""Approve and Reject. Every click is answered: what it did, or why it did nothing and what happened instead."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit
from bot.listeners.answers import UNKNOWN, decided, may_approve, refused
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, metadata, opened_at, tell
from bot.listeners.owners import owners
from bot.listeners.pausing import stands
from bot.listeners.presses import press_of
from bot.listeners.refusals import Attempt, refuse, witness
from bot.mistakes import Mistake
from bot.runner import Answer
from bot.thread.modals import REASON, reject_modal
from bot.thread.presses import APPROVE, REJECT, REJECT_MODAL, Pressed
from incident.facts import Decision
from incident.model import OutOfOrder, Status
from incident.ports import Paused, UnknownIncident

STILL_OPEN = "Nothing was done; the question stays open until it expires, and works once acting is resumed."


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

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
        if await _may(args, bot, _attempt(answer, about)) and await _open(args, bot, answer, about):
            view = reject_modal(about, opened_at(args))
            await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.view(REJECT_MODAL)
    @careful
    async def rejected(args: AsyncArgs) -> None:
        await args.ack()
        kept = metadata(args)
        reason = args.body["view"]["state"]["values"][REASON][REASON].get("value") or ""
        answer = Answer(args.body["user"]["id"], Decision.REJECTED, kept["digest"], reason)
        await _decide(args, bot, answer, Pressed(kept["incident"], kept["digest"]))


async def _decide(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> None:
    attempt = _attempt(answer, about)
    if not await _may(args, bot, attempt):
        return
    await witness(bot, attempt)
    try:
        await tell(args, decided(await bot.runner.decide(about.incident, answer), answer))
    except UnknownIncident:
        await _refuse(args, bot, attempt, UNKNOWN)
    except Paused as paused:
        await _refuse(args, bot, attempt, f"{stands(paused.pause)} {STILL_OPEN}")
    except OutOfOrder:
        await _refuse(args, bot, attempt, refused(await bot.store.load(about.incident), answer))


def _attempt(answer: Answer, about: Pressed) -> Attempt:
    return Attempt(answer.by, answer.decision.value, about)


async def _refuse(args: AsyncArgs, bot: Bot, attempt: Attempt, why: str) -> None:
    await refuse(bot, attempt, why, bot.approvers)
    await tell(args, why)


async def _may(args: AsyncArgs, bot: Bot, attempt: Attempt) -> bool:
    """Tell whether somebody may answer, by the settings and by the service's owners too; if not, say who may."""
    try:
        await admit(args.client, attempt.by)
    except Mistake as guest:
        await refuse(bot, attempt, guest.message, bot.approvers)
        raise
    for people in (bot.approvers, await owners(args.client, bot, attempt.about)):
        if people is not None and not await people.include(attempt.by):
            named = may_approve(await people.words())
            await _refuse(args, bot, attempt, f"You may not approve or reject here: {named}. Nothing was done.")
            return False
    return True


async def _open(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> bool:
    """Tell whether the question still waits for this answer; if not, say what became of it."""
    try:
        incident = await bot.store.load(about.incident)
    except UnknownIncident:
        await _refuse(args, bot, _attempt(answer, about), UNKNOWN)
        return False
    waits = incident.status is Status.AWAITING_APPROVAL
    if not waits:
        await _refuse(args, bot, _attempt(answer, about), refused(incident, answer))
    return waits
