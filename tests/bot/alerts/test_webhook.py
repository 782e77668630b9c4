"""Alertmanager's webhook says the same as its message in Slack."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.alerts import Fired, Healed, Seen, alertmanager_webhook, read_message
from incident.alert import Severity

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAYLOAD: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="HighErrorRate"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "first-responder",
    "groupLabels": {"alertname": "HighErrorRate"},
    "commonLabels": {"alertname": "HighErrorRate", "region": "eu-west-1"},
    "commonAnnotations": {"description": "more than 1% of requests fail"},
    "externalURL": "https://alertmanager.example.com",
    "alerts": [
        {
            "status": "firing",
            "labels": {"service": "checkout", "severity": "critical", "alertname": "HighErrorRate"},
            "annotations": {"summary": "checkout fails: 5.2% (threshold 1%)"},
            "startsAt": "2026-11-24T11:55:00.000Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example.com/graph",
            "fingerprint": "d1f2",
        },
        {"status": "resolved", "labels": {"service": "cart"}, "annotations": {}, "startsAt": "2026-11-24T11:00:00Z"},
        {"status": "firing", "labels": {"alertname": "Watchdog"}},
    ],
}


def read(payload: dict[str, Any]) -> tuple[Seen, ...]:
    return alertmanager_webhook(payload, default_environment="production", seen_at=NOON)


def test_a_webhook_says_what_fired_and_what_healed() -> None:
    fired, healed = read(PAYLOAD)
    assert isinstance(fired, Fired)
    assert isinstance(healed, Healed)
    alert = fired.alert
    assert (alert.service, alert.name, alert.severity) == ("checkout", "HighErrorRate", Severity.CRITICAL)
    assert (alert.value, alert.threshold) == (5.2, 1.0)
    assert alert.fired_at == NOON - timedelta(minutes=5)
    assert dict(alert.labels) == {"service": "checkout", "severity": "critical", "region": "eu-west-1"}
    assert fired.links == ("https://prometheus.example.com/graph", "https://alertmanager.example.com")
    assert (healed.service, healed.name) == ("cart", "HighErrorRate")


def test_a_webhook_and_a_message_of_the_same_alert_join() -> None:
    text = (
        "Labels:\n - alertname = HighErrorRate\n - service = checkout\n - region = eu-west-1\n - severity = critical\n"
    )
    message = {"attachments": [{"title": "[FIRING:1] HighErrorRate", "text": text}]}
    (seen,) = read_message(message, default_environment="production", seen_at=NOON)
    assert seen.fingerprint == read(PAYLOAD)[0].fingerprint


def test_a_payload_that_is_none_of_alertmanagers_says_nothing() -> None:
    assert read({}) == ()
    assert read({"alerts": "all"}) == ()
    assert read({"alerts": [None, {"status": "odd", "labels": {"service": "checkout"}}]}) == ()


def test_a_flood_is_cut_at_twenty_alerts() -> None:
    alerts = [{"status": "firing", "labels": {"service": f"s{i}", "alertname": "A"}} for i in range(500)]
    assert len(read({"alerts": alerts})) == 20
