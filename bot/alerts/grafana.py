"""Grafana before unified alerting: `[Alerting] checkout p99`, each matching series a field with its value."""

import re

from bot.alerts import listed, pairs
from bot.alerts.content import Part
from bot.alerts.draft import Draft
from bot.alerts.figures import quantity
from bot.alerts.states import State

TITLE = re.compile(r"^\W*\[(Alerting|No Data|OK)\]\s*(\S.*)$", re.IGNORECASE)
FOOTER = re.compile(r"^Grafana v\d")
SERIES = re.compile(r"^([\w.:/-]+)?\s*(?:\{(.*)\})?$")


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the alert; None where title or footer aren't Grafana's."""
    found = TITLE.match(part.title)
    if not found or not any(FOOTER.match(line) for line in part.lines):
        return None
    state = State.RESOLVED if found[1].lower() == "ok" else State.FIRING
    name = re.sub(r"\s+alert$", "", found[2], flags=re.IGNORECASE)
    draft = listed.drafts(part, state, name)[0]
    for series, value in part.fields:
        told = SERIES.match(series)
        if told and quantity(value):
            labels = {**pairs.tags_in(told[2] or ""), **draft.labels}
            facts = {"value": value, **({"metric": told[1]} if told[1] else {}), **draft.facts}
            return (draft._replace(labels=labels, facts=facts),)
    return (draft,)
