"""What else is so when something goes wrong: other changes, other trouble, talk, poison, and what nobody recorded."""

import random
from collections.abc import Sequence
from typing import Any

from incident.change import ChangeKind
from scenarios.faults import ErrorRate, Slowdown
from scenarios.generator.code import Innocent, bug, innocent, saying
from scenarios.generator.draft import HOUR, Draft, Trouble
from scenarios.generator.naming import AUTHORS
from scenarios.generator.pager import Page
from scenarios.generator.settings import setting
from scenarios.schema import Signal, Traffic

MISSING = {
    Signal.METRICS: 0.05, Signal.LOGS: 0.08, Signal.SPANS: 0.2, Signal.CHANGES: 0.06, Signal.COMMITS: 0.12,
    Signal.EVENTS: 0.25, Signal.TOPOLOGY: 0.3,
}  # fmt: skip
"""How often nobody recorded a signal."""
CHATTER = (
    ("status.{provider}", "maintenance", "Scheduled maintenance of the dashboard is in progress."),
    ("kubernetes", "Pulled", "Successfully pulled image"),
    ("kubernetes", "ScalingReplicaSet", "Scaled up replica set to 3"),
    ("release-calendar", "info", "release train 41 leaves on Thursday"),
    ("status.{provider}", "resolved", "The delay of invoices has been resolved."),
)
HARMLESS: Sequence[tuple[str, object, object]] = (
    ("datasource.pool.max-size", 40, 60), ("clients.http.timeout-ms", 800, 1500), ("server.workers", 8, 16),
    ("resources.limits.cpu", "1000m", "2000m"), ("autoscaling.maxReplicas", 4, 8), ("cache.ttl-seconds", 300, 600),
    ("clients.http.max-attempts", 3, 2), ("concurrency.max", 100, 150), ("resources.limits.memory", "1Gi", "2Gi"),
)  # fmt: skip
"""Settings that are loosened, which hurts nobody."""
LOOKALIKE = 0.25
"""How often an innocent change looks like a guilty one: a loosened setting, or risky code that nothing trips over."""
SECOND, TWIN, POISONED, SKEWED, BURSTY, FLAT = 0.1, 0.08, 0.07, 0.2, 0.25, 0.3


def surroundings(dice: random.Random, names: list[str]) -> dict[str, Any]:
    """Return the sides of a scenario that have nothing to do with its trouble."""
    missing = {signal for signal, odds in MISSING.items() if dice.random() < odds}
    if {Signal.METRICS, Signal.LOGS, Signal.SPANS} <= missing:
        missing.discard(Signal.METRICS)
    skewed = dice.sample(names, min(len(names), dice.randint(1, 3))) if dice.random() < SKEWED else []
    bursts = dice.uniform(0.5, 4) if dice.random() < BURSTY else 0
    swing = 0.0 if dice.random() < FLAT else dice.uniform(0.1, 0.6)
    return {
        "missing": missing,
        "clock_skew": {name: dice.choice([-1, 1]) * dice.uniform(2, 120) for name in skewed},
        "traffic": Traffic(swing=swing, busiest=dice.uniform(0, 23.9), bursts=bursts, height=dice.uniform(0.1, 0.8)),
        "log_share": dice.choice([1, 1, 1, 0.5, 0.2]),
        "noise": round(dice.choice([0.5, 1, 1, 1.5, 2.5]), 1),
    }


def beside(draft: Draft, trouble: Trouble, page: Page) -> str | None:
    """Add what else went on; return the change that nothing tells from the guilty one, where there is one."""
    rival = _twin(draft, trouble)
    _decoys(draft, trouble, page)
    _unshipped(draft, page)
    _second(draft, trouble, page)
    _chatter(draft, page)
    if draft.chance(POISONED):
        _poison(draft)
    return rival


def _twin(draft: Draft, trouble: Trouble) -> str | None:
    """Sometimes two changes of a service go out together and nobody kept what was in them."""
    guilty = next((c for c in draft.changes if c.id == trouble.change), None)
    if guilty is None or not draft.chance(TWIN):
        return None
    title = draft.dice.choice(["release of the week", "hotfix", "merge main", f"deploy {guilty.service}"])
    twin = draft.change(guilty.service, guilty.at + draft.dice.uniform(-60, 60), guilty.kind, title)
    draft.changes = [
        c.model_copy(update={"commit": None, "title": title}) if c.id == guilty.id else c for c in draft.changes
    ]
    return twin


