"""What people's words ask for: kind, services, signals, stretch of time; and what is no question."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.questions.moments import Landmarks, stretch
from agents.questions.understanding import Known, Wants, is_question, understood
from incident.evidence import Source

FIRED = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
MARKS = Landmarks(
    fired=FIRED,
    now=FIRED + timedelta(minutes=20),
    onset=FIRED - timedelta(minutes=9),
    changed=FIRED - timedelta(minutes=15),
)
KNOWN = Known(("api-gateway", "checkout-service", "payment-gateway", "postgres-db", "redis-cache"), MARKS)


@pytest.mark.parametrize(
    ("words", "wants"),
    [
        ("why not the cache?", Wants.WHY_NOT),
        ("is it the database?", Wants.WHY_NOT),
        ("what about redis?", Wants.WHY_NOT),
        ("did you look at DNS?", Wants.WHY_NOT),
        ("is the gateway broken?", Wants.WHY_NOT),
        ("show the errors before 14:00", Wants.SHOW),
        ("which errors did you see?", Wants.SHOW),
        ("what changed on payments?", Wants.SHOW),
        ("when was the last deploy?", Wants.SHOW),
        ("what happened between 13:50 and 14:00?", Wants.SHOW),
        ("who calls redis?", Wants.SHOW),
        ("since when?", Wants.SINCE_WHEN),
        ("since when is checkout slow?", Wants.SINCE_WHEN),
        ("who is affected?", Wants.AFFECTED),
        ("what did you rule out?", Wants.RULED_OUT),
        ("what else could it be", Wants.RULED_OUT),
        ("catch me up", Wants.CATCH_UP),
        ("what's going on?", Wants.CATCH_UP),
        ("is it over?", Wants.CATCH_UP),
        ("what is E12?", Wants.EVIDENCE),
        ("what should we do?", Wants.REMEDY),
        ("why?", Wants.WHY),
        ("how sure are you?", Wants.WHY),
        ("tell me about the pool", Wants.ABOUT),
    ],
)
def test_it_is_told_what_would_answer(words: str, wants: Wants) -> None:
    assert understood(f"<@UFRBOT> {words}", KNOWN).wants is wants
    assert is_question(f"<@UFRBOT> {words}")


@pytest.mark.parametrize("words", ["", "thanks!", "we rolled back by hand", "I think it's the cache", "look at ledger"])
def test_what_tells_us_something_is_no_question(words: str) -> None:
    assert not is_question(words)


@pytest.mark.parametrize(
    ("words", "services"),
    [
        ("why not the cache?", ("redis-cache",)),
        ("is it payments?", ("payment-gateway",)),
        ("errors of api-gateway before 14:00", ("api-gateway",)),
        ("what about the database?", ("postgres-db",)),
        ("what about the service?", ()),
    ],
)
def test_services_are_named_in_full_or_by_what_tells_them_apart(words: str, services: tuple[str, ...]) -> None:
    assert understood(words, KNOWN).services == services


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("any errors?", Source.LOGS),
        ("show the latency", Source.METRICS),
        ("who deployed?", Source.CHANGES),
        ("show me commits", Source.COMMITS),
        ("what depends on redis?", Source.TOPOLOGY),
    ],
)
def test_signals_are_named_in_passing(words: str, source: Source) -> None:
    assert understood(words, KNOWN).sources == {source}


def clock(moment: datetime | None) -> str:
    return moment.strftime("%d %H:%M") if moment else ""


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("errors before 14:00", "", "24 14:00"),
        ("errors after 2pm", "24 14:00", ""),
        ("between 13:00 and 13:30", "24 13:00", "24 13:30"),
        ("from 1:30 pm to 14:10", "24 13:30", "24 14:10"),
        ("13:00-13:30", "24 13:00", "24 13:30"),
        ("around 14:03", "24 13:58", "24 14:08"),
        ("before 15:00 CET", "", "24 14:00"),
        ("before 15:00 +01:00", "", "24 14:00"),
        ("before 9:00 America/New_York", "", "24 14:00"),
        ("since 23:50", "24 23:50", ""),
        ("after 3:00", "24 03:00", ""),
        ("before noon", "", "24 12:00"),
        ("in the last 10 minutes", "24 14:15", "24 14:25"),
        ("in the last hour", "24 13:25", "24 14:25"),
        ("since half an hour ago", "24 13:55", ""),
        ("30 minutes before the alert", "24 13:35", "24 14:05"),
        ("5 min after the deploy", "24 13:50", "24 13:55"),
        ("after the config change", "24 13:50", ""),
        ("before the onset", "", "24 13:56"),
        ("after 13:00 and before 13:30", "24 13:00", "24 13:30"),
        ("on 2026-11-24 13:40", "24 13:35", "24 13:45"),
        ("before 2026-11-24T14:00+02:00", "", "24 12:00"),
    ],
)
def test_times_are_utc_unless_said_otherwise_and_of_the_day_nearest_to_the_alert(
    words: str, since: str, until: str
) -> None:
    found = stretch(words, MARKS)
    assert found is not None
    assert (clock(found[0].since), clock(found[0].until)) == (since, until)


@pytest.mark.parametrize(
    "words", ["since when?", "why?", "before 99:99", "after the rollback", "by checkout", "at 25:00"]
)
def test_what_names_no_known_time_names_none(words: str) -> None:
    assert stretch(words, MARKS) is None


def test_a_time_shortly_before_midnight_is_the_evening_s_where_the_alert_came_after_it() -> None:
    marks = MARKS._replace(fired=datetime(2026, 11, 25, 0, 10, tzinfo=UTC))
    found = stretch("errors before 23:50", marks)
    assert found is not None
    assert clock(found[0].until) == "24 23:50"


@given(st.text(max_size=300))
def test_whatever_somebody_writes_is_understood_as_something(words: str) -> None:
    understood(words, KNOWN)
    is_question(words)


@given(
    st.lists(
        st.sampled_from(
            [
                "between",
                "before",
                "after",
                "14:00",
                "2pm",
                "9999",
                "min",
                "h",
                "ago",
                "+99",
                "-",
                "and",
                "E1",
                "utc",
                "Z",
                "the",
                "last",
            ]
        )
    ).map(" ".join)
)
def test_times_in_any_order_are_read_or_passed_over(words: str) -> None:
    stretch(words, MARKS)
