"""Incidents made by hand for the reports: rich, whole, and as hostile as a test wants them."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from incident.alert import Alert, Severity
from incident.change import ChangeKind
from incident.diagnosis import Category, CulpritChange, Link, Remediation, Rival, RuledOut, Usage
from incident.evidence import Evidence, Source
from incident.facts import (
    Action,
    Agent,
    Approval,
    Asked,
    Check,
    CheckResult,
    Decision,
    Diagnosis,
    Fact,
    GateCheck,
    Outcome,
    Plan,
    Reading,
    Recovery,
    RollbackEnded,
    RollbackStarted,
    Turn,
    TurnStatus,
    Verdict,
)  # fmt: skip
from incident.model import Incident
from incident.status import World
from incident.values import Json

FIRED = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
PLAN = Plan(
    service="checkout-service", environment="production", from_version="cfg-412", to_version="cfg-411", change="chg-88"
)
METRIC = "http_request_duration_p99_ms"


def at(minutes: float) -> datetime:
    """Return the instant so many minutes after the alert."""
    return FIRED + timedelta(minutes=minutes)


def readings(before: float, after: float, onset: float = -13) -> list[Json]:
    """Return an hour of readings that step up at the onset."""
    span = range(-50, 11)
    return [[at(m).isoformat(), (before if m < onset else after) * (1 + 0.06 * math.sin(m * 1.7))] for m in span]


def evidence(number: int, values: Mapping[str, Json], **known: object) -> Evidence:
    """Return a piece of evidence with what is usually in one."""
    usual: dict[str, object] = {
        "source": Source.METRICS, "service": "checkout-service", "query": "shifts of all metrics",
        "window": (at(-180), at(10)), "statement": f"Observation number {number}.",
    }  # fmt: skip
    return Evidence.model_validate({"id": f"E{number}", **usual, **known, "values": dict(values)})


def shift(service: str, metric: str, before: float, after: float, **known: Json) -> dict[str, Json]:
    """Return a metric's observation as JSON."""
    return {
        "kind": "metric", "service": service, "metric": metric, "signal": "latency", "before": before, "after": after,
        "peak": after * 1.05, "onset": at(-13).isoformat(), "score": 14.0, "readings": readings(before, after), **known,
    }  # fmt: skip


def metrics_evidence() -> tuple[Evidence, ...]:
    signal: dict[str, Json] = {
        "kind": "signal", "service": "checkout-service", "metric": METRIC, "before": 210.0, "peak": 2120.0,
        "latest": 2011.0, "threshold": 500.0, "breached": True, "excursion": True, "onset": at(-13).isoformat(),
        "readings": readings(210, 2000),
    }  # fmt: skip
    pool = shift("checkout-service", "db_pool_in_use", 34, 9.8, limit=10.0)
    gateway = shift("api-gateway", "http_error_ratio", 0.002, 0.31)
    said = "checkout-service http_request_duration_p99_ms rose from 210 to 2,011 ms, its threshold is 500 ms."
    return (
        evidence(1, signal, query=f"signal service=checkout-service metric={METRIC}", statement=said),
        evidence(2, pool, query="metric service=checkout-service name=db_pool_in_use",
                 statement="db_pool_in_use of checkout-service sits at its limit of 10."),
        evidence(3, gateway, service="api-gateway", query="metric service=api-gateway name=http_error_ratio",
                 statement="http_error_ratio of api-gateway rose from 0.2 % to 31 % two minutes later."),
    )  # fmt: skip


def logs_evidence() -> tuple[Evidence, ...]:
    values: dict[str, Json] = {
        "kind": "log", "service": "checkout-service", "level": "ERROR", "template": "pool exhausted (active=<*>)",
        "example": "pool exhausted (active=10/10)", "trend": "new", "before": 0, "after": 412, "first_at": None,
        "last_at": None, "score": 20.0,
    }  # fmt: skip
    return (
        evidence(4, values, source=Source.LOGS, query='{service="checkout-service"} |= "pool exhausted"',
                 statement="“pool exhausted (active=10/10)” is new at checkout-service: 412 lines, none before."),
    )  # fmt: skip


