"""Sentry: an issue with its project in the footer, or a metric alert such as `Critical: checkout errors`."""

import re

from bot.alerts import listed
from bot.alerts.content import Part
from bot.alerts.draft import Draft
from bot.alerts.pairs import stanzas
from bot.alerts.severities import severity_in
from bot.alerts.states import State
from incident.alert import Severity

METRIC_ALERT = re.compile(r"^(?::\w+:|\W)*(Critical|Warning|Resolved)\s*:\s*(\S.*)$")
COUNTED = re.compile(r"^([\d.,]+)%?\s+(.{1,120}?) in the last \d+ (?:minutes?|hours?|days?)", re.MULTILINE)
RESOLVED = re.compile(r"^Issue (?:resolved|archived) by ", re.MULTILINE)
LINK = re.compile(r"sentry\.io/|/organizations/[\w-]+/(?:issues|alerts)/|[?&]referrer=[\w]*slack")


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the issue or the metric alert; None where it is neither."""
    facts = {key: value for item in stanzas(part.lines) for key, value in item.facts.items()}
    if "short id" in facts and "project" in facts:
        return (_issue(part, facts),)
    found = METRIC_ALERT.match(part.title)
    if found and (COUNTED.search("\n".join(part.lines)) or any(LINK.search(link) for link in part.links)):
        return (_metric_alert(part, found[1], found[2]),)
    return None


def _issue(part: Part, facts: dict[str, str]) -> Draft:
    state = State.RESOLVED if RESOLVED.search("\n".join(part.lines)) else State.FIRING
    title = re.sub(r"^(?::\w+:|[^\w<(])+", "", part.title)
    level = severity_in(facts.get("level", "")) or _by_circle(part.title)
    labels = {**listed.labels_of(facts), "project": facts["project"]}
    kept = {key: value for key, value in facts.items() if key not in {"state", "level", "value"}}
    said = [line for line in part.lines if line and not line.startswith(("Project:", "Events:", "State:", "Issue "))]
    return Draft(state, title, labels, kept, title, "\n".join(said), part.links, part.moment, level)


def _metric_alert(part: Part, word: str, name: str) -> Draft:
    state = State.RESOLVED if word == "Resolved" else State.FIRING
    severity = {"Critical": Severity.CRITICAL, "Warning": Severity.MEDIUM}.get(word)
    prose = "\n".join(part.lines)
    counted = COUNTED.search(prose)
    facts = {"value": counted[1]} if counted else {}
    labels = labels_in(part)
    return Draft(state, name, labels, facts, part.title, prose, part.links, part.moment, severity)


def labels_in(part: Part) -> dict[str, str]:
    """Return what lines of tags tell, such as `environment: production`."""
    return listed.labels_of({key: value for item in stanzas(part.lines) for key, value in item.facts.items()})


def _by_circle(title: str) -> Severity | None:
    circles = {
        ":red_circle:": Severity.CRITICAL,
        ":large_orange_circle:": Severity.HIGH,
        ":large_yellow_circle:": Severity.MEDIUM,
        ":large_blue_circle:": Severity.LOW,
    }
    return next((severity for circle, severity in circles.items() if circle in title), None)
