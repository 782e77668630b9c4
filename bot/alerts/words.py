"""The words that alerts use: for paging and healing, and for how bad it is."""

import re
from enum import Enum, auto

from incident.alert import Severity


class State(Enum):
    """What a message says happened."""

    FIRING = auto()
    RESOLVED = auto()


FIRING_WORDS = (
    "firing|triggered|re-triggered|retriggered|alerting|alert|alarm|in alarm|problem|down|outage|warn|warning|critical|"
    "crit|error|fatal|emergency|high|major|page|open|opened|acknowledged|escalated|reassigned|no data|p[0-5]|sev-?[0-5]"
)
RESOLVED_WORDS = "resolved|recovered|recovery|ok|closed|cleared|healthy|back to normal|normal|up"
EMOJI_FIRING = re.compile(
    "[🚨🔥🆘❗‼🔴🛑❌📢🔔]|:(?:rotating_light|fire|sos|exclamation|bangbang|red_circle|octagonal_sign|x|large_red_square|loudspeaker|bell):"
)
EMOJI_RESOLVED = re.compile(
    "[✅🟢☑✔💚]|:(?:white_check_mark|large_green_circle|large_green_square|heavy_check_mark|green_heart|ok):"
)
LEAD = r"^(?::\w+:|[^\w\[(])*"
BRACKETED = re.compile(
    rf"^[^\[\n]{{0,80}}\[\s*(?:({RESOLVED_WORDS})|({FIRING_WORDS}))\b[^\]\n]{{0,200}}\]", re.IGNORECASE
)
PREFIXED = re.compile(
    rf"{LEAD}(?:({RESOLVED_WORDS})|({FIRING_WORDS}))\s*(?:[:!|]|-\s|\u2013\s|\u2014\s)", re.IGNORECASE
)
ENDED = re.compile(
    r"\b(?:is|are|was|has|have been|has been) (?:now )?(?:resolved|recovered|back to normal|healthy again|back up)\b"
    r"|\b(?:resolved|recovered)\W*$",
    re.IGNORECASE,
)
HEADING = re.compile(r"^[\W\d]*(?:alerts?\s+)?(firing|resolved)(?:\s+alerts?)?[\W\d]*$", re.IGNORECASE)
SEVERITIES = {
    Severity.CRITICAL: "critical crit p0 p1 sev0 sev1 s1 page emergency fatal disaster blocker urgent",
    Severity.HIGH: "high error err major p2 sev2 s2 severe alert danger",
    Severity.MEDIUM: "medium warning warn moderate minor average p3 sev3 s3",
    Severity.LOW: "low info information informational notice debug none p4 p5 sev4 sev5 s4",
}
SEVERITY = {word: severity for severity, words in SEVERITIES.items() for word in words.split()}


def state_of(title: str) -> State | None:
    """Return what a title says happened; None where it says neither."""
    for shape in (BRACKETED, PREFIXED):
        if found := shape.search(title[:500]):
            return State.RESOLVED if found[1] else State.FIRING
    if EMOJI_RESOLVED.search(title[:80]) or ENDED.search(title[:500]):
        return State.RESOLVED
    return State.FIRING if EMOJI_FIRING.search(title[:80]) else None


def heading(line: str) -> State | None:
    """Return the state that a line of its own announces for the alerts below it, such as `**Firing**`."""
    found = HEADING.match(line[:80])
    return State[found[1].upper()] if found else None


def severity_in(text: str) -> Severity | None:
    """Return the worst severity among the words of a field, such as `P2 (High)`; None where there is none."""
    words = re.findall(r"[a-z]+-?\d?", text[:200].lower())
    found = [SEVERITY[word.replace("-", "")] for word in words if word.replace("-", "") in SEVERITY]
    return min(found, key=list(Severity).index) if found else None


MARKED = re.compile(
    r"[\[(]([^\])\n]{1,60})[\])]|^(?::\w+:|[^\w\[(])*([A-Za-z]+\d?)\s*[:!-]|\b([Pp][0-5]|[Ss][Ee][Vv]-?[0-5])\b"
)


def severity_marked(title: str) -> Severity | None:
    """Return the severity that a title marks: in brackets, before a colon, or as P1."""
    for found in MARKED.finditer(title[:500]):
        if severity := severity_in(next(group for group in found.groups() if group)):
            return severity
    return None


STRIPPED = re.compile(
    rf"{LEAD}(?:\[[^\]\n]{{0,200}}\]|(?:{RESOLVED_WORDS}|{FIRING_WORDS}|alertmanager|grafana)\s*(?:[:!|]|-\s|\u2013\s))\s*",
    re.IGNORECASE,
)


def unmarked(title: str) -> str:
    """Return a title without what says its state, priority or sender, so that both pages of a problem have one name."""
    previous = None
    while previous != title:
        previous, title = title, STRIPPED.sub("", title, count=1)
    title = re.sub(LEAD, "", title)
    title = re.sub(
        rf"\s*\[\s*(?:{RESOLVED_WORDS}|{FIRING_WORDS})\b[^\]]{{0,200}}\]\s*$", "", title, flags=re.IGNORECASE
    )
    title = re.sub(r"(?:[\s!]|:\w+:|[^\w\s)}\]%\"'.])+$", "", title)
    return ENDED.sub("", title).strip(" .,:-!")