def changes_evidence() -> tuple[Evidence, ...]:
    guilty: dict[str, Json] = {
        "kind": "change", "id": "chg-88", "at": at(-15).isoformat(), "service": "checkout-service",
        "change_kind": "config", "title": "Tune connection settings", "version": "cfg-412",
        "previous_version": "cfg-411", "reversible": True, "details": "db.pool.max: 100 → 10",
    }  # fmt: skip
    innocent = {**guilty, "id": "dep-31", "at": at(-31).isoformat(), "service": "notification-service",
                "change_kind": "deploy", "title": "New mail templates", "version": "v88",
                "previous_version": "v87"}  # fmt: skip
    calls: dict[str, Json] = {
        "kind": "topology", "inferred": False, "depends_on": {
            "api-gateway": ["checkout-service", "user-auth", "inventory-service"],
            "checkout-service": ["payment-gateway", "inventory-service", "postgres-db", "redis-cache"],
            "storefront-web": ["api-gateway"], "mobile-bff": ["api-gateway"],
        },
    }  # fmt: skip
    return (
        evidence(5, guilty, source=Source.CHANGES, query="changes window=3d service=checkout-service",
                 statement="chg-88 cut db.pool.max from 100 to 10 at checkout-service, two minutes before the onset."),
        evidence(6, innocent, source=Source.CHANGES, service="notification-service", query="changes window=3d",
                 statement="dep-31 shipped mail templates to notification-service 31 minutes before the alert."),
        evidence(7, calls, source=Source.TOPOLOGY, service=None, query="topology",
                 statement="Four callers are declared."),
    )  # fmt: skip


def turn(agent: Agent, minute: float, text: str, found: tuple[Evidence, ...] = (), **known: object) -> Turn:
    """Return a turn that took 24 seconds."""
    usual: dict[str, object] = {
        "at": at(minute), "started_at": at(minute - 0.4), "agent": agent, "text": text, "found": found,
        "cites": tuple(e.id for e in found), "by": "offline",
    }  # fmt: skip
    return Turn.model_validate({**usual, **known})


def turns() -> tuple[Turn, ...]:
    """Return the plan, three findings and the decision."""
    return (
        turn(Agent.COMMANDER, 0.5, "Latency of checkout-service. Plan:\n- metrics: where did it start?\n"
             "- logs: what is new?\n- deploy: what changed before?"),
        turn(Agent.METRICS, 1.1, "The p99 of checkout-service left its baseline at 13:52 (E1). Its pool is "
             "at its limit (E2). "
             "api-gateway follows two minutes later (E3).", metrics_evidence(), confidence=0.8),
        turn(Agent.LOGS, 1.3, "A new error at checkout-service, 412 times: pool exhausted (E4).", logs_evidence(),
             confidence=0.9, notes=("“500 times” was corrected to 412 (E4).",)),
        turn(Agent.DEPLOY, 1.2, "chg-88 cut the pool from 100 to 10 two minutes before the onset (E5). "
             "dep-31 is elsewhere (E6).",
             changes_evidence(), confidence=0.85),
        turn(Agent.COMMANDER, 2.0, "chg-88 did it: the pool is exhausted (E2, E4) since the change (E5).",
             cites=("E2", "E4", "E5")),
    )  # fmt: skip


def diagnosis(**known: object) -> Diagnosis:
    """Return the conclusion that fits `turns`."""
    usual: dict[str, object] = {
        "at": at(2.1), "usage": Usage(model="offline", model_calls=5, seconds=0.8), "redactions": 3,
        "cause": "The configuration change chg-88 cut the database pool of checkout-service from 100 to 10 "
                 "connections, "
                 "so requests queue for a connection and time out.",
        "category": Category.CHANGE, "culprit_service": "checkout-service",
        "ranking": ("checkout-service", "api-gateway", "postgres-db"),
        "culprit_change": CulpritChange(id="chg-88", service="checkout-service", kind=ChangeKind.CONFIG,
                                        commit="9f2c1ab7", version="cfg-412", author="r.iyer",
                                        at=at(-15)),
        "rivals": (Rival(what="dep-31 of notification-service", change="dep-31", confidence=0.08,
                         why_less_likely="Nothing on the path of a checkout calls notification-service."),),
        "onset": at(-13), "blast_radius": ("api-gateway", "storefront-web", "mobile-bff"),
        "remediation": Remediation.CONFIG_REVERT, "confidence": 0.91,
        "confidence_because": ("Metrics, logs and changes agree.", "The change came two minutes before the onset."),
        "evidence": ("E5", "E4", "E2", "E1"),
        "causal_chain": (
            Link(service="checkout-service", what="The pool shrank to 10 connections.", at=at(-15), evidence=("E5",)),
            Link(service="checkout-service", what="Requests wait for a connection.", at=at(-13), evidence=("E2", "E4")),
            Link(service="api-gateway", what="502s, because checkout times out.", at=at(-11), evidence=("E3",)),
        ),
        "ruled_out": (RuledOut(what="More traffic", why="Requests per second stayed within 4 % of usual.",
                                evidence=("E1",)),
                      RuledOut(what="postgres-db is slow", why="Its own latency did not move.")),
        "gaps": ("No spans were recorded.",),
    }  # fmt: skip
    return Diagnosis.model_validate({**usual, **known})


