"""From a number to an incident: its scenario and its answer key. The same number gives the same incident."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from scenarios.answers import AnswerKey
from scenarios.generator import caused, configured, outside, unprovoked
from scenarios.generator.circumstances import beside, surroundings
from scenarios.generator.draft import Draft, Trouble, Unfit
from scenarios.generator.pager import page
from scenarios.generator.trial import Trial
from scenarios.releases import SHIPPED
from scenarios.schema import Scenario
from scenarios.seeds import chance
from scenarios.truth import Truth

KINDS: Mapping[str, Callable[[Draft], Trouble]] = {
    "config": configured.config,
    "exception": caused.exception,
    "wrong-result": caused.wrong_result,
    "slow-code": caused.slow_code,
    "queries": caused.queries,
    "dependency": caused.dependency,
    "flag": caused.flag,
    "schema": caused.schema,
    "limits": configured.limits,
    "memory-leak": caused.memory_leak,
    "connection-leak": caused.connection_leak,
    "retry-storm": configured.retry_storm,
    "stampede": configured.stampede,
    "lock": unprovoked.lock,
    "disk": unprovoked.disk,
    "certificate": outside.certificate,
    "dns": outside.dns,
    "network": outside.network_fault,
    "provider": outside.provider,
    "node": unprovoked.node,
    "bad-record": unprovoked.bad_record,
    "traffic": unprovoked.traffic,
    "capacity": unprovoked.capacity,
    "batch": unprovoked.batch,
    "over": unprovoked.already_over,
    "none": unprovoked.nothing,
}
"""What may go wrong, by name; ``none`` is nothing at all."""
SMALLEST, LARGEST = 3, 60
STRENGTHS = (1.0, 1.8, 3.0, 5.0)
"""How bad it is made, one after the other, until somebody would be paged."""
TRIES = 40


class MadeUp(NamedTuple):
    """One incident. ``key`` is for grading and fitting only: no world is made from it."""

    kind: str
    seed: int
    scenario: Scenario
    key: AnswerKey
    fired_at: datetime

    @property
    def truth(self) -> Truth:
        """The key as that of a recorded incident, which `scenarios.grading` reads."""
        commits = {c.id: c.commit.sha for c in self.scenario.changes if c.commit is not None}
        guilty = self.key.culprit_change
        decoys = [x for c in self.scenario.changes if c.id != guilty for x in (c.id, commits.get(c.id)) if x]
        return Truth(
            culprit_services=self.key.culprit_services,
            culprit_commit=commits.get(guilty) if guilty else None,
            culprit_change=guilty,
            blast_radius=self.key.blast_radius,
            decoy_commits=tuple(decoys),
        )


def make_up(seed: int, kind: str | None = None, size: int | None = None) -> MadeUp:
    """Return the incident of a seed: of a kind and a size (3 to 60 services), or of whichever the seed has it."""
    dice = chance(seed, "kind and size")
    kind = kind or dice.choice(list(KINDS))
    fired_at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=dice.randrange(300 * 1440))
    for attempt in range(TRIES):
        services = size or round(SMALLEST * (LARGEST / SMALLEST) ** dice.betavariate(1.6, 2.0))
        made = _attempt(kind, seed, attempt, services, fired_at)
        if made is not None:
            return made
    message = f"nothing came of {TRIES} tries at {kind} in {size} services"
    raise Unfit(message)


def _attempt(kind: str, seed: int, attempt: int, size: int, fired_at: datetime) -> MadeUp | None:
    for strength in STRENGTHS:
        draft = Draft(kind, seed * TRIES + attempt, size, strength)
        sides = surroundings(draft.dice, list(draft.services))
        try:
            trouble = KINDS[kind](draft)
        except Unfit:
            return None
        tried = Trial.of(draft, trouble, sides, seed, fired_at)
        paged = page(draft, trouble, tried)
        if paged is not None:
            rival = beside(draft, trouble, paged)
            scenario = draft.scenario(paged.rule, paged.at, **sides)
            return MadeUp(kind, seed, scenario, _key(draft, trouble, tried.suffering(paged.at), rival), fired_at)
    return None


def _key(draft: Draft, trouble: Trouble, suffering: tuple[str, ...], rival: str | None) -> AnswerKey:
    guilty = next((c for c in draft.changes if c.id == trouble.change), None)
    later = guilty and any(
        c.service == guilty.service and c.kind in SHIPPED and c.at > guilty.at for c in draft.changes
    )
    undoable = guilty is not None and guilty.kind in SHIPPED and guilty.reversible is True and not later
    ends: Any = (
        ("report", "reported") if not undoable else ("ask", "awaiting_approval") if rival else ("rollback", "resolved")
    )
    return AnswerKey(
        culprit_services=trouble.culprits,
        categories=trouble.categories,
        culprit_change=trouble.change,
        rival_change=rival,
        action=ends[0],
        ends_as=ends[1],
        remediation=trouble.remediation,
        blast_radius=tuple(n for n in suffering if n not in trouble.culprits),
        notes=f"{draft.kind}, {len(draft.services)} services",
    )
