"""What a reader made out of one alert, and how that becomes a value the middle understands."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from bot.alerts import figures
from bot.alerts.escapes import clean
from bot.alerts.figures import Quantity
from bot.alerts.moments import believed, moment
from bot.alerts.pairs import is_prose
from bot.alerts.places import environment_in, service_in
from bot.alerts.seen import Fired, Healed, Seen
from bot.alerts.severities import severity_in, severity_marked
from bot.alerts.states import State
from incident.alert import Alert, Severity

MOST_LABELS, LONGEST_KEY, LONGEST_VALUE = 40, 100, 300
LONGEST_NAME, LONGEST_SUMMARY, MOST_LINKS = 200, 2_000, 10
SEVERITY_KEYS = ("severity", "alert_priority", "priority", "level", "urgency")
METRIC_KEYS = ("metric", "metric name", "metric_name", "metricname", "__name__", "alert_metric")
VALUE_KEYS = ("value", "current value", "metric value", "current", "values")
THRESHOLD_KEYS = ("threshold", "alert threshold", "limit")
SUMMARY_KEYS = (
    "summary",
    "description",
    "message",
    "alarm reason",
    "state change reason",
    "reason",
    "alarm description",
)
STARTED_KEYS = ("startsat", "started", "starts at", "started at", "since", "triggered at", "fired at")
METRIC = re.compile(r"[A-Za-z_][\w.:/-]{0,199}")


class Sight(NamedTuple):
    """Where and when a message was seen, and which services are known there."""

    environment: str
    seen_at: datetime
    sent_at: datetime | None = None
    known: frozenset[str] = frozenset()


class Draft(NamedTuple):
    """One alert as read. ``facts`` by lower-case name; ``title`` and ``prose`` are searched for what no field says."""

    state: State
    name: str
    labels: Mapping[str, str]
    facts: Mapping[str, str]
    title: str = ""
    prose: str = ""
    links: tuple[str, ...] = ()
    moment: datetime | None = None
    severity: Severity | None = None


def seen(drafts: Iterable[Draft], sight: Sight) -> Iterable[Seen]:
    """Yield what the drafts say; one that names no service is no alert that anybody could look into."""
    for draft in drafts:
        labels = _bounded(draft.labels)
        service = service_in(labels, (draft.name, draft.title, draft.prose), sight.known)
        name = _line(draft.name, LONGEST_NAME) or "alert"
        if not service or not (service := _line(service, LONGEST_NAME)):
            continue
        environment = environment_in(labels, draft.title, sight.environment)[:LONGEST_NAME]
        if draft.state is State.RESOLVED:
            yield Healed(service=service, name=name, labels=labels, environment=environment)
        else:
            alert = _alert(draft, service, name, labels, sight)
            yield Fired(alert=alert, environment=environment, links=draft.links[:MOST_LINKS])


def told(facts: Mapping[str, str], *keys: str) -> str:
    """Return the first of the facts that is told, empty where none is."""
    return next((facts[key] for key in keys if facts.get(key)), "")


def _alert(draft: Draft, service: str, name: str, labels: Mapping[str, str], sight: Sight) -> Alert:
    metric, value, threshold = _signal(draft, labels)
    summary = told(draft.facts, *SUMMARY_KEYS) or _sentences(draft.prose) or draft.title or draft.prose
    started = moment(told(draft.facts, *STARTED_KEYS)) or draft.moment
    return Alert(
        service=service,
        name=name,
        summary=clean(summary)[:LONGEST_SUMMARY].strip(),
        severity=_severity(draft, labels),
        fired_at=believed(started, sight.sent_at, sight.seen_at),
        metric=metric,
        value=value,
        threshold=threshold,
        labels=labels,
    )


def _sentences(prose: str) -> str:
    """Return the prose without its lists of labels and without empty lines."""
    return "\n".join(line for line in prose.splitlines() if is_prose(line))


def _severity(draft: Draft, labels: Mapping[str, str]) -> Severity:
    for source in ({key.lower(): value for key, value in labels.items()}, draft.facts):
        for key in SEVERITY_KEYS:
            if found := severity_in(source.get(key, "")):
                return found
    return draft.severity or severity_marked(draft.title) or Severity.HIGH


def _signal(draft: Draft, labels: Mapping[str, str]) -> tuple[str | None, float | None, float | None]:
    """Return metric, reading and limit, in the unit that the metric's name tells, else in the limit's."""
    named = told({key.lower(): value for key, value in labels.items()} | dict(draft.facts), *METRIC_KEYS)
    metric = named if METRIC.fullmatch(named) else None
    value, threshold = _stated(told(draft.facts, *VALUE_KEYS)), _stated(told(draft.facts, *THRESHOLD_KEYS))
    if value is None or threshold is None:
        stated = (told(draft.facts, *VALUE_KEYS), told(draft.facts, *SUMMARY_KEYS))
        prose = "\n".join((*stated, draft.title, draft.prose))
        read, limit = figures.reading_and_limit(prose[:5_000])
        value, threshold = value or read, threshold or limit
    unit = _unit(metric) or (threshold.unit if threshold else "")
    return metric, figures.in_unit(value, unit), figures.in_unit(threshold, unit)


def _stated(text: str) -> Quantity | None:
    return figures.quantity(text) if text else None


def _unit(metric: str | None) -> str:
    found = re.search(r"(?:^|[_.])(ms|milliseconds|seconds|bytes)(?:$|[_.])", metric or "")
    return found[1] if found else ""


def _bounded(labels: Mapping[str, str]) -> dict[str, str]:
    kept = ((_line(key, LONGEST_KEY), _line(value, LONGEST_VALUE)) for key, value in labels.items())
    return dict([(key, value) for key, value in kept if key and value][:MOST_LABELS])


def _line(text: str, longest: int) -> str:
    return " ".join(clean(text).split())[:longest].strip()
