"""When what has ended is closed by itself."""

from datetime import timedelta

import pytest

from incident.closing import AGE, STAYS, closing
from incident.facts import AlertResolved, AlertSeen, Outcome
from incident.model import Incident
from tests.incident.made import ASKED, HEALED, REACHED, RUNNING, T, ended, incident

REPORTED = incident().replay(REACHED["reported"][1])
ENDED = ("reported", "handed_over")


def after(which: Incident, length: timedelta) -> str | None:
    closed = closing(which, T + length)
    return None if closed is None else closed.reason


def test_an_alert_that_stays_resolved_closes_what_was_reported() -> None:
    healed = REPORTED.after(HEALED)
    assert after(healed, STAYS - timedelta(seconds=1)) is None
    assert after(healed, STAYS) == "Its alert has stayed resolved for an hour."


def test_an_alert_that_fired_again_has_not_stayed_resolved() -> None:
    again = REPORTED.replay((HEALED, AlertSeen(at=T + timedelta(minutes=5))))
    assert after(again, timedelta(days=1)) is None
    healed = again.after(AlertResolved(at=T + timedelta(minutes=9)))
    assert after(healed, STAYS) is None
    assert after(healed, STAYS + timedelta(minutes=9)) is not None


def test_what_nobody_touches_for_a_week_is_closed() -> None:
    assert after(REPORTED, AGE - timedelta(seconds=1)) is None
    assert after(REPORTED, AGE) == "Nothing has happened for a week."


def test_a_rollback_whose_end_nobody_saw_is_left_to_a_person() -> None:
    unseen = incident().replay((*RUNNING, ended(Outcome.UNKNOWN), HEALED))
    assert after(unseen, 10 * AGE) is None
    assert after(incident().replay((*RUNNING, ended(Outcome.FAILED))), AGE) is not None


@pytest.mark.parametrize("name", [name for name in REACHED if name not in ENDED])
def test_nothing_else_is_closed_by_itself(name: str) -> None:
    assert after(incident().replay(REACHED[name][1]), 10 * AGE) is None


def test_the_last_word_of_the_pager_counts() -> None:
    assert not REPORTED.resolved_at_source
    assert REPORTED.after(HEALED).resolved_at_source
    assert not REPORTED.replay((HEALED, AlertSeen(at=T))).resolved_at_source
    assert not incident().replay(ASKED).resolved_at_source
