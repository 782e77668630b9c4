"""What was used up inside the house by nobody's change: metrics show it at its limit, or errors name it."""

import re
from collections.abc import Iterator

from agents.analysis.confidence import Witness
from agents.analysis.nochange import Case, Natural
from agents.analysis.observations import MetricShift, Signal
from incident.diagnosis import Category, Remediation

USED_UP = re.compile(
    r"no space left|enospc|disk.{0,20}(?:full|exceeded|watermark)|out of (?:disk|inodes|memory|file descriptors|space)"
    r"|too many open files|quota.{0,20}exceeded|read.?only file ?system",
    re.IGNORECASE,
)
FULL = 0.85
MOST = 6
SUSPECTED = 0.1
"""The score from which a service is suspected at all."""
BIG = 12.0
"""The score from which a shift counts in full."""


def told_full(case: Case) -> Iterator[Natural]:
    """The errors themselves say that something is used up."""
    told = [(case.loudness(p), s, p) for s, p in case.complaints if USED_UP.search(p.example)]
    if told:
        says, seen, pattern = max(told, key=lambda one: one[0])
        at, score = pattern.service, case.scores.get(pattern.service, 0.0)
        heard = (
            Witness("told", says, 3.0, seen.id, f"{at} logs '{pattern.example[:120]}'"),
            Witness("ranking", score, 1.6, seen.id, f"{at} shows the trouble most"),
        )
        yield Natural(Category.RESOURCE, at, f"{at} has used up what it had", Remediation.SCALE, heard)


def exhausted(case: Case) -> Iterator[Natural]:
    """Metrics show a resource that was used up."""
    shifts = [(s, s.what) for s in case.seen if isinstance(s.what, MetricShift)]
    suspected = [(s, x) for s, x in shifts if case.scores.get(x.service, 0.0) >= SUSPECTED]
    ran_out = [(s, x) for s, x in suspected if x.signal in {Signal.RESOURCE, Signal.SATURATION}]
    for seen, shift in sorted(ran_out, key=lambda pair: -case.scores.get(pair[1].service, 0.0))[:MOST]:
        full = _full(shift)
        heard = (
            Witness("ranking", case.scores.get(shift.service, 0.0), 1.6, seen.id, f"{shift.service} shows it most"),
            Witness(
                "shift",
                min(1.0, shift.score / BIG),
                1.6,
                seen.id,
                f"{shift.metric} went from {shift.before:.4g} to {shift.after:.4g}",
            ),
            Witness("full", float(full), 0.8, seen.id, "which is all there is"),
        )
        kind = Category.CAPACITY if shift.gradual and full else Category.RESOURCE
        yield Natural(kind, shift.service, f"{shift.metric} of {shift.service} {_way(shift)}", Remediation.SCALE, heard)


def _full(shift: MetricShift) -> bool:
    return shift.limit is not None and shift.after >= FULL * shift.limit


def _way(shift: MetricShift) -> str:
    return "reached its limit" if _full(shift) else "rose" if shift.after > shift.before else "fell"
