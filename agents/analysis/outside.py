"""What comes from outside: more demand than one can serve, providers and names that fail, certificates, bad data."""

import re
from collections.abc import Iterator
from datetime import timedelta

from agents.analysis.confidence import Witness
from agents.analysis.lexicon import Symptom, symptoms_in
from agents.analysis.nochange import Case, Natural
from agents.analysis.observations import CallShift, EventSeen, LogPattern, MetricShift, Seen, Signal
from agents.analysis.words import words
from incident.diagnosis import Category, Remediation

BAD = re.compile(
    r"degrad|outage|impair|disrupt|\bdown\b|unavailable|investigat|identified|critical|major|partial"
    r"|incident|elevated|fail",
    re.IGNORECASE,
)
WELL = re.compile(r"normal|operational|resolved|healthy|completed|closed|\bok\b|no issues", re.IGNORECASE)
SPARE = re.compile(r"replica|region|secondary|standby|available", re.IGNORECASE)
HOST = re.compile(
    r"\b(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:com|net|org|io|co|cloud|dev|ai|eu|de|uk|us|gov|cn|jp)\b",
    re.IGNORECASE,
)
OURS = re.compile(r"\.(?:svc|local|internal|cluster|lan|corp|consul)\b", re.IGNORECASE)
EXPIRED = re.compile(r"expired|not yet valid|not.?after", re.IGNORECASE)
REFUSED = re.compile(
    r"fail|invalid|unknown|\bbad\b|refus|reject|error|expired|verify|verification|untrusted|not (?:yet )?valid|mismatch"
    r"|unable|denied|self.signed",
    re.IGNORECASE,
)
"""What tells a certificate that is not accepted from one that somebody merely writes about."""
RECORD = re.compile(
    r"\b(?:tenant|partition|offset|record|customer|row|file|batch|message|document|shard|merchant|sku|feed|payload|key)"
    r"[\w\s]{0,12}[=:#\[ ]\s*[\"']?[\w\-]*\d",
    re.IGNORECASE,
)
SPOILT = re.compile(
    r"poison|malformed|corrupt|dead.?letter|bad (?:record|row|message|data|payload)|invalid (?:utf|byte|record|row)",
    re.IGNORECASE,
)
SEVERAL, LONGEST = 3, 2000
OTHER_RATES = frozenset({
    Symptom.LOGGING, Symptom.QUERIES, Symptom.CACHE, Symptom.DISK, Symptom.ERRORS, Symptom.ACCESS, Symptom.THROTTLING,
})  # fmt: skip
"""What makes a rate something else than requests."""
GREW, MANIFOLD = 1.6, 2.5
SOON = timedelta(minutes=4)


def surges(case: Case) -> dict[str, tuple[Seen, float, MetricShift]]:
    """Return the services whose rate of requests grew, to how many times, and the shift that shows it."""
    found: dict[str, tuple[Seen, float, MetricShift]] = {}
    for seen in case.seen:
        shift = seen.what
        if not isinstance(shift, MetricShift) or shift.signal is not Signal.TRAFFIC or shift.before <= 0:
            continue
        factor = shift.after / shift.before
        known = found.get(shift.service)
        if factor >= GREW and not symptoms_in(shift.metric) & OTHER_RATES and (known is None or factor > known[1]):
            found[shift.service] = (seen, factor, shift)
    return found


