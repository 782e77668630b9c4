"""The JSON document of an incident, key by key as docs and callers know it."""

from typing import Any

from bot.report import Written
from incident.evidence import Evidence
from incident.facts import (
    Approval,
    Check,
    Decision,
    Diagnosis,
    Plan,
    RollbackEnded,
    RollbackSeen,
    RollbackStarted,
    Turn,
    Verdict,
)  # fmt: skip
from incident.model import Incident

Document = dict[str, Any]
BULKY = "readings"
"""The points of a series stay in the store: the document has its figures."""


def document(incident: Incident, report: Written | None = None) -> Document:
    """Return the incident as JSON values; a section that nothing has happened in is None."""
    diagnosis = incident.last(Diagnosis)
    return {
        "incident": incident.id,
        "target": incident.target,
        "world": incident.world.value,
        "environment": incident.environment,
        "drill": incident.drill,
        "status": incident.status.value,
        "alert": _alert(incident),
        "diagnosis": _diagnosis(diagnosis) if diagnosis else None,
        "verdict": _verdict(incident.last(Verdict)),
        "turns": [_turn(seq, f) for seq, f in enumerate(incident.facts, 1) if isinstance(f, Turn)],
        "evidence": [_evidence(item) for item in incident.evidence],
        "approval": _approval(incident),
        "rollback": _rollback(incident),
        "check": _check(incident.last(Check)),
        "usage": diagnosis.usage.model_dump(mode="json", exclude={"spent"}) if diagnosis else None,
        "report": _report(report) if report else None,
    }


def _alert(incident: Incident) -> Document:
    return incident.alert.model_dump(mode="json", include={"service", "name", "summary", "fired_at", "severity"})


def _diagnosis(diagnosis: Diagnosis) -> Document:
    hidden = {"kind", "at", "usage", "redactions", "confidence_because"}
    shown: Document = diagnosis.model_dump(mode="json", exclude=hidden)
    for name in ("at", "author") if shown["culprit_change"] else ():
        del shown["culprit_change"][name]
    return shown


def _verdict(verdict: Verdict | None) -> Document | None:
    if verdict is None:
        return None
    shown: Document = verdict.model_dump(mode="json", include={"action", "rehearsed", "reasons", "checks"})
    return {**shown, "plan": _plan(verdict.plan)}


def _plan(plan: Plan | None) -> Document | None:
    return {**plan.model_dump(mode="json", exclude={"rests_on"}), "digest": plan.digest} if plan else None


def _turn(seq: int, turn: Turn) -> Document:
    shown: Document = turn.model_dump(mode="json", include={"agent", "text", "at", "by"})
    return {"seq": seq, **shown, "evidence": list(turn.cites)}


def _evidence(item: Evidence) -> Document:
    shown: Document = item.model_dump(mode="json")
    shown["values"] = {key: value for key, value in shown["values"].items() if key != BULKY}
    return shown


def _approval(incident: Incident) -> Document | None:
    """Return the answer to the last question: with two persons needed, both of them."""
    newest = incident.last(Approval)
    if newest is None:
        return None
    asked = max((i for i, f in enumerate(incident.facts) if isinstance(f, Verdict)), default=0)
    answers = [f for f in incident.facts[asked:] if isinstance(f, Approval) and f.decision is newest.decision] or [
        newest
    ]
    people = [a.by for a in answers if a.by is not None]
    return {
        "by": people if newest.decision in {Decision.APPROVED, Decision.REJECTED} else [],
        **newest.model_dump(mode="json", include={"decision", "at", "reason"}),
    }


def _rollback(incident: Incident) -> Document | None:
    started, ended = incident.last(RollbackStarted), incident.last(RollbackEnded)
    if started is None:
        return None
    shown = started.model_dump(mode="json")
    seen = incident.last(RollbackSeen)
    closing: Document = ended.model_dump(mode="json") if ended else {}
    return {
        "key": started.key, "outcome": closing.get("outcome"), "url": closing.get("url") or (seen and seen.url),
        "started_at": shown["at"], "ended_at": closing.get("at"),
    }  # fmt: skip


def _check(check: Check | None) -> Document | None:
    if check is None:
        return None
    return check.model_dump(mode="json", include={"result", "before", "after", "threshold", "usual", "readings"})


def _report(written: Written) -> Document:
    return {"markdown": str(written.markdown), "pdf": str(written.pdf) if written.pdf else None}