ASKED = Asked(named=("S0ONCALL",), approvers=("U0ADA", "U0BEN", "U1", "U123", "U2"))


def verdict(action: Action = Action.ROLLBACK, **known: object) -> Verdict:
    """Return a verdict with three checks."""
    checks = (
        GateCheck(name="names-a-change", result=CheckResult.PASSED, reason="chg-88 is named."),
        GateCheck(name="precedes-onset", result=CheckResult.PASSED, reason="13:50 is before 13:52."),
        GateCheck(name="reversible", result=CheckResult.UNKNOWN, reason="Nobody recorded whether it can be undone."),
    )
    usual: dict[str, object] = {
        "at": at(2.2), "action": action, "reasons": ("0.91 is at or above 0.85.",), "checks": checks,
        "plan": None if action is Action.REPORT else PLAN, "expires_at": None if action is Action.REPORT else at(32),
        "asked": ASKED if action is Action.ASK else None,
    }  # fmt: skip
    return Verdict.model_validate({**usual, **known})


def recovery(result: Recovery = Recovery.RECOVERED) -> tuple[Fact, ...]:
    """Return a rollback and its check."""
    values = [2011.0, 1980, 1400, 900, 420, 260, 215, 212]
    seen = tuple(Reading(at=at(3 + i), value=v) for i, v in enumerate(values))
    return (
        RollbackStarted(at=at(3.5), key="rb-INC-7F3K2", plan=PLAN),
        RollbackEnded(at=at(4), key="rb-INC-7F3K2", outcome=Outcome.SUCCEEDED, url="https://ci.example/runs/9"),
        Check(at=at(10), result=result, before=2011.0, after=212.0, threshold=500.0, usual=209.5, readings=seen),
    )


def fresh(world: World = World.SCENARIO, **alert: object) -> Incident:
    """Return an incident that has just been opened."""
    usual: dict[str, object] = {
        "service": "checkout-service", "name": "CheckoutLatencyHigh", "severity": Severity.HIGH, "fired_at": FIRED,
        "summary": "p99 latency of checkout-service is 2,011 ms, above 500 ms for 5 minutes",
        "metric": METRIC, "value": 2011.0, "threshold": 500.0,
    }  # fmt: skip
    return Incident(
        id="INC-7F3K2", target="checkout-latency", world=world, environment="production",
        alert=Alert.model_validate({**usual, **alert}), opened_at=FIRED,
    )  # fmt: skip


def grown(incident: Incident, *facts: Fact) -> Incident:
    """Return the incident after the facts."""
    for fact in facts:
        incident = incident.after(fact)
    return incident


def resolved() -> Incident:
    """Return the whole story: investigated, approved, rolled back, recovered."""
    return grown(resolved_but_for_the_check(), recovery()[-1])


def resolved_but_for_the_check() -> Incident:
    """Return one that was investigated, approved and rolled back."""
    asked = verdict(Action.ASK, expires_at=at(32))
    yes = Approval(at=at(3), decision=Decision.APPROVED, by="U123", digest=PLAN.digest, reason="Go ahead.")
    return grown(fresh(), *turns(), diagnosis(), asked, yes, *recovery()[:-1])


def reported(world: World = World.RECORDED, **known: object) -> Incident:
    """Return an incident that was only reported."""
    return grown(fresh(world), *turns(), diagnosis(**known), verdict(Action.REPORT, rehearsed=world is World.RECORDED))


def unlucky() -> Incident:
    """Return one whose logs agent failed and whose rollback didn't help."""
    broken = turn(Agent.LOGS, 1.3, "It took too long.", status=TurnStatus.LATE)
    said = [broken if t.agent is Agent.LOGS else t for t in turns()]
    return grown(fresh(World.REAL), *said, diagnosis(), verdict(expires_at=at(3)), *recovery(Recovery.NOT_RECOVERED))