def traffic(case: Case) -> Iterator[Natural]:
    """More demand: it rises where requests enter, and on every tier behind; a rise only behind is somebody's doing."""
    risen = surges(case)
    if not risen:
        return
    fronts = {s for s in risen if not case.graph.callers(s)}
    entries = fronts | {s for s in risen if fronts & case.graph.callers(s)}
    at = case.first(entries or set(risen))
    seen, factor, shift = risen.get(at) or next(iter(risen.values()))
    refusals = next((s for s, p in case.complaints if Symptom.THROTTLING in symptoms_in(p.template)), None)
    first = case.fault.onset is None or shift.onset is None or shift.onset <= case.fault.onset + SOON
    entered = (1.0 if at in entries else 0.3) * min(1.0, (factor - 1) / MANIFOLD)
    wide = min(1.0, len(risen) / SEVERAL) if len(risen) > 1 else 0.0
    heard = [
        Witness("surge", entered, 3.0, seen.id, f"requests at {at} grew to {factor:.1f} times what they were"),
        Witness("every-tier", wide, 1.4, seen.id, f"{len(risen)} services were asked more at once"),
        Witness("order", float(first), 0.8, seen.id, "the rise came first"),
    ]
    if at not in entries:
        heard.append(Witness("inside", 1.0, -2.0, seen.id, f"whoever calls {at} was not asked for more"))
    if refusals:
        heard.append(Witness("refusals", 1.0, 1.0, refusals.id, "requests were turned away as too many"))
    yield Natural(Category.TRAFFIC, at, f"{at} was asked for more than it could serve", Remediation.SCALE, tuple(heard))


def bad_events(case: Case) -> list[tuple[Seen, EventSeen]]:
    """Return what others said was wrong, from an hour before the onset."""
    since = (case.fault.onset or case.alert.fired_at) - timedelta(hours=1)
    events = [(s, s.what) for s in case.seen if isinstance(s.what, EventSeen) and s.what.at >= since]
    return [(s, e) for s, e in events if BAD.search(e.status or e.message) and not WELL.search(e.status)]


def provider(case: Case) -> Iterator[Natural]:
    """Somebody else: errors on calls that leave the house, a status page that says so, several services at once."""
    complaints = case.complaints
    others = {s.id: c for s, p in complaints if (c := case.blamed(p)) and c in case.silent}
    outward = [(s, p) for s, p in complaints if s.id in others or _leaves(p)]
    unresolved = [(s, p) for s, p in complaints if Symptom.DNS in symptoms_in(p.template)]
    hit = {p.service for _, p in (*outward, *unresolved)}
    heard = [
        *_status_page(case),
        *_share("outward", outward, len(complaints), 2.0, "the errors are on calls that leave our systems"),
    ]
    heard += _share("names", unresolved, len(complaints), 2.6, "names stopped resolving")
    if len(hit) > 1:
        said = f"{len(hit)} services failed on such calls"
        heard.append(Witness("several", min(1.0, len(hit) / SEVERAL), 1.6, (outward or unresolved)[0][0].id, said))
    if not heard:
        return
    category = Category.NETWORK if len(unresolved) > len(outward) else Category.PROVIDER
    heard += _spared(case, set(others.values()), hit)
    theirs = [others[s.id] for s, _ in _loudest(case, [(s, p) for s, p in outward if s.id in others])]
    for callee in theirs:
        failed = case.unanswered(None, callee)[:1]
        heard += [Witness("unanswered", 1.0, 2.2, s.id, f"calls to {callee} are not answered") for s in failed]
    at = theirs[0] if theirs and category is Category.PROVIDER else case.first(hit)
    remedy = Remediation.FAILOVER if _spare(case) else Remediation.ESCALATE_UPSTREAM
    yield Natural(category, at, _outside(category, at, ours=not theirs), remedy, tuple(heard))


def _spared(case: Case, callees: set[str], hit: set[str]) -> list[Witness]:
    """Speak against somebody else's failure where others call the same one, are watched, and are well."""
    if len(callees) != 1:
        return []
    (callee,) = callees
    watched = {s.what.service for s in case.seen if isinstance(s.what, LogPattern)}
    hurt = hit | {s.what.caller for s in case.unanswered(None, callee) if isinstance(s.what, CallShift)}
    well = sorted((case.graph.callers(callee) & watched) - hurt)
    return [Witness("spared", 1.0, -2.0, "", f"{well[0]} calls {callee}, too, and does not complain")] if well else []


def _outside(category: Category, at: str, *, ours: bool) -> str:
    if category is Category.NETWORK:
        return f"names no longer resolved, and {at} suffered first"
    if ours:
        return f"something outside our systems failed, and {at} suffered first"
    return f"{at}, which is outside our systems, failed"


