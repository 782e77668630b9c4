"""Approve and Reject. Every click is answered: what it did, or why it did nothing and what happened instead."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.answers import UNKNOWN, decided, may_approve, refused, taken
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, metadata, opened_at, place, tell
from bot.listeners.pausing import stands
from bot.listeners.presses import press_of
from bot.listeners.refusals import Attempt, refuse, witness
from bot.listeners.standing import barred
from bot.listeners.trusted import trust
from bot.mistakes import Mistake
from bot.runner import Answer
from bot.thread.modals import REASON, reject_modal
from bot.thread.presses import APPROVE, REJECT, REJECT_MODAL, Pressed
from incident.facts import Decision, Verdict
from incident.model import Incident, OutOfOrder
from incident.ports import Paused, UnknownIncident
from incident.status import Status

STILL_OPEN = "Nothing was done; the question stays open until it expires, and works once acting is resumed."
ELSEWHERE = "This question isn't asked here: please answer on the newest card of its own thread. Nothing was done."


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.action(APPROVE)
    @careful
    async def approve(args: AsyncArgs) -> None:
        await args.ack()
        if about := await _about(args, bot, Decision.APPROVED):
            await _decide(args, bot, _answer(args, Decision.APPROVED, about), about)

    @app.action(REJECT)
    @careful
    async def reject(args: AsyncArgs) -> None:
        await args.ack()
        about = await _about(args, bot, Decision.REJECTED)
        if about and await _open(args, bot, _answer(args, Decision.REJECTED, about), about):
            view = reject_modal(about, opened_at(args))
            await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.view(REJECT_MODAL)
    @careful
    async def rejected(args: AsyncArgs) -> None:
        await args.ack()
        kept = metadata(args)
        reason = args.body["view"]["state"]["values"][REASON][REASON].get("value") or ""
        about = Pressed(kept["incident"], kept["digest"])
        await _decide(args, bot, _answer(args, Decision.REJECTED, about, reason), about)


async def _about(args: AsyncArgs, bot: Bot, decision: Decision) -> Pressed | None:
    """Return what was pressed; None for what is none of our questions, which is answered and kept."""
    try:
        about = press_of(args)
    except Mistake as forged:
        about = Pressed("")
        await _refuse(args, bot, _attempt(_answer(args, decision, about), about), forged.message)
        return None
    return about


def _answer(args: AsyncArgs, decision: Decision, about: Pressed, reason: str = "") -> Answer:
    return Answer(args.body["user"]["id"], decision, about.digest or "", reason)


async def _decide(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> None:
    if await _asked(args, bot, answer, about) is None:
        return
    attempt = _attempt(answer, about)
    await witness(bot, attempt)
    try:
        incident = await bot.runner.decide(about.incident, answer)
        said = decided(incident, answer)
        await (tell(args, said) if taken(incident, answer) else _refuse(args, bot, attempt, said))
    except Paused as paused:
        await _refuse(args, bot, attempt, f"{stands(paused.pause)} {STILL_OPEN}")
    except OutOfOrder:
        await _refuse(args, bot, attempt, refused(await bot.store.load(about.incident), answer))


async def _open(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> bool:
    """Tell whether the question still waits for this answer; if not, say what became of it."""
    incident = await _asked(args, bot, answer, about)
    if incident is None:
        return False
    waits = incident.status is Status.AWAITING_APPROVAL
    if not waits:
        await _refuse(args, bot, _attempt(answer, about), refused(incident, answer))
    return waits


async def _asked(args: AsyncArgs, bot: Bot, answer: Answer, about: Pressed) -> Incident | None:
    """Return the incident where this person may answer for it; None where not, which was answered and kept."""
    incident = None
    try:
        await trust(args, answer.by)
        incident = await bot.store.load(about.incident)
        why = await _why_not(args, bot, incident, answer)
    except Mistake as stranger:
        why = stranger.message
    except UnknownIncident:
        why = UNKNOWN
    if why:
        await _refuse(args, bot, _attempt(answer, about), why)
    return None if why else incident


async def _why_not(args: AsyncArgs, bot: Bot, incident: Incident, answer: Answer) -> str:
    """Return why this person's answer doesn't count for what is asked in this place; empty where it may."""
    for people in (bot.approvers, await bot.whom.owners(incident)):
        if people is not None and not await people.include(answer.by):
            return f"You may not approve or reject here: {may_approve(await people.words())}. Nothing was done."
    thread, (_, channel, _) = await bot.memory.thread(incident.id), place(args)
    if thread is None or thread.channel != channel:
        return ELSEWHERE
    verdict, waits = incident.last(Verdict), incident.status is Status.AWAITING_APPROVAL
    return barred(verdict, answer.by, answer.decision) if waits and verdict is not None else ""


def _attempt(answer: Answer, about: Pressed) -> Attempt:
    return Attempt(answer.by, answer.decision.value, about)


async def _refuse(args: AsyncArgs, bot: Bot, attempt: Attempt, why: str) -> None:
    await refuse(bot, attempt, why, bot.approvers)
    await tell(args, why)
