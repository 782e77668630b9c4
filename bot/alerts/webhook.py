"""Alertmanager's webhook, version 4: alerts with their labels as they are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice

from bot.alerts.blocks import mapping, string
from bot.alerts.draft import Draft, Sight, seen
from bot.alerts.escapes import clean
from bot.alerts.moments import moment
from bot.alerts.readers import MOST_ALERTS
from bot.alerts.seen import Seen
from bot.alerts.states import State

STATES = {"firing": State.FIRING, "resolved": State.RESOLVED}


def alertmanager_webhook(
    payload: Mapping[str, object], *, default_environment: str, seen_at: datetime, known_services: Iterable[str] = ()
) -> tuple[Seen, ...]:
    """Return the payload's alerts; one without a service is left out. Never raises."""
    sight = Sight(default_environment, seen_at, None, frozenset(known_services))
    alerts = payload.get("alerts")
    listed = alerts if isinstance(alerts, list | tuple) else ()
    drafts = (draft for alert in listed if (draft := _draft(mapping(alert), payload)))
    return tuple(islice(seen(drafts, sight), MOST_ALERTS))


def _draft(alert: Mapping[str, object], payload: Mapping[str, object]) -> Draft | None:
    labels = _words(payload.get("commonLabels")) | _words(alert.get("labels"))
    facts = _words(payload.get("commonAnnotations")) | _words(alert.get("annotations"))
    state = STATES.get(string(alert.get("status") or payload.get("status")).lower())
    if state is None or not labels:
        return None
    name = labels.pop("alertname", "") or facts.get("summary", "")
    links = tuple(url for key in ("generatorURL", "externalURL") if (url := _url(alert, key) or _url(payload, key)))
    prose = "\n".join(facts.values())
    return Draft(state, name, labels, _lowered(facts), name, prose, links, moment(alert.get("startsAt")))


def _words(value: object) -> dict[str, str]:
    items = islice(mapping(value).items(), 100)
    return {clean(string(key)): clean(string(told))[:2_000] for key, told in items}


def _lowered(facts: Mapping[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in facts.items()}


def _url(source: Mapping[str, object], key: str) -> str:
    url = clean(string(source.get(key)))[:2_000]
    return url if url.startswith(("https://", "http://")) else ""
