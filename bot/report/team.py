"""The team's flow, read off the facts: plan, three agents side by side, decision, act."""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.report import words
from bot.report.figures import duration, share
from incident.facts import (
    Agent,
    Approval,
    Check,
    Decision,
    Diagnosis,
    Outcome,
    Recovery,
    RollbackEnded,
    Turn,
    TurnStatus,
    Verdict,
)
from incident.model import Incident

SPECIALISTS = (Agent.LOGS, Agent.METRICS, Agent.DEPLOY)


class State(StrEnum):
    """How far a step of the flow came."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    OPEN = "open"


class Step(NamedTuple):
    """One box of the flow. ``note`` is short: it has to fit the box."""

    name: str
    state: State
    note: str


class Flow(NamedTuple):
    """The boxes, by their place in the picture."""

    plan: Step
    agents: tuple[Step, ...]
    decide: Step
    act: Step
    check: Step

    @property
    def steps(self) -> tuple[Step, ...]:
        """All boxes in reading order."""
        return (self.plan, *self.agents, self.decide, self.act, self.check)


def flow(incident: Incident) -> Flow:
    """Return what became of each step; one that nobody reached is skipped, or open while the incident runs."""
    missing = State.SKIPPED if incident.status.ended else State.OPEN
    turns = incident.every(Turn)
    commander = [t for t in turns if t.agent is Agent.COMMANDER]
    return Flow(
        _spoken("Plan", commander[:1], missing),
        tuple(_spoken(words.AGENTS[a], [t for t in turns if t.agent is a], missing) for a in SPECIALISTS),
        _decided(incident, missing),
        _acted(incident, missing),
        _checked(incident, missing),
    )


def _spoken(name: str, turns: list[Turn], missing: State) -> Step:
    if not turns:
        return Step(name, missing, "no turn")
    took = duration(sum((t.at - t.started_at for t in turns), timedelta()))
    if all(t.status is not TurnStatus.DONE for t in turns):
        return Step(name, State.FAILED, words.TURNS[turns[-1].status])
    found = sum(len(t.found) for t in turns)
    evidence = f"{found or 'no'} piece{'s' * (found != 1)}"
    rounds = f", {len(turns)} rounds" if len(turns) > 1 else " of evidence"
    return Step(name, State.DONE, took if name == "Plan" else f"{evidence}{rounds}")


def _decided(incident: Incident, missing: State) -> Step:
    diagnosis, verdict = incident.last(Diagnosis), incident.last(Verdict)
    if diagnosis is None:
        return Step("Decide", missing, "no diagnosis")
    said = words.SHORT[verdict.action] if verdict else "no verdict yet"
    return Step("Decide", State.DONE, f"{share(diagnosis.confidence)} sure: {said}")


def _acted(incident: Incident, missing: State) -> Step:
    ended, approval, verdict = incident.last(RollbackEnded), incident.last(Approval), incident.last(Verdict)
    if ended is not None:
        worked = ended.outcome is Outcome.SUCCEEDED
        return Step("Act", State.DONE if worked else State.FAILED, f"rollback {words.OUTCOMES[ended.outcome]}")
    if approval is not None and approval.decision is not Decision.APPROVED:
        return Step("Act", State.SKIPPED, approval.decision.value)
    if verdict is not None and (verdict.rehearsed or verdict.plan is None or incident.status.ended):
        return Step("Act", State.SKIPPED, "rehearsed only" if verdict.rehearsed else "nothing executed")
    return Step("Act", missing, words.STATUSES[incident.status] if missing is State.OPEN else "nothing executed")


def _checked(incident: Incident, missing: State) -> Step:
    check = incident.last(Check)
    if check is None:
        return Step("Check", missing if incident.last(RollbackEnded) else State.SKIPPED, "nothing to check")
    good = check.result is Recovery.RECOVERED
    return Step("Check", State.DONE if good else State.FAILED, check.result.value)
