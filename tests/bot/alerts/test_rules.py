"""Rules, mutes and senders keep a channel quiet, and say why."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts import Fired
from bot.alerts.rules import Allowed, Ignored, Rule, judge
from bot.alerts.senders import allowed_sender
from incident.alert import Alert, Severity
from storage.memory import Mute

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FIRED = Fired(
    alert=Alert(
        service="checkout",
        name="slow",
        severity=Severity.MEDIUM,
        fired_at=NOON,
        labels={"team": "pay", "region": "eu-1"},
    ),
    environment="production",
)


def test_everything_counts_where_no_rule_asks_for_more() -> None:
    assert judge(FIRED, Rule(), now=NOON) == Allowed()


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule(min_severity=Severity.HIGH), "its severity is medium; this channel's rule asks for high or worse"),
        (Rule(environments=frozenset({"staging"})), "it is in production; this channel's rule asks for staging"),
        (Rule(labels={"team": "ops"}), "its label team is pay; this channel's rule asks for team=ops"),
        (Rule(labels={"tier": "1"}), "it has no label tier; this channel's rule asks for tier=1"),
        (Rule(labels={"region": "us-*"}), "its label region is eu-1; this channel's rule asks for region=us-*"),
    ],
)
def test_a_rule_says_what_it_asks_for(rule: Rule, reason: str) -> None:
    assert judge(FIRED, rule, now=NOON) == Ignored(reason)


@pytest.mark.parametrize("labels", [{"team": "pay"}, {"region": "eu-*"}, {"service": "check*"}, {"alertname": "slow"}])
def test_labels_match_by_equality_or_star(labels: dict[str, str]) -> None:
    assert judge(FIRED, Rule(labels=labels), now=NOON) == Allowed()


def test_only_the_star_means_anything_in_a_label() -> None:
    assert isinstance(judge(FIRED, Rule(labels={"team": "[a-z]ay"}), now=NOON), Ignored)
    assert isinstance(judge(FIRED, Rule(labels={"team": "pa?"}), now=NOON), Ignored)


def test_the_same_problem_stays_quiet_while_its_channel_cools_down() -> None:
    rule = Rule(cool_down=timedelta(minutes=30))
    early = judge(FIRED, rule, now=NOON, last_taken_up=NOON - timedelta(minutes=29))
    assert early == Ignored(
        "the same problem was taken up at 11:31 UTC; this channel's rule keeps it quiet until 12:01 UTC"
    )
    assert judge(FIRED, rule, now=NOON, last_taken_up=NOON - timedelta(minutes=30)) == Allowed()


def test_a_mute_names_who_and_until_when_and_ends_by_itself() -> None:
    mine = Mute(fingerprint=FIRED.fingerprint, by="Ann", until=NOON + timedelta(hours=1))
    other = Mute(fingerprint="0" * 16, by="Bob", until=NOON + timedelta(days=1))
    assert judge(FIRED, Rule(), now=NOON, mutes=[other, mine]) == Ignored("muted by Ann until 2026-11-24 13:00 UTC")
    assert judge(FIRED, Rule(), now=NOON + timedelta(hours=1), mutes=[other, mine]) == Allowed()


MODERN = {"user": "U0AM", "bot_id": "B0AM", "app_id": "A0AM", "bot_profile": {"name": "Alertmanager", "app_id": "A0AM"}}
WEBHOOK = {"subtype": "bot_message", "bot_id": "B0WH", "username": "AlertManager"}


@pytest.mark.parametrize("sender", ["A0AM", "B0AM", "U0AM", "alertmanager", " Alertmanager "])
def test_an_app_is_known_by_its_ids_and_its_name(sender: str) -> None:
    assert allowed_sender(MODERN, ["someone", sender]) == Allowed()


def test_a_webhook_is_known_by_the_name_it_posts_under() -> None:
    assert allowed_sender(WEBHOOK, ["alertmanager"]) == Allowed()
    assert allowed_sender(WEBHOOK, ["B0WH"]) == Allowed()


def test_nobody_counts_until_somebody_is_named() -> None:
    refused = allowed_sender(MODERN, [])
    assert isinstance(refused, Ignored)
    assert "SFA_ALERT_SENDERS" in refused.reason


def test_others_are_refused_by_name() -> None:
    refused = allowed_sender(WEBHOOK, ["B0AM"])
    assert isinstance(refused, Ignored)
    assert refused.reason.startswith("AlertManager / B0WH is not among the alert senders")


def test_a_person_cannot_call_themself_an_app() -> None:
    assert isinstance(allowed_sender({"user": "U0EVE", "username": "Alertmanager"}, ["alertmanager"]), Ignored)
