"""The rules of alert channels, from a file that somebody has written."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.alerts.channels import read_rules
from bot.alerts.rules import Rule
from bot.mistakes import Mistake
from incident.alert import Severity

CHANNELS = {"#alerts": "C0ALERTS", "C0PAYMENTS": "C0PAYMENTS"}
WRITTEN = """\
# who is woken, and by what
alerts:
  min_severity: high
  environments: [production, staging]
  labels:
    team: payments
    region: eu-*
  cool_down: 30m
C0PAYMENTS: {}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.yml"
    path.write_text(text)
    return path


def test_each_channel_has_its_rule_under_its_name_or_its_id(tmp_path: Path) -> None:
    assert read_rules(written(tmp_path, WRITTEN), CHANNELS) == {
        "C0ALERTS": Rule(
            min_severity=Severity.HIGH,
            environments=frozenset({"production", "staging"}),
            labels={"team": "payments", "region": "eu-*"},
            cool_down=timedelta(minutes=30),
        ),
        "C0PAYMENTS": Rule(),
    }


def test_without_a_file_there_are_no_rules() -> None:
    assert read_rules(None, CHANNELS) == {}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("alerts:\n  min_severity: severe\n", 2, "'critical', 'high', 'medium'"),
        ("alerts:\n  min_severty: high\n", 2, "was min_severity meant?"),
        ("alerts:\n  cool_down: 30\n", 2, "a number and s, m, h or d, like 30m"),
        ("alerts:\n  labels: {tier: 1}\n", 2, "valid string"),
        ("alerts:\n", 1, "keys with values"),
        ("alerts: {}\nalrets: {}\n", 2, "no channel of SFA_ALERT_CHANNELS, which has alerts"),
        ("- alerts\n", 1, "a key for each channel"),
        ("alerts: {}\nalerts: {}\n", 2, "only once"),
        ("alerts: [\n", 2, "no YAML"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_it_is_and_what_would_be_right(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(Mistake) as mistake:
        read_rules(written(tmp_path, text), CHANNELS)
    said = mistake.value.message
    assert said.startswith(f"SFA_ALERT_RULES: {tmp_path}/rules.yml:{line}: ")
    assert says in said
    assert "\n" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"SFA_ALERT_RULES: .*nowhere.yml: No such file"):
        read_rules(tmp_path / "nowhere.yml", CHANNELS)
