"""Alerts as lists of labels and annotations: Alertmanager's and Grafana's text, and most templates that teams write."""

from bot.alerts import pairs
from bot.alerts.content import Part
from bot.alerts.draft import Draft, told
from bot.alerts.moments import moment
from bot.alerts.pairs import Stanza
from bot.alerts.places import ENVIRONMENT_KEYS, PLACE_KEYS, SERVICE_KEYS
from bot.alerts.states import State, unmarked
from incident.alert import IDENTIFYING

TELLING = frozenset({*SERVICE_KEYS, *ENVIRONMENT_KEYS, *PLACE_KEYS, *IDENTIFYING, "severity", "pod", "host", "team"})
"""Names that are labels wherever they stand, also outside a list of labels."""
NAME_KEYS = ("alertname", "alert", "alert name", "rule", "monitor", "alarm name", "alarm")


def drafts(part: Part, state: State, name: str) -> tuple[Draft, ...]:
    """Return a draft for each alert that is listed, one where none is; ``name`` is for those that tell none."""
    listed = pairs.stanzas(part.lines)
    shared = fields(part)
    alerts = [item for item in listed if _is_alert(item)]
    if len(alerts) <= 1:
        merged = Stanza(None, {}, {})
        for item in listed:
            merged.facts.update({**item.facts, **merged.facts})
            merged.labels.update({**item.labels, **merged.labels})
        stated = alerts[0].state if alerts else None
        return (_draft(part, merged._replace(state=stated), shared, state, name),)
    return tuple(_draft(part, item, shared, state, name) for item in alerts)


def fields(part: Part) -> dict[str, str]:
    """Return a part's named fields by lower-case name."""
    return {name.strip().lower(): value.strip() for name, value in part.fields}


def labels_of(facts: dict[str, str]) -> dict[str, str]:
    """Return those facts that are labels under any template."""
    named = {key.replace(" ", "_"): value.splitlines()[0] for key, value in facts.items() if value}
    return {key: value for key, value in named.items() if key in TELLING}


def _is_alert(item: Stanza) -> bool:
    return bool(item.labels or told(item.facts, *NAME_KEYS) or item.facts.get("value"))


def _draft(part: Part, item: Stanza, shared: dict[str, str], state: State, name: str) -> Draft:
    facts = {**shared, **item.facts}
    labels = {**pairs.tags_in(facts.get("tags", "")), **labels_of(facts), **item.labels}
    own = item.labels.get("alertname") or told(facts, *NAME_KEYS)
    own = unmarked(own) or name
    return Draft(
        item.state or state,
        own,
        {key: value for key, value in labels.items() if key != "alertname"},
        facts,
        part.title,
        "\n".join(part.lines),
        part.links,
        moment(item.facts.get("startsat", "")) or part.moment,
    )
