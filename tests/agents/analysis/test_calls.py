from datetime import UTC, datetime, timedelta

import polars as pl

from agents.analysis.calls import call_shifts, infer_calls
from agents.analysis.observations import CallAspect, CallShift
from agents.analysis.split import Split

FIRED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SPLIT = Split(FIRED - timedelta(minutes=30), FIRED, FIRED + timedelta(minutes=2))
Span = tuple[object, ...]
COLUMNS = ["trace_id", "span_id", "parent_id", "service", "name", "start", "duration_ms", "status"]


def trace(  # noqa: PLR0913 - what can go wrong with a call, one keyword each
    i: int, *, wire: float = 1.0, own: float = 10.0, failing: bool = False, skew: float = 0.0, stops: bool = False
) -> list[Span]:
    """shop calls stock over a client span; stock calls disk."""
    at = FIRED - timedelta(minutes=3 if failing else 25) + timedelta(seconds=i)
    moved, key = at + timedelta(seconds=skew), f"{failing}{i}"
    served = own + (0 if stops else 5)
    spans: list[Span] = [
        (key, "a", None, "shop", "GET /", at, served + wire + 3, "OK"),
        (key, "b", "a", "shop", "stock.Reserve", at, served + wire, "OK"),
        (key, "c", "b", "stock", "Reserve", moved, served, "OK"),
        (key, "d", "c", "disk", "Write", moved, 5.0, "OK"),
    ]
    return spans[:3] if stops else spans


def spans(*traces: list[Span]) -> pl.DataFrame:
    return pl.DataFrame([span for spans in traces for span in spans], schema=COLUMNS, orient="row")


def healthy() -> list[list[Span]]:
    return [trace(i, own=10 + i % 3) for i in range(40)]


def strongest(*failing: list[Span]) -> CallShift:
    return call_shifts(spans(*healthy(), *failing), SPLIT, None)[0]


def test_a_slow_network_is_the_gap_between_client_and_server_span_whatever_the_clocks_say() -> None:
    shift = strongest(*(trace(i, wire=180, failing=True, skew=90) for i in range(20)))
    assert (shift.caller, shift.callee, shift.aspect) == ("shop", "stock", CallAspect.NETWORK)
    assert (shift.before, shift.after) == (1, 180)


def test_time_that_a_service_spends_itself_is_told_from_its_callees() -> None:
    shift = strongest(*(trace(i, own=300, failing=True) for i in range(20)))
    assert (shift.callee, shift.aspect) == ("stock", CallAspect.SELF_TIME)


def test_calls_that_are_no_longer_made_point_at_the_caller_that_stopped() -> None:
    found = call_shifts(spans(*healthy(), *(trace(i, failing=True, stops=True) for i in range(20))), SPLIT, None)
    missing = next(shift for shift in found if shift.aspect is CallAspect.MISSING)
    assert (missing.caller, missing.callee, missing.after) == ("stock", "disk", 0)


def test_errors_belong_to_the_deepest_span_that_failed() -> None:
    down = [
        [(*span[:7], "STATUS_CODE_ERROR" if span[3] != "shop" else "500") for span in trace(i, failing=True)]
        for i in range(9)
    ]
    errors = [s for s in call_shifts(spans(*healthy(), *down), SPLIT, None) if s.aspect is CallAspect.ERRORS]
    assert {shift.callee for shift in errors} == {"disk"}


def test_orphans_and_missing_statuses_are_tolerated() -> None:
    lost = [[(*span[:7], None) for span in trace(i, failing=True)[2:]] for i in range(20)]
    assert [s for s in call_shifts(spans(*healthy(), *lost), SPLIT, None) if s.aspect is CallAspect.NETWORK] == []


def test_the_same_calls_as_ever_give_no_shift() -> None:
    assert (
        call_shifts(spans(*healthy(), *(trace(i, own=10 + i % 3, failing=True) for i in range(20))), SPLIT, None) == []
    )


def test_who_calls_whom_is_read_off_spans_and_said_to_be_inferred() -> None:
    calls = infer_calls(spans(*healthy()))
    assert calls.inferred
    assert calls.depends_on == {"disk": (), "shop": ("stock",), "stock": ("disk",)}


def test_no_spans_give_nothing() -> None:
    assert call_shifts(spans(), SPLIT, None) == []
    assert infer_calls(spans()).depends_on == {}
