"""Alertmanager and Grafana: `[FIRING:2] HighLatency checkout (critical)`, then a list or other text."""

import re

from bot.alerts import listed
from bot.alerts.content import Part
from bot.alerts.draft import Draft
from bot.alerts.places import ENVIRONMENTS, EXPORTER
from bot.alerts.severities import SEVERITY
from bot.alerts.states import State

TITLE = re.compile(
    r"^(.{0,100}?)\[\s*(FIRING|RESOLVED)(?:\s*(?:[:x]\s*)?\d{0,5}[^\]\n]{0,40})\]\s*(.*)$", re.IGNORECASE
)
VALUES = re.compile(r"^([^()]*?)\s*(?:\(([^()]*)\))?$")
LABEL = re.compile(r"\w*[a-z0-9][A-Z]\w*|\w+_\w+|Watchdog")
NOT_A_SERVICE = re.compile(r"[\d.]+(?::\d+)?|.*[:/@=].*|(?:[a-z]{2}-){1,2}[a-z]+-\d[a-z]?|\d.*|[A-Z][a-z]+[A-Z].*")
"""Addresses, regions, figures, CamelCase alert names."""


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the group's alerts; None where no title has that form."""
    found = TITLE.match(part.title)
    if not found:
        return None
    state = State[found[2].upper()]
    before, after = found[1].strip(" |:-"), found[3].strip()
    if not after:
        return listed.drafts(part, state, before)
    values = VALUES.match(after)
    group = (values[1] if values else after).strip()
    name = _name(group)
    grouped = listed.drafts(part, state, name or group or after)
    if len(grouped) > 1 or grouped[0].labels or not (name and values):
        return grouped
    return (_from_values(grouped[0], group.split()[1:], (values[2] or "").split()),)


def _name(group: str) -> str:
    """Return the name that the default title begins with; empty where the title is a team's own."""
    first = group.partition(" ")[0]
    return first if LABEL.fullmatch(first) else ""


def _from_values(draft: Draft, group: list[str], common: list[str]) -> Draft:
    """Tell what the default title's values mean: it leaves out their names, so only one that stands alone counts."""
    told = [*group, *common]
    environment = next((value for value in told if value.lower() in ENVIRONMENTS), "")
    severity = next((value for value in told if value.lower() in SEVERITY), "")
    service = _alone(group) or _alone(common)
    found = {"environment": environment, "severity": severity, "service": service}
    return draft._replace(labels={key: value for key, value in found.items() if value})


def _alone(values: list[str]) -> str:
    left = {value for value in values if not _says_something_else(value)}
    return left.pop() if len(left) == 1 else ""


def _says_something_else(value: str) -> bool:
    word = value.lower()
    return word in ENVIRONMENTS or word in SEVERITY or bool(NOT_A_SERVICE.fullmatch(value) or EXPORTER.search(value))
