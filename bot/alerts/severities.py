"""How bad it is, in the words of every sender."""

import re

from incident.alert import Severity

SEVERITIES = {
    Severity.CRITICAL: "critical crit p0 p1 sev0 sev1 s1 page emergency fatal disaster blocker urgent",
    Severity.HIGH: "high error err major p2 sev2 s2 severe alert danger",
    Severity.MEDIUM: "medium warning warn moderate minor average p3 sev3 s3",
    Severity.LOW: "low info information informational notice debug none p4 p5 sev4 sev5 s4",
}
SEVERITY = {word: severity for severity, words in SEVERITIES.items() for word in words.split()}
MARKED = re.compile(
    r"[\[(]([^\])\n]{1,60})[\])]|^(?::\w+:|[^\w\[(])*([A-Za-z]+\d?)\s*[:!-]|\b([Pp][0-5]|[Ss][Ee][Vv]-?[0-5])\b"
)


def severity_in(text: str) -> Severity | None:
    """Return the worst severity among the words of a field, such as `P2 (High)`; None where there is none."""
    words = (word.replace("-", "") for word in re.findall(r"[a-z]+-?\d?", text[:200].lower()))
    found = [SEVERITY[word] for word in words if word in SEVERITY]
    return min(found, key=list(Severity).index) if found else None


def severity_marked(title: str) -> Severity | None:
    """Return the severity that a title marks: in brackets, before a colon, or as P1."""
    for found in MARKED.finditer(title[:500]):
        if severity := severity_in(next(group for group in found.groups() if group)):
            return severity
    return None
