"""What an alert is marked with whose incident begins in another way than by paging just now."""

from incident.alert import Alert
from incident.status import DRILL_LABEL

LATE_LABEL, AGAIN_LABEL = "late", "looked-at-again"
"""Mark an alert that was read after the fact, and one that people have looked at before."""


def late(alert: Alert) -> Alert:
    """Return the alert as one that was read late: it says so, and nothing is done about it without a person."""
    said = f"Read late, after nobody had listened for a while: nothing is done by itself. {alert.summary}"
    return alert.model_copy(update={"summary": said, "labels": {**alert.labels, LATE_LABEL: "true"}})


def again(alert: Alert) -> Alert:
    """Return the alert as one that a person wants looked at again: nothing is done about it without a person."""
    return alert.model_copy(update={"labels": {**alert.labels, AGAIN_LABEL: "true"}})


def drill(alert: Alert) -> Alert:
    """Return the alert of a made-up world as one of a drill."""
    return alert.model_copy(update={"labels": {**alert.labels, DRILL_LABEL: "true"}})


def asks_first(alert: Alert) -> bool:
    """Tell whether nothing is done about an alert without a person, whatever the world."""
    return not {LATE_LABEL, AGAIN_LABEL}.isdisjoint(alert.labels)
