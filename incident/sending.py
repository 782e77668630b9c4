"""Exactly once: a rollback is sent by whoever could store that it is being sent, and followed by everybody."""

import asyncio
from datetime import timedelta

from incident.facts import Outcome, RollbackEnded, RollbackSeen, RollbackSent, RollbackStarted, Stopped
from incident.hands import Hands
from incident.mode import Mode
from incident.model import Incident
from incident.policy import Policy
from incident.ports import Deployer, Dispatched, NotReady, Paused, Send, Sighting, Tell
from incident.status import Status
from incident.unbroken import unbroken

DEADLINE = timedelta(minutes=30).total_seconds()
"""Wall time after which a rollback's answer counts as lost."""

STALE = timedelta(minutes=10)
"""How long a decision to roll back may wait to be sent, as after a crash; interface.md says it of runs."""


async def see_through(hands: Hands, incident: Incident, started: RollbackStarted) -> Incident:
    """Send it once and return; or, where it was sent, follow it to its end. Both are stored."""
    policy, sent = await hands.allowed(), incident.last(RollbackSent)
    deployer = _allowed(hands, incident, policy)
    if isinstance(deployer, str):
        return await _end(hands, incident.id, started, _unseen(deployer) if sent else Dispatched.never(deployer))
    if sent:
        return await _follow(hands, incident, started, deployer)
    if why_not := _too_late(hands, incident, started) or _forbidden(policy, incident, started):
        return await _end(hands, incident.id, started, Dispatched.never(why_not))
    try:
        async with deployer.prepared(started.plan, started.key) as send:
            return await unbroken(_send(hands, incident, started, send))
    except NotReady as why:
        return await _end(hands, incident.id, started, Dispatched.never(str(why), why.url))


def _allowed(hands: Hands, incident: Incident, policy: Policy) -> Deployer | str:
    """Return who may do it, or why nobody may: a made-up world never reaches a real system, nor the other way round."""
    if hands.deployer is None or policy.rehearsed_in(incident.world):
        return "nobody here can do it or look what became of it"
    if hands.deployer.acts_on is not incident.world:
        return f"what would do it acts on {hands.deployer.acts_on} systems, and this incident is of a {incident.world}"
    return hands.deployer


def _too_late(hands: Hands, incident: Incident, started: RollbackStarted) -> str:
    since = incident.facts[incident.facts.index(started) :]
    if any(isinstance(fact, Stopped) for fact in since):
        return "it was stopped first"
    waited = hands.clock.now() - started.at
    return f"nobody was there to do it for {waited // timedelta(minutes=1)} minutes" if waited > STALE else ""


def _forbidden(policy: Policy, incident: Incident, started: RollbackStarted) -> str:
    """Return why people don't let it happen any more: they have changed the mode since, while nobody was there."""
    mode = policy.mode_in(incident.world, started.plan.service)
    if mode is Mode.AUTO or (mode is Mode.ASK and not started.automatic):
        return ""
    return f"the mode is {mode} by now"


async def _send(hands: Hands, incident: Incident, started: RollbackStarted, send: Send) -> Incident:
    """Store that it is being sent, which one process can, once, and none during a pause; then send it before all else.

    Killed in between, it is looked for in vain: so even showing what was stored comes after it.
    """
    try:
        claimed = await hands.store.append(incident, RollbackSent(at=hands.clock.now(), key=started.key))
    except Paused as pause:
        return await _end(hands, incident.id, started, Dispatched.never(str(pause)))
    try:
        async with asyncio.timeout(DEADLINE):
            answer = await send()
    except OSError:  # TimeoutError is one
        answer = None
    await hands.show(claimed, len(claimed.facts))
    if isinstance(answer, Dispatched):
        return await _end(hands, incident.id, started, answer)
    if answer is not None:
        await _telling(hands, incident.id, started.key)(answer)
    return await hands.store.load(incident.id)


def _telling(hands: Hands, incident_id: str, key: str) -> Tell:
    async def tell(sighting: Sighting) -> None:
        seen = RollbackSeen(at=hands.clock.now(), key=key, **sighting._asdict())
        known = await hands.store.load(incident_id)
        if known.status is Status.ROLLING_BACK:
            await hands.record(known, seen)

    return tell


async def _follow(hands: Hands, incident: Incident, started: RollbackStarted, deployer: Deployer) -> Incident:
    seen, tell = incident.last(RollbackSeen), _telling(hands, incident.id, started.key)
    try:
        async with asyncio.timeout(DEADLINE):
            done = await deployer.follow(started.plan, started.key, None if seen is None else seen.run, tell)
    except OSError as lost:
        done = _unseen(f"the answer was lost ({type(lost).__name__})")
    return await _end(hands, incident.id, started, done)


async def _end(hands: Hands, incident_id: str, started: RollbackStarted, done: Dispatched) -> Incident:
    incident = await hands.store.load(incident_id)
    if incident.status is not Status.ROLLING_BACK:  # somebody else has followed it to its end
        return incident
    seen = incident.last(RollbackSeen)
    url = done.url or (None if seen is None else seen.url)
    ended = RollbackEnded(at=hands.clock.now(), key=started.key, outcome=done.outcome, url=url, reason=done.reason)
    return await hands.record(incident, ended)


def _unseen(why: str) -> Dispatched:
    return Dispatched(Outcome.UNKNOWN, reason=f"It was sent, and what became of it isn't known: {why}.")
