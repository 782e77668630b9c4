"""What goes wrong inside though nobody changed anything: machines, volumes, locks, data, load; and false alarms."""

from incident.diagnosis import Category, Remediation
from scenarios.faults import CapacityLoss, Drift, ErrorRate, PoolLimit, Slowdown, TrafficSurge
from scenarios.generator.code import saying
from scenarios.generator.draft import HOUR, RAMPS, Draft, Trouble, Unfit
from scenarios.system import When


def node(draft: Draft) -> Trouble:
    """A machine is worn out by a neighbour: what runs there is slower, whatever it is asked."""
    names = [n for n in draft.services if n not in draft.layout.providers]
    there = draft.dice.sample(names, min(len(names), draft.dice.randint(1, 3)))
    for name in there:
        left = max(0.03, draft.dice.uniform(0.12, 0.35) / draft.strength)
        slower = 1 + draft.between(1, 8) * draft.strength
        draft.faults.append(CapacityLoss(kind="capacity_loss", service=name, at=0, left=left))
        draft.faults.append(Slowdown(kind="slowdown", service=name, at=0, factor=slower))
    if draft.chance(0.6):
        said = saying(draft, "node", number=str(draft.dice.randint(1, 90)))
        draft.event(draft.dice.uniform(-60, 300), "kubernetes", "NodeHasPressure", said, draft.dice.choice(there))
    categories = (Category.NODE, Category.RESOURCE, Category.CAPACITY)
    return Trouble(tuple(there), categories, (Remediation.FAILOVER, Remediation.RESCHEDULE, Remediation.SCALE))


def disk(draft: Draft) -> Trouble:
    """A volume fills over hours; when it is full, writing fails."""
    name = draft.some(draft.layout.stores)
    hours = draft.between(0.5, 3)
    if (used := draft.readings.drifted("disk", 1.0)) is not None:
        draft.faults.append(
            Drift(kind="drift", service=name, gauge=used[0], value=used[1], at=-hours * HOUR, ramp=hours * HOUR)
        )
    ratio = min(0.95, draft.between(0.2, 0.7) * draft.strength)
    said = saying(draft, "disk")
    logs = (draft.speech.line(said),)
    draft.faults.append(ErrorRate(kind="error_rate", service=name, at=0, ratio=ratio, ramp=120, logs=logs))
    return Trouble((name,), (Category.RESOURCE, Category.CAPACITY), (Remediation.SCALE, Remediation.PURGE_BAD_DATA))


def lock(draft: Draft) -> Trouble:
    """A long transaction holds locks: the store's answers wait, and the pools of its callers fill."""
    name = draft.some([s for s in draft.layout.stores if draft.callers(s)])
    extra = draft.between(0.1, 1.5) * draft.strength
    said = saying(draft, "lock")
    logs = (draft.speech.line(said, when=When.ACTIVE, per_minute=draft.between(1, 12)),) if draft.chance(0.8) else ()
    draft.faults.append(
        Slowdown(kind="slowdown", service=name, at=0, extra=extra, ramp=draft.dice.choice(RAMPS), logs=logs)
    )
    if (waits := draft.readings.drifted("locks", draft.between(15, 120))) is not None:
        draft.faults.append(Drift(kind="drift", service=name, gauge=waits[0], value=waits[1], at=0, ramp=60))
    categories = (Category.RESOURCE, Category.DATA, Category.DEPENDENCY, Category.CAPACITY)
    return Trouble((name,), categories, (Remediation.ESCALATE_UPSTREAM, Remediation.RESCHEDULE, Remediation.UNKNOWN))


def bad_record(draft: Draft) -> Trouble:
    """One record, tenant or partition that nobody can process comes back again and again."""
    service = draft.some(draft.own())
    what = draft.dice.choice(["tenant", "partition", "record", "customer", "document", "batch"])
    key = draft.dice.choice([f"{draft.dice.randint(10, 99999)}", f"{draft.dice.getrandbits(32):08x}"])
    said = saying(draft, "bad_record", what=what, key=key)
    ratio = min(0.95, draft.between(0.08, 0.4) * draft.strength)
    fault = ErrorRate(kind="error_rate", service=service, at=0, ratio=ratio, logs=(draft.speech.line(said),))
    draft.faults.append(fault)
    return Trouble((service,), (Category.DATA,), (Remediation.PURGE_BAD_DATA,))


