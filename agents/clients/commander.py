"""How the offline client plays the commander: it plans on the page, and decides on the evidence cited to it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson

from agents.analysis.conclusion import conclude
from agents.analysis.hypotheses import Hypothesis
from agents.analysis.metric_kinds import signal_of
from agents.analysis.observations import Signal
from agents.case import Case
from agents.clients.notes.decision import argued
from agents.clients.notes.hints import NOT_YET, came_of, questions, took_up
from agents.clients.notes.saying import minute
from agents.judgement import commits
from agents.messages import SPECIALISTS
from agents.remarks import pointed
from agents.scribe import brought, unseen
from incident.alert import Alert
from incident.diagnosis import Category
from incident.evidence import Evidence
from incident.facts import Agent, Turn, TurnStatus

NEAR = 0.12
"""Explanations whose strengths are closer than this are worth a second look."""
WHAT_IT_COULD_BE = {
    Signal.LATENCY: "Slow answers come from something that waits: a pool, a lock, a dependency, memory, the network.",
    Signal.ERRORS: "Failing requests come from the code, its configuration, or something it calls.",
    Signal.TRAFFIC: "Traffic that moves is either the world's doing or somebody stopped, or started, calling.",
    Signal.SATURATION: "Something ran full: either more came in, or what drains it slowed down, or the limit moved.",
    Signal.RESOURCE: "A resource that fills up is a leak, more work, or a smaller allowance.",
    Signal.OTHER: "The page alone doesn't say what kind of trouble this is.",
}


class Heard(NamedTuple):
    """What specialists said so far; ``unseen`` is what they could not see."""

    ids: tuple[str, ...]
    present: tuple[Agent, ...]
    again: bool
    unseen: tuple[str, ...]


class Commander:
    """Looks evidence up under the ids that findings brought, and under no other."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._ledger = case.ledger

    def answer(self, hints: Sequence[str]) -> str:
        """Return a plan as long as nobody has reported, else a decision, as JSON; ``hints`` are people's."""
        findings = self._case.findings()
        answer = (
            self._decide(_heard(findings, again=self._case.decisions > 0), hints)
            if findings
            else _plan(self._ledger.alert, hints)
        )
        return orjson.dumps(answer).decode()

    def _decide(self, heard: Heard, hints: Sequence[str]) -> dict[str, object]:
        evidence = self._ledger.cited(heard.ids)
        among = self._ledger.scales.weigh(evidence)
        pointers = pointed(hints, evidence, self._ledger.alert)
        open_ones = {} if heard.again else _open_questions(among, evidence, heard.present)
        asks = {} if heard.again else _both(questions(pointers, heard.present), open_ones)
        if asks:
            undecided = _undecided(among[0], _near(among)) if open_ones else ""
            cause = " ".join(filter(None, (took_up(pointers), undecided)))
            return {"cause": cause, "asks": [{"agent": a, "question": q} for a, q in asks.items()]}
        return self._conclude(heard, evidence, tuple(came_of(pointers, among)) if hints else ())

    def _conclude(self, heard: Heard, evidence: tuple[Evidence, ...], taken_up: Sequence[str]) -> dict[str, object]:
        among = self._ledger.scales.weigh(evidence)
        best = among[0]
        conclusion = conclude(self._ledger.alert, evidence, among, best, ())
        return {
            "cause": "\n".join((argued(among, conclusion, heard.unseen, self._ledger.alert), *taken_up)),
            "category": best.category,
            "culprit_service": best.service,
            "culprit_change": _change(best, evidence),
            "confidence": best.confidence,
            "evidence": list(conclusion.evidence),
        }


def _heard(findings: Sequence[Turn], *, again: bool) -> Heard:
    told = sorted(findings, key=lambda turn: SPECIALISTS.index(turn.agent))
    return Heard(
        ids=tuple(dict.fromkeys(i for turn in findings for i in brought(turn))),
        present=tuple(dict.fromkeys(turn.agent for turn in findings if turn.status is TurnStatus.DONE)),
        again=again,
        unseen=tuple(dict.fromkeys(gap for turn in told for gap in unseen(turn))),
    )


