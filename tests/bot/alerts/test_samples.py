"""Each sender's messages, shaped as the sender documents them, say what a person would read in them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import Fired, Seen, read_message

SAMPLES = sorted((Path(__file__).parent / "samples").rglob("*.json"))
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def says(path: Path, **changed: object) -> tuple[Seen, ...]:
    sample = json.loads(path.read_text())
    message = {**sample["message"], **changed}
    known = sample.get("known_services", [])
    return read_message(
        message, default_environment="production", seen_at=NOON + timedelta(minutes=15), known_services=known
    )


def told(seen: Seen, wanted: dict[str, Any]) -> dict[str, Any]:
    values = seen.alert.model_dump(mode="json") if isinstance(seen, Fired) else seen.model_dump(mode="json")
    values |= {"fired": isinstance(seen, Fired), "environment": seen.environment}
    if isinstance(seen, Fired):
        values["fired_at"] = seen.alert.fired_at.isoformat()
    values["labels"] = {key: value for key, value in values["labels"].items() if key in wanted.get("labels", {})}
    return {key: values[key] for key in wanted}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_says_what_its_file_says(path: Path) -> None:
    wanted = json.loads(path.read_text())["says"]
    found = says(path)
    assert [told(seen, want) for seen, want in zip(found, wanted, strict=False)] == wanted
    assert len(found) == len(wanted)


@pytest.mark.parametrize(
    ("page", "end"),
    [
        ("alertmanager/firing-default", "alertmanager/resolved-default"),
        ("alertmanager/firing-default", "alertmanager/edited-to-resolved"),
        ("grafana/firing", "grafana/resolved"),
        ("grafana/legacy-alerting", "grafana/legacy-ok"),
        ("datadog/triggered", "datadog/recovered"),
        ("sentry/issue", "sentry/issue-edited-to-resolved"),
        ("sentry/metric-alert-critical", "sentry/metric-alert-resolved"),
        ("pagerduty/triggered", "pagerduty/acknowledged-edit"),
        ("pagerduty/triggered", "pagerduty/resolved"),
        ("cloudwatch/chatbot-alarm", "cloudwatch/chatbot-ok"),
        ("opsgenie/new-alert", "opsgenie/closed"),
        ("plain/figures", "plain/figures-resolved"),
    ],
)
def test_a_page_and_what_becomes_of_it_are_one_problem(page: str, end: str) -> None:
    folder = Path(__file__).parent / "samples"
    (first,), (last,) = says(folder / f"{page}.json"), says(folder / f"{end}.json")
    assert first.fingerprint == last.fingerprint


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_says_where_its_shape_comes_from(path: Path) -> None:
    assert len(json.loads(path.read_text())["source"]) > 20


def test_every_sender_is_there_with_three_samples_or_more() -> None:
    senders = [path.parent.name for path in SAMPLES]
    assert min(senders.count(sender) for sender in senders) >= 3
    assert {"alertmanager", "cloudwatch", "datadog", "grafana", "opsgenie", "pagerduty", "plain", "sentry"} == set(
        senders
    )


def test_the_name_a_sender_posts_under_changes_nothing() -> None:
    for path in SAMPLES:
        stripped = {"app_id": "A0OTHER", "bot_profile": {"name": "Relay"}, "username": "Relay"}
        assert says(path, **stripped) == says(path)
