from datetime import UTC, datetime, timedelta

import polars as pl

from agents.analysis.bursts import burst_onsets

BEGINS = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=3)


def lines(**kinds: list[float]) -> pl.DataFrame:
    """The minutes from the beginning at which each kind was logged; kinds are numbered as they come."""
    rows = [(number, BEGINS + timedelta(minutes=m)) for number, minutes in enumerate(kinds.values()) for m in minutes]
    return pl.DataFrame(rows, schema={"kind": pl.Int64, "at": pl.Datetime("us", "UTC")}, orient="row")


def minute(number: float) -> datetime:
    return BEGINS + timedelta(minutes=number)


def test_a_stray_line_long_before_a_burst_is_not_its_onset() -> None:
    found = burst_onsets(lines(gateway=[20, *(170 + k / 4 for k in range(40))]), BEGINS, ENDS)
    assert found == {0: minute(170)}


def test_lines_that_come_as_often_as_ever_have_no_onset() -> None:
    assert burst_onsets(lines(even=[15.0 * k for k in range(12)], late_by_chance=[40, 60, 95, 140]), BEGINS, ENDS) == {}


def test_lines_that_cease_have_no_onset() -> None:
    assert burst_onsets(lines(ceased=[k / 2 for k in range(60)]), BEGINS, ENDS) == {}


def test_a_line_that_was_never_there_before_the_end_has_its_own_time() -> None:
    assert burst_onsets(lines(single=[178], pair=[171, 172]), BEGINS, ENDS) == {0: minute(178), 1: minute(171)}


def test_without_lines_or_time_there_is_nothing_to_find() -> None:
    assert burst_onsets(lines(), BEGINS, ENDS) == {}
    assert burst_onsets(lines(one=[0]), BEGINS, BEGINS) == {}