def _both(first: Mapping[Agent, str], second: Mapping[Agent, str]) -> dict[Agent, str]:
    """Return the questions of two reasons to ask, in the team's order."""
    asked = {agent: " ".join(filter(None, (first.get(agent), second.get(agent)))) for agent in SPECIALISTS}
    return {agent: question for agent, question in asked.items() if question}


def _plan(alert: Alert, hints: Sequence[str]) -> dict[str, object]:
    signal = alert.metric or "the signal that paged"
    kind = signal_of(alert.metric) if alert.metric else Signal.OTHER
    here, fired = f"`{alert.service}`", minute(alert.fired_at, alert.fired_at)
    asks = {
        Agent.METRICS: f"Is {signal} of {here} still bad at {fired}, since when, and what moved before it, at {here} "
        "or at what it calls? Did load grow first, did anything reach a limit?",
        Agent.LOGS: f"Which error is new, and where does it come up first: at {here}, or at something it calls? "
        "Who only hands it on?",
        Agent.DEPLOY: f"What reached {here} or what it calls before that began, and what exactly does each touch? "
        "Does anybody outside report trouble?",
    }
    text = f"{WHAT_IT_COULD_BE[kind]} Open: where did it begin and when; did somebody change something there; or did "
    text += "load or something beneath it go first?"
    text += f" {NOT_YET}" if hints else ""
    return {"plan": text, "asks": [{"agent": agent, "question": question} for agent, question in asks.items()]}


def _open_questions(
    among: Sequence[Hypothesis], evidence: Sequence[Evidence], present: Sequence[Agent]
) -> dict[Agent, str]:
    """Return what one of them is asked once more: what tells two near explanations apart, or what is missing."""
    best, rival = among[0], _near(among)
    if best.category in {Category.UNKNOWN, Category.NONE} or best.service is None:
        return {}
    seen_of = {item.source.value for item in evidence if item.service == best.service}
    there_is = {item.source.value for item in evidence}
    asks: dict[Agent, str] = {}
    if rival is not None and rival.service:
        asks[Agent.LOGS] = _apart(best.service, rival.service)
    for agent, source in ((Agent.METRICS, "metrics"), (Agent.LOGS, "logs")):
        if source in there_is and source not in seen_of:
            asks.setdefault(agent, f"There is nothing about `{best.service}` yet: what do your signals show of it?")
    return next(({agent: question} for agent, question in asks.items() if agent in present), {})


def _near(among: Sequence[Hypothesis]) -> Hypothesis | None:
    """Return another explanation that says something else and is nearly as strong as the first."""
    best, *rest = among
    others = (
        h for h in rest if h.category is not Category.UNKNOWN and (h.what, h.service) != (best.what, best.service)
    )
    rival = next(others, None)
    return rival if rival is not None and best.strength - rival.strength < NEAR else None


def _apart(first: str, second: str) -> str:
    if first == second:
        return f"Two explanations at `{first}` are nearly alike. Do its errors name what either of them is about?"
    return f"What tells `{first}` and `{second}` apart: which of them fails first, and with what?"


def _undecided(best: Hypothesis, rival: Hypothesis | None) -> str:
    """Say what is open and why it matters."""
    if rival is None:
        return f"Most speaks for {_named(best)}, but one kind of signal says nothing about {best.service} yet."
    return f"Two explanations are close: {_named(best)}, or {_named(rival)}. What would tell them apart is open."


def _named(one: Hypothesis) -> str:
    by = f"{one.change_id} on {one.service}, which {one.what}" if one.change_id else f"this: {one.what}"
    return by if one.category is Category.CHANGE else f"{one.category} at {one.service} ({one.what})"


def _change(one: Hypothesis, evidence: Sequence[Evidence]) -> str | None:
    """Name the change as exactly as it can be: by its commit, where one is known."""
    return next(iter(commits(one, evidence)), one.change_id)