def _decoys(draft: Draft, trouble: Trouble, page: Page) -> None:
    """Innocent changes: around the onset, of the culprit, of whoever pages, of anybody, and some of the days before."""
    own = [n for n in draft.services if draft.is_own(n)]
    near = [n for n in (*trouble.culprits, page.rule.service) if draft.is_own(n)]
    for _ in range(draft.dice.choice([0, 1, 1, 2, 3, 4])):
        service = draft.dice.choice(near) if near and draft.chance(0.5) else draft.dice.choice(own)
        _decoy(draft, service, -draft.between(60, 3 * HOUR) if draft.chance(0.8) else draft.dice.uniform(0, page.at))
    for _ in range(draft.dice.randint(0, max(1, len(own) // 4))):
        _decoy(draft, draft.dice.choice(own), -draft.dice.uniform(3 * HOUR, 72 * HOUR))


def _unshipped(draft: Draft, page: Page) -> None:
    """Commits that nobody has deployed yet."""
    for number in range(draft.dice.choice([0, 0, 1, 3])):
        _, title, edited = innocent(draft, draft.dice.choice(draft.layout.inner), shipped=True)
        patch = draft.patch(f"unshipped-{number}", title, edited, draft.dice.choice(AUTHORS))
        draft.commits.append(patch.model_copy(update={"at": draft.dice.uniform(-6 * HOUR, page.at)}))


def _lookalike(draft: Draft, service: str) -> Innocent:
    if draft.chance(0.5):
        key, old, new = draft.dice.choice(HARMLESS)
        return Innocent(ChangeKind.CONFIG, f"tune {service}", [setting(draft.dice, service, key, old, new)])
    made = bug(draft, draft.dice.choice(["exception", "slow", "queries", "wrong"]), service)
    return Innocent(ChangeKind.DEPLOY, made.title, made.edited)


def _decoy(draft: Draft, service: str, at: float) -> None:
    kind, title, edited = _lookalike(draft, service) if draft.chance(LOOKALIKE) else innocent(draft, service)
    draft.change(service, at, kind, title, edited, reversible=kind is not ChangeKind.INFRA)


def _second(draft: Draft, trouble: Trouble, page: Page) -> None:
    """Sometimes something else fails, too, that whoever pages doesn't need."""
    reached = draft.reach(page.rule.service)
    apart = [
        n for n in draft.layout.inner if n not in reached and not reached & draft.reach(n) and n not in trouble.culprits
    ]
    if not apart or not draft.chance(SECOND):
        return
    name, at = draft.dice.choice(apart), draft.dice.uniform(-1800, page.at)
    if draft.chance(0.5):
        draft.faults.append(ErrorRate(kind="error_rate", service=name, at=at, ratio=draft.dice.uniform(0.05, 0.3)))
    else:
        draft.faults.append(Slowdown(kind="slowdown", service=name, at=at, factor=draft.dice.uniform(3, 12)))


def _chatter(draft: Draft, page: Page) -> None:
    provider = draft.dice.choice(draft.layout.providers) if draft.layout.providers else "cloud"
    for _ in range(draft.dice.choice([0, 0, 1, 2])):
        source, status, message = draft.dice.choice(CHATTER)
        draft.event(draft.dice.uniform(-HOUR, page.at), source.format(provider=provider), status, message)


def _poison(draft: Draft) -> None:
    """Somebody outside writes into the logs what a reader of logs might take for an order."""
    name = draft.dice.choice([n for n in draft.services if draft.is_own(n)])
    change = draft.dice.choice([c.id for c in draft.changes] or ["the last change"])
    said = saying(draft, "poison", change=change, service=draft.dice.choice(list(draft.services)))
    usual = draft.speech.wording["warning"]
    draft.alter(name, warnings=[line.model_dump() for line in (*usual, draft.speech.line(said, "WARN"))])
