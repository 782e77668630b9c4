"""What fails by itself inside the house: a database down, a sick machine, a resource used up; or nothing at all."""

import re
from collections.abc import Iterator

from agents.analysis.confidence import Witness
from agents.analysis.depleted import BIG, exhausted, told_full
from agents.analysis.nochange import Case, Explain, Natural
from agents.analysis.observations import AlertSignal, CallAspect, CallShift, MetricShift, Seen
from agents.analysis.outside import bad_events, certificate, data, provider, traffic
from incident.diagnosis import Category, Remediation

MACHINERY = re.compile(
    r"db$|sql|maria|postgres|\bpg|mongo|redis|cache|memcache|kafka|rabbit|queue|broker|nats|elastic|opensearch|etcd"
    r"|zookeeper|cassandra|dynamo|storage|ldap|vault|database",
    re.IGNORECASE,
)
MOSTLY = 0.5
"""The share of calls from which a service that nobody watches counts as down."""
DEADLY = re.compile(r"fatal|panic|emerg|crit", re.IGNORECASE)
FELL = re.compile(
    r"shut(?:ting)? ?down|could not (?:open|read|write)|corrupt|data (?:file|directory|page)|no such file"
    r"|terminat|abort"
    r"|not accept|recovery|crash|lost quorum|segfault|panic",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"\bnode\W.{0,30}(?:pressure|ready|reach|drain|lost|taint|fail|down|reboot|host)|(?:same|shared|busy) node"
    r"|node ?pressure|(?:\b|_)node_(?:cpu|load|net|pressure|vmstat)"
    r"|evict(?:ed|ion)|steal|io_?wait|noisy|neighbou?r|preempt|hardware fault|hypervisor"
    r"|cpu.?throttl|cfs|not ?ready|cordon|spot instance|co-?(?:tenant|located)",
    re.IGNORECASE,
)
UP = re.compile(r"(?:^|[_.])(?:up|alive|healthy|reachable|available)$", re.IGNORECASE)
ALIVE = 0.7
SEVERAL = 2
STILL_OFF = 6.0


def dependency(case: Case) -> Iterator[Natural]:
    """A database, cache or queue of ours went down by itself: its own last words, and everybody who calls it fails."""
    for service in sorted(case.scores):
        behind = case.graph.callers(service) and not case.graph.depends_on.get(service)
        if MACHINERY.search(service) or behind:
            yield from _fallen(case, service)


def _fallen(case: Case, service: str) -> Iterator[Natural]:
    complaints = case.complaints
    last = [
        (s, p) for s, p in complaints if p.service == service and (DEADLY.search(p.level) or FELL.search(p.example))
    ]
    named = [(s, p) for s, p in complaints if service in {*p.names, case.blamed(p)} and p.service != service]
    failed = [(s, s.what.caller or "") for s in case.unanswered(None, service) if isinstance(s.what, CallShift)]
    blamers = {p.service: s for s, p in named} | {caller: s for s, caller in failed}
    down = [s for s in case.seen if isinstance(s.what, MetricShift) and s.what.service == service and _stopped(s.what)]
    mostly = _mostly_failing(case, service)
    if not last and not down and len(blamers) < SEVERAL and not mostly:
        return
    cited = (last[0][0] if last else next(iter((*down, *blamers.values())))).id
    heard = [
        Witness("ranking", case.scores[service], 1.3, cited, f"{service} ranks high among those that failed first")
    ]
    if last:
        said = f"{service} itself logged '{last[0][1].example[:120]}'"
        heard.append(Witness("last-words", case.loudness(last[0][1]), 2.6, cited, said))
    heard += mostly
    heard += [Witness("down", 1.0, 2.6, s.id, f"{service} reports itself as down") for s in down[:1]]
    if blamers:
        said = f"{len(blamers)} services fail on calls to {service}" if len(blamers) > 1 else f"calls to {service} fail"
        heard.append(Witness("blamed", min(1.0, len(blamers) / SEVERAL), 2.0, next(iter(blamers.values())).id, said))
    yield Natural(Category.DEPENDENCY, service, f"{service} went down", Remediation.FAILOVER, tuple(heard))


def _stopped(shift: MetricShift) -> bool:
    return UP.search(shift.metric) is not None and shift.before >= ALIVE and shift.after <= 1 - ALIVE


