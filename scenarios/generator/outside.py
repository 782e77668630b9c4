"""What goes wrong on the way to others, and at theirs: providers, certificates, names, the network."""

from collections.abc import Callable

from incident.diagnosis import Category, Remediation
from scenarios.faults import AnyFault, ErrorRate, LinkDelay, Outage, Slowdown
from scenarios.generator.code import saying
from scenarios.generator.draft import RAMPS, Draft, Trouble

ESCALATE = (Remediation.ESCALATE_UPSTREAM, Remediation.FAILOVER)


def _gone(draft: Draft, name: str) -> Outage:
    share = min(1, draft.between(0.3, 1) * draft.strength)
    return Outage(kind="outage", service=name, at=0, share=share, mode=draft.dice.choice(["refuse", "hang"]))


def _failing(draft: Draft, name: str) -> ErrorRate:
    ratio = min(0.95, draft.between(0.2, 0.9) * draft.strength)
    return ErrorRate(kind="error_rate", service=name, at=0, ratio=ratio)


def _slow(draft: Draft, name: str) -> Slowdown:
    return Slowdown(kind="slowdown", service=name, at=0, factor=1 + draft.between(10, 60) * draft.strength)


WAYS: tuple[Callable[[Draft, str], AnyFault], ...] = (_gone, _failing, _slow)
"""How a provider fails."""


def provider(draft: Draft) -> Trouble:
    """Somebody else's service fails, hangs or is slow; its status page says so, or later, or never."""
    name = draft.some([p for p in draft.layout.providers if draft.callers(p)])
    ramp = draft.dice.choice(RAMPS)
    logs = (draft.speech.line(saying(draft, "provider_answer")),)
    how = draft.dice.choice(WAYS)(draft, name)
    draft.faults.append(how.model_copy(update={"ramp": ramp, "logs": logs if isinstance(how, ErrorRate) else ()}))
    if draft.chance(0.5):
        said = saying(draft, "provider_status")
        draft.event(draft.dice.uniform(60, 900), f"status.{name}", "investigating", said, name)
    return Trouble((name,), (Category.PROVIDER, Category.DEPENDENCY), ESCALATE)


def certificate(draft: Draft) -> Trouble:
    """A certificate runs out: from one second to the next every handshake with one service fails."""
    name = draft.some([n for n in draft.services if draft.callers(n)])
    said = saying(draft, "certificate")
    for caller in draft.callers(name):
        logs = (draft.speech.line(said),)
        draft.faults.append(LinkDelay(kind="link_delay", service=caller, to=name, at=0, refused=1.0, logs=logs))
    return Trouble((name,), (Category.CERTIFICATE,), (Remediation.ROTATE_CERT,))


def dns(draft: Draft) -> Trouble:
    """Names stop resolving for several unrelated callers at once, some of the time."""
    pairs = [(n, callee) for n in draft.layout.inner for callee in draft.services[n].calls]
    hit = (
        draft.dice.sample(pairs, max(2, round(len(pairs) * draft.dice.uniform(0.2, 0.5)))) if len(pairs) > 1 else pairs
    )
    said = saying(draft, "dns")
    share = min(1.0, draft.between(0.2, 1) * draft.strength)
    for caller, callee in hit:
        logs = (draft.speech.line(said),)
        draft.faults.append(
            LinkDelay(kind="link_delay", service=caller, to=callee, at=0, refused=share, extra=0.05, logs=logs)
        )
    if draft.chance(0.4):
        draft.event(
            draft.dice.uniform(-30, 240), "kubernetes", "Unhealthy", "Readiness probe failed: coredns-7db6d8ff4d"
        )
    services = tuple(dict.fromkeys(caller for caller, _ in hit))
    return Trouble(services, (Category.NETWORK, Category.DEPENDENCY), ESCALATE)


def network_fault(draft: Draft) -> Trouble:
    """The way between two services loses or delays packets."""
    caller = draft.some([n for n in draft.own() if draft.services[n].calls])
    callee = draft.some(list(draft.services[caller].calls))
    extra = draft.between(0.05, 0.6) * draft.strength if draft.chance(0.6) else 0.0
    loss = 0.0 if extra else min(0.9, draft.between(0.1, 0.6) * draft.strength)
    draft.faults.append(LinkDelay(kind="link_delay", service=caller, to=callee, at=0, extra=extra, loss=loss))
    return Trouble((caller, callee), (Category.NETWORK,), ESCALATE)
