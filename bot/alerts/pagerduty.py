"""PagerDuty's Slack app: incident number and title, then service, urgency and status as fields or lines."""

import re

from bot.alerts import listed
from bot.alerts.content import Part
from bot.alerts.draft import Draft, told
from bot.alerts.pairs import stanzas
from bot.alerts.states import State, unmarked

LINK = re.compile(r"^https?://[\w.-]+\.pagerduty\.com/incidents/\w+", re.IGNORECASE)
STATUS = re.compile(r"\b(triggered|acknowledged|escalated|reassigned|reopened|resolved)\b", re.IGNORECASE)
NUMBERED = re.compile(r"^(?:.{0,60}?)(?:\[?#(\d{1,12})\]?[:\s-]+)(\S.*)$")
ABOUT = ("service", "impacted service", "services")


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the incident; None where nothing is PagerDuty's."""
    lines = {key: value for item in stanzas(part.lines) for key, value in item.facts.items()}
    facts = {**lines, **listed.fields(part)}
    numbered = next((found for line in (part.title, *part.lines) if (found := NUMBERED.match(line))), None)
    linked = any(LINK.match(link) for link in part.links)
    if not linked and not (numbered and "urgency" in facts and told(facts, *ABOUT)):
        return None
    status = (
        STATUS.search(facts.get("status", "")) or STATUS.search(part.title) or STATUS.search("\n".join(part.lines[:3]))
    )
    if not status:
        return ()
    state = State.RESOLVED if status[1].lower() == "resolved" else State.FIRING
    name = unmarked(numbered[2] if numbered else STATUS.sub("", part.title, count=1).lstrip(" :"))
    labels = {**listed.labels_of(facts), "service": told(facts, *ABOUT)}
    return (Draft(state, name, labels, facts, name, "\n".join(part.lines), part.links, part.moment),)
