"""What is done in which status. A step returns the incident with new facts, or as it was where a person is needed."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import timedelta
from types import MappingProxyType

from incident.facts import (
    Action,
    Approval,
    Decision,
    Diagnosis,
    Plan,
    Remark,
    Reminded,
    RollbackStarted,
    Verdict,
)
from incident.gate import worsened
from incident.hands import Hands
from incident.model import Incident, OutOfOrder
from incident.ports import Busy, Paused
from incident.sending import see_through
from incident.status import Status, World
from incident.verification import verify

logger = logging.getLogger(__name__)

OTHERS = "Who is asked, or how many have to agree, has changed."


async def investigate(hands: Hands, incident: Incident) -> Incident:
    """Let the team work, each turn stored as it comes; then ask the gate."""

    async def heard() -> tuple[Remark, ...]:
        return (await hands.store.load(incident.id)).every(Remark)

    if incident.last(Diagnosis) is None:
        async with aclosing(hands.investigator.investigate(incident, hands.telemetry, heard)) as facts:
            async for fact in facts:
                incident = await hands.record(incident, fact)
    return await hands.record(incident, await hands.addressed(incident, await hands.judge(incident)))


async def ask(hands: Hands, incident: Incident) -> Incident:
    """Ask a person where one is at hand; remind people half way, and let the question expire where its time is up.

    A terminal's answer is nobody's in particular, so it never counts for a real system.
    """
    verdict, _ = _proposed(incident)
    if _late(hands, verdict):
        return await hands.record(incident, _expired(hands))
    if await _others_are_asked(hands, incident, verdict):
        return await _call_off(hands, incident, await hands.judge(incident), (OTHERS,))
    if incident.reminded is None and verdict.half_way is not None and hands.clock.now() >= verdict.half_way:
        return await hands.record(incident, Reminded(at=hands.clock.now()))
    here = hands.asker is not None and incident.world is not World.REAL
    answer = await hands.asker(incident, verdict) if hands.asker is not None and here else None
    if answer is None:
        return incident
    try:
        return await decide(hands, incident, answer)
    except (OutOfOrder, Paused) as refused:
        logger.warning("%s: an answer that doesn't count: %s", incident.id, refused)
        return incident


async def decide(hands: Hands, incident: Incident, answer: Approval) -> Incident:
    """Store a person's answer. A yes counts only while the world is as it was when the question was asked.

    Raises `OutOfOrder` for an answer that can't count: nothing is asked, the plan is another, it was given already;
    `Paused` for a yes while acting is paused: the question stays open.
    """
    verdict, _ = _proposed(incident)
    if incident.status is Status.AWAITING_APPROVAL and _late(hands, verdict):
        return await hands.record(incident, _expired(hands))
    incident.after(answer)
    if answer.decision is Decision.APPROVED:
        await _refuse_paused(hands)
        now = await hands.judge(incident)
        changed = worsened(verdict, now)
        if changed:
            return await _call_off(hands, incident, now, changed)
    return await hands.record(incident, answer)


async def wait_for_veto(hands: Hands, incident: Incident) -> Incident:
    """Give people the time to press Stop, then start if every check still holds."""
    verdict, _ = _proposed(incident)
    while verdict.expires_at is not None and (left := verdict.expires_at - hands.clock.now()) > timedelta(0):
        await hands.clock.for_people(left)
    return await _start(hands, incident)


async def roll_back(hands: Hands, incident: Incident) -> Incident:
    """Start it, then see it through to its end. After a restart the same key finds what was sent before."""
    started = incident.last(RollbackStarted)
    if started is None:
        return await _start(hands, incident)
    return await see_through(hands, incident, started)


Step = Callable[[Hands, Incident], Awaitable[Incident]]
STEPS: Mapping[Status, Step] = MappingProxyType({
    Status.INVESTIGATING: investigate,
    Status.AWAITING_APPROVAL: ask,
    Status.AWAITING_VETO: wait_for_veto,
    Status.ROLLING_BACK: roll_back,
    Status.VERIFYING: verify,
})  # fmt: skip
"""What to do in which status; in the others there is nothing to do."""


def rollback_key(incident: Incident, plan: Plan) -> str:
    """Name the one effect that this plan may have for this incident: the same in every process, however often asked."""
    return f"{incident.id}-{plan.bare.digest.removeprefix('sha256:')[:16]}"


async def _start(hands: Hands, incident: Incident) -> Incident:
    """Store the start of the rollback, unless the world has changed or another one is under way."""
    verdict, plan = _proposed(incident)
    now = await hands.judge(incident)
    changed = worsened(verdict, now)
    if changed:
        return await _call_off(hands, incident, now, changed)
    automatic = incident.status is Status.AWAITING_VETO
    started = RollbackStarted(at=hands.clock.now(), key=rollback_key(incident, plan), plan=plan, automatic=automatic)
    try:
        return await hands.record(incident, started)
    except (Busy, Paused) as refused:
        now = await hands.judge(incident)
        asks = now if now.action is Action.ASK else now.model_copy(update={"action": Action.REPORT})
        return await _call_off(hands, incident, asks, (str(refused),))


async def _call_off(hands: Hands, incident: Incident, now: Verdict, changed: tuple[str, ...]) -> Incident:
    """Ask anew where something may still be proposed, else end the question with what has changed."""
    if now.action is Action.REPORT:
        return await hands.record(incident, _superseded(hands, changed))
    renewed = now.model_copy(update={"reasons": (*changed, *now.reasons)})
    return await hands.record(incident, await hands.addressed(incident, renewed))


async def _others_are_asked(hands: Hands, incident: Incident, verdict: Verdict) -> bool:
    """Tell whether the settings name others now than when it was asked, or another number; or nobody was seen then.

    Who has joined or left a group since doesn't matter.
    """
    if (await hands.allowed()).approvals_needed != verdict.approvals_needed:
        return True
    now = (await hands.addressed(incident, verdict)).asked
    seen = verdict.asked
    if now is None or seen is None:
        return now is not seen
    if not now.named:  # nobody may answer any more, or nobody can be seen just now: each click is told
        return False
    nobody_seen = not seen.approvers and bool(now.approvers)
    return nobody_seen or (now.named, now.on_call, now.maker) != (seen.named, seen.on_call, seen.maker)


async def _refuse_paused(hands: Hands) -> None:
    if (pause := (await hands.allowed()).pause) is not None:
        raise Paused(pause)


def _proposed(incident: Incident) -> tuple[Verdict, Plan]:
    verdict = incident.last(Verdict)
    if verdict is None or verdict.plan is None:
        message = f"{incident.id} is {incident.status}: nothing is proposed"
        raise OutOfOrder(message)
    return verdict, verdict.plan


def _late(hands: Hands, verdict: Verdict) -> bool:
    return verdict.expires_at is not None and hands.clock.now() >= verdict.expires_at


def _expired(hands: Hands) -> Approval:
    return Approval(at=hands.clock.now(), decision=Decision.EXPIRED, reason="Nobody answered in time.")


def _superseded(hands: Hands, changed: tuple[str, ...]) -> Approval:
    return Approval(at=hands.clock.now(), decision=Decision.SUPERSEDED, reason=" ".join(changed))