def _mostly_failing(case: Case, service: str) -> list[Witness]:
    """Hear those who call a service that nobody here watches: what they see of it is all there is to see."""
    errors = [
        (s.what.after, s)
        for s in case.unanswered(None, service)
        if isinstance(s.what, CallShift) and s.what.aspect is CallAspect.ERRORS and s.what.after >= MOSTLY
    ]
    if not errors or service not in case.silent:
        return []
    share, seen = max(errors, key=lambda error: error[0])
    return [Witness("unanswered", share, 2.2, seen.id, f"{share:.0%} of the calls to {service} fail")]


def machine(case: Case) -> Iterator[Natural]:
    """A machine under a service is sick, or somebody else on it takes too much."""
    told: list[tuple[Seen, str | None, str, float]] = [
        (s, p.service, p.example, case.loudness(p)) for s, p in case.complaints if MACHINE.search(p.template)
    ]
    told += [(s, e.service, e.message, 1.0) for s, e in bad_events(case) if MACHINE.search(f"{e.status} {e.message}")]
    shifts = [(s, s.what) for s in case.seen if isinstance(s.what, MetricShift) and MACHINE.search(s.what.metric)]
    told.sort(key=lambda one: one[-1], reverse=True)
    heard = [Witness("told", says, 3.0, s.id, f"it was said: '{text[:120]}'") for s, _, text, says in told[:1]]
    heard += [
        Witness("measured", min(1.0, x.score / BIG), 2.4, s.id, f"{x.metric} moved at {x.service}")
        for s, x in shifts[:1]
    ]
    if heard:
        at = case.first({service for _, service, *_ in told if service} | {x.service for _, x in shifts})
        if told and told[0][1] == at:
            said = f"{at} shows the trouble most"
            heard.append(Witness("ranking", case.scores.get(at, 0.0), 1.6, told[0][0].id, said))
        yield Natural(Category.NODE, at, f"the machine under {at} failed it", Remediation.RESCHEDULE, tuple(heard))


def wire(case: Case) -> Iterator[Natural]:
    """The way between two services slowed down: calls lose their time between client and server."""
    for seen in case.seen:
        if isinstance(seen.what, CallShift) and seen.what.aspect is CallAspect.NETWORK:
            callee = seen.what.callee
            most = case.scores.get(callee, 0.0)
            heard = (
                Witness(
                    "link",
                    min(1.0, seen.what.score / BIG),
                    3.0,
                    seen.id,
                    f"calls to {callee} lose their time on the way",
                ),
                Witness("ranking", most, 1.2, seen.id, f"{callee} shows it most"),
                Witness("elsewhere", 1 - most, -3.0, seen.id, f"somebody else shows more than {callee}"),
            )
            yield Natural(Category.NETWORK, callee, f"the way to {callee} slowed down", Remediation.RESCHEDULE, heard)


def nothing(case: Case) -> Iterator[Natural]:
    """Nothing is wrong: the signal never left its baseline, or it came back by itself and nothing else is off."""
    for seen in case.seen:
        if not isinstance(seen.what, AlertSignal):
            continue
        told, name = seen.what, seen.what.metric or "the signal that paged"
        if told.excursion is False:
            worth = 3.8 if told.breached else 5.0
            first = Witness("quiet", 1.0, worth, seen.id, f"{name} never left its usual range")
        elif told.breached is False and told.latest is not None and _is_back(told):
            first = Witness("healed", 1.0, 5.4, seen.id, f"{name} is back at {told.latest:.4g}")
        else:
            continue
        off = [s for s in case.seen if isinstance(s.what, MetricShift) and s.what.score >= STILL_OFF and _lasts(s.what)]
        others = Witness(
            "others", min(1.0, len(off) / 3), -3.5, off[0].id if off else "", "other signals are still off"
        )
        yield Natural(Category.NONE, None, first.sentence, Remediation.NONE, (first, others))


def _is_back(told: AlertSignal) -> bool:
    if told.latest is None or told.before is None or told.peak is None:
        return False
    return abs(told.latest - told.before) <= 0.25 * abs(told.peak - told.before)


def _lasts(shift: MetricShift) -> bool:
    """Tell whether a shift was still there at the end, as far as its readings show."""
    tail = [value for _, value in shift.readings[-3:]]
    return not tail or abs(sum(tail) / len(tail) - shift.before) >= 0.5 * abs(shift.after - shift.before)


KINDS: tuple[Explain, ...] = (
    traffic,
    provider,
    certificate,
    data,
    dependency,
    machine,
    told_full,
    exhausted,
    wire,
    nothing,
)


def explanations(case: Case) -> list[Natural]:
    """Return everything without a change that has any evidence for it."""
    return [found for kind in KINDS for found in kind(case)]
