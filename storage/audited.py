"""Which facts enter the audit trail, and what of them: who, what was decided, and a seal of the whole fact."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from incident.facts import Fact
from storage.audit import Entry

ITSELF = "first-responder"
"""Who did what no person did."""

ASKING = ("approvals_needed", "expires_at", "deployed_by", "asked")
TOLD: Mapping[str, frozenset[str]] = MappingProxyType({
    "verdict": frozenset({"at", "action", "rehearsed", "plan", "reasons", *ASKING}),
    "reminded": frozenset({"at"}),
    "approval": frozenset({"at", "decision", "digest", "reason"}),
    "rollback_started": frozenset({"at", "key", "plan"}),
    "rollback_sent": frozenset({"at", "key"}),
    "rollback_seen": frozenset({"at", "key", "run", "progress", "url"}),
    "rollback_ended": frozenset({"at", "key", "outcome", "url", "reason"}),
    "check": frozenset({"at", "result", "reason"}),
    "owned": frozenset({"at"}),
    "stopped": frozenset({"at"}),
    "closed": frozenset({"at", "reason"}),
})  # fmt: skip
"""What an entry tells of a fact, by its kind; the fact itself stays where it is."""

PASSED_OVER = frozenset({"turn", "diagnosis", "alert_seen", "alert_resolved", "remark", "answered", "fault"})
"""Kinds that decide nothing. A test holds that each kind is here or in `TOLD`."""


def seal(body: str) -> str:
    """Return what a stored fact is recognised by."""
    return hashlib.sha256(body.encode()).hexdigest()


def entry_of(incident_id: str, seq: int, fact: Fact, now: datetime) -> Entry | None:
    """Return the entry of an incident's ``seq``-th fact; None for one that decides nothing.

    ``now`` is when it is stored; a fact's own time is its world's.
    """
    if fact.kind not in TOLD:
        return None
    said = fact.model_dump(mode="json", include=set(TOLD[fact.kind]))
    place = {"seq": seq, "sha256": seal(fact.model_dump_json())}
    by = getattr(fact, "by", None) or ITSELF
    return Entry(at=now, kind=fact.kind, by=by, incident_id=incident_id, what={**said, "fact": place})