def _status_page(case: Case) -> list[Witness]:
    events = bad_events(case)
    if not events:
        return []
    shared = [(len(set(words(f"{e.message} {e.service or ''}")) & set(case.fault.text)), s, e) for s, e in events]
    alike, seen, event = max(shared, key=lambda option: option[0])
    said = f"{event.source} said '{event.status or event.message[:60]}' at {event.at:%H:%M}"
    named = event.service in {case.blamed(p) for _, p in case.complaints} - {None}
    same = 1.0 if named else min(1.0, alike / 3)
    agrees = Witness("same-words", same, 1.2, seen.id, "and it names what our errors name")
    return [Witness("status-page", 1.0, 2.6, seen.id, said), agrees]


def _share(name: str, lines: list[tuple[Seen, LogPattern]], of: int, worth: float, said: str) -> list[Witness]:
    return [Witness(name, min(1.0, 0.4 + len(lines) / of), worth, lines[0][0].id, said)] if lines else []


def _leaves(pattern: LogPattern) -> bool:
    hosts = (host[0] for host in HOST.finditer(f"{' '.join(pattern.names)} {pattern.example}"[:LONGEST]))
    return any(not OURS.search(host) for host in hosts)


def _spare(case: Case) -> bool:
    """Tell whether somebody says that another place of the same kind is well: then one can fail over to it."""
    events = (s.what for s in case.seen if isinstance(s.what, EventSeen))
    return any(WELL.search(e.status) and SPARE.search(e.message) for e in events)


def certificate(case: Case) -> Iterator[Natural]:
    """A certificate ran out: the errors say so, by the clock and nobody's hand."""
    told = [(s, p) for s, p in case.complaints if Symptom.CERTIFICATE in symptoms_in(p.example)]
    hits = [(s, p) for s, p in told if REFUSED.search(p.example)]
    dated = [(s, p) for s, p in hits if EXPIRED.search(p.example)]
    for seen, pattern in _loudest(case, dated or hits):
        said = f"{pattern.service} logs '{pattern.example[:120]}'"
        heard = [Witness("refused", case.loudness(pattern), 3.0, seen.id, said)]
        if dated:
            heard.append(Witness("dated", case.loudness(pattern), 3.4, seen.id, "which happens by the clock"))
        unreached = [s.what.callee for s in case.unanswered(pattern.service) if isinstance(s.what, CallShift)]
        at = case.blamed(pattern) or next(iter(unreached), None) or case.first({p.service for _, p in hits})
        yield Natural(
            Category.CERTIFICATE, at, "a certificate was no longer accepted", Remediation.ROTATE_CERT, tuple(heard)
        )


def _loudest(case: Case, found: list[tuple[Seen, LogPattern]]) -> list[tuple[Seen, LogPattern]]:
    """Return the pattern that makes up most of the trouble, as a list of one or none."""
    return sorted(found, key=lambda one: case.loudness(one[1]), reverse=True)[:1]


def data(case: Case) -> Iterator[Natural]:
    """Data came in that doesn't fit: the errors name a record, a partition, a tenant."""
    hits = [(s, p) for s, p in case.complaints if Symptom.SHAPE in symptoms_in(p.example) or SPOILT.search(p.example)]
    named = [(s, p) for s, p in hits if RECORD.search(p.example)]
    spoilt = [(s, p) for s, p in hits if SPOILT.search(p.example)]
    if not named and not spoilt:
        return
    heard = [
        Witness("record", case.loudness(p), 3.0, s.id, f"{p.service} logs '{p.example[:120]}'")
        for s, p in _loudest(case, named)
    ]
    heard += [
        Witness("spoilt", case.loudness(p), 2.4, s.id, "the errors call the data itself broken")
        for s, p in _loudest(case, spoilt)
    ]
    at = case.first({p.service for _, p in (*named, *spoilt)})
    yield Natural(
        Category.DATA, at, f"{at} was given data that it can't take", Remediation.PURGE_BAD_DATA, tuple(heard)
    )