def traffic(draft: Draft) -> Trouble:
    """Many more people come than usual."""
    name = draft.some(draft.layout.entries)
    factor = draft.between(3.2, 9) * draft.strength
    draft.faults.append(
        TrafficSurge(kind="traffic_surge", service=name, at=0, factor=factor, ramp=draft.dice.choice([30, 120, 600]))
    )
    return Trouble((name,), (Category.TRAFFIC, Category.CAPACITY), (Remediation.SCALE,))


def capacity(draft: Draft) -> Trouble:
    """A service that was always nearly full meets slowly growing load."""
    reached = [n for n in (*draft.layout.inner, *draft.layout.stores) if draft.usual(n) > 1]
    name, hours = draft.some(reached), draft.between(0.5, 3)
    draft.alter(name, capacity=draft.usual(name) * draft.dice.uniform(1.25, 1.45))
    for entry in draft.layout.entries:
        grown = draft.dice.uniform(1.45, 1.8) * draft.strength**0.5
        draft.faults.append(TrafficSurge(kind="traffic_surge", service=entry, at=0, factor=grown, ramp=hours * HOUR))
    categories = (Category.CAPACITY, Category.TRAFFIC)
    return Trouble((name,), categories, (Remediation.SCALE,), horizon=(hours + 0.5) * HOUR)


def batch(draft: Draft) -> Trouble:
    """A job of somebody else's takes the connections or the time of a store every day at this hour."""
    name = draft.some([s for s in draft.layout.stores if draft.callers(s)])
    left = max(0.03, draft.dice.uniform(0.15, 0.32) / draft.strength)
    draft.faults.append(CapacityLoss(kind="capacity_loss", service=name, at=0, left=left, ramp=120))
    draft.faults.append(
        Slowdown(kind="slowdown", service=name, at=0, factor=1 + draft.between(5, 40) * draft.strength, ramp=120)
    )
    for caller in draft.callers(name):
        if (pool := draft.services[caller].pool) is not None and pool.to == name and draft.chance(0.3):
            draft.faults.append(PoolLimit(kind="pool_limit", service=caller, at=0, size=max(1, pool.size // 3)))
    if draft.chance(0.5):
        draft.event(
            draft.dice.uniform(-90, 0),
            "scheduler",
            "started",
            f"job {saying(draft, 'job')} on {name}",
        )
    categories = (Category.CAPACITY, Category.RESOURCE, Category.DEPENDENCY, Category.NODE)
    return Trouble((name,), categories, (Remediation.RESCHEDULE, Remediation.SCALE, Remediation.UNKNOWN))


def already_over(draft: Draft) -> Trouble:
    """Something was slow or failed for some minutes and is well again when somebody looks."""
    service = draft.some(draft.own())
    lasted = draft.dice.uniform(120, 300)
    ratio = min(0.9, draft.between(0.2, 0.6) * draft.strength)
    fault: ErrorRate | Slowdown = (
        ErrorRate(kind="error_rate", service=service, at=0, until=lasted, heals_in=30, ratio=ratio)
        if draft.chance(0.5)
        else Slowdown(kind="slowdown", service=service, at=0, until=lasted, heals_in=30, factor=1 + 15 * draft.strength)
    )
    draft.faults.append(fault)
    if not draft.callers(service) and service not in draft.layout.entries:
        raise Unfit
    categories = (Category.NONE, Category.UNKNOWN, Category.CAPACITY, Category.RESOURCE, Category.DEPENDENCY,
                  Category.NETWORK, Category.TRAFFIC, Category.NODE)  # fmt: skip
    return Trouble((service,), categories, (Remediation.NONE, Remediation.UNKNOWN), over=lasted + 60)


def nothing(draft: Draft) -> Trouble:
    """Nothing is wrong: a threshold lies within what is usual."""
    del draft
    return Trouble((), (Category.NONE,), (Remediation.NONE,))
