from datetime import UTC, datetime, timedelta

import pytest

from agents.figures import STRUCK, checked
from incident.alert import Alert
from incident.evidence import Evidence, Source
from incident.values import Json

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALERT = Alert(service="basket", fired_at=NOON, metric="p99_ms", value=2011.0, threshold=500.0)


def evidence(number: int, **values: Json) -> Evidence:
    return Evidence(
        id=f"E{number}", source=Source.METRICS, service="basket", query="q", window=(NOON - timedelta(hours=3), NOON),
        statement=str(values.get("says", "")), values={k: v for k, v in values.items() if k != "says"},
    )  # fmt: skip


SLOW = evidence(1, kind="metric", before=212.3, after=2011.2, onset="2026-03-01T11:45:20Z")
ERRORS = evidence(
    2, kind="log", before=0, after=1234, example="502 from basket (active=10/10)", says="1,234 lines after"
)
SHARE = evidence(3, kind="call", before=0.01, after=0.6543)


@pytest.mark.parametrize(
    "text",
    [
        "p99 went from 212 ms to 2,011 ms.",
        "p99 is at 2.0 s, 9.5x of what it was, 4x the threshold of 500 ms.",
        "It began at 11:45, or 11:45:20, 15 minutes before the page at 12:00.",
        "It began at 2026-03-01T11:45:20Z.",
        "1.2k lines say so, all 502, and the pool is at 10/10.",
        "65% of calls fail, up from 1 %.",
        "3 pieces of evidence for v1.2.3 of api-4 on node-17, p99 and http_5xx alike (E1, E2, E3).",
    ],
)
def test_what_the_evidence_says_may_be_said_rounded_and_in_other_units(text: str) -> None:
    assert checked(text, [SLOW, ERRORS, SHARE], ALERT) == (text, ())


def test_a_figure_close_to_a_measured_one_is_corrected() -> None:
    text, notes = checked("p99 rose to 2100 ms.", [SLOW], ALERT)
    assert text == "p99 rose to 2,011 ms."
    assert len(notes) == 1


def test_a_time_that_is_minutes_off_is_corrected() -> None:
    assert checked("It began at 11:49.", [SLOW], ALERT)[0] == "It began at 11:45."


@pytest.mark.parametrize(
    "claim", ["7,777 rps", "44 %", "40x", "03:13", "2026-02-01T11:45:00Z", "90 s", "6 hours", "17"]
)
def test_a_figure_from_nowhere_is_struck(claim: str) -> None:
    text, notes = checked(f"It was {claim} then.", [SLOW], ALERT)
    assert STRUCK in text
    assert "then." in text
    assert len(notes) == 1


def test_a_sentence_is_held_to_the_evidence_it_cites_itself() -> None:
    text, _ = checked(
        "p99 rose to 2,011 ms (E2). p99 rose to 2,011 ms (E1).", [SLOW, ERRORS], Alert(service="b", fired_at=NOON)
    )
    assert text.count(STRUCK) == 1
    assert text.endswith("2,011 ms (E1).")


def test_with_no_evidence_cited_only_the_page_itself_may_be_quoted() -> None:
    text, notes = checked("At 12:00 it was 2011, over 500; 37 users complained.", [], ALERT)
    assert text == f"At 12:00 it was 2011, over 500; {STRUCK} users complained."
    assert len(notes) == 1


POOL = evidence(
    4, kind="change", at="2026-03-01T11:30:00Z", details="db.pool.max: 100 -> 10", example="Orders.java:88 on :8080"
)
TRAFFIC = evidence(5, kind="metric", before=500.0, after=5000.0, onset="2026-03-01T11:40:00Z")
MEMORY = evidence(12, kind="metric", before=512.0, after=3800.0, onset="2026-03-01T10:00:00Z")
RATIO = evidence(13, kind="metric", before=0.00318, after=0.246, onset="2026-03-01T11:45:30Z")
ALL = (SLOW, ERRORS, SHARE, POOL, TRAFFIC, MEMORY, RATIO)


@pytest.mark.parametrize(
    "text",
    [
        "p99 rose roughly 9.5-fold to 2.01 s (E1).",
        "Errors went from 0.3 to 24.6 percent (E13), about 25% of requests.",
        "Errors rose by 24 percentage points (E13).",
        "1 in 4 requests fails (E13).",
        "Traffic grew 10×, from 500-5000 rps (E5).",  # noqa: RUF001 - that is how people write it
        "Traffic is at 5k rps, 5,000 rps, 5 000 rps, 5'000 rps, 5.000 rps (E5).",
        "900 % more traffic (E5).",
        "Speicher: 3,8 GB statt 512 MB (E12).",
        "Memory went up by 3.3 GB (E12), to 3.7 GiB.",
        "p99 is 1,799 ms above what it was (E1), up 847%.",
        "~1,200 lines (E2), more than 1,000 of them new.",
        "The gateway answers 5xx, mostly 502s (E2).",
        "db.pool.max went from 100 to 10 (E4) on port 8080, see line 88.",
        "It began 1h 46m after 10:00 (E12, E13), on 1 March 2026.",
        "It began on 2026-03-01 at 2026-03-01 11:45 (E1).",
        "10.0.0.5:8080 and 3.14.0+cfg.1, p99.9, i-0ab-17, HTTP/2, TLS 1.3, step 2, 24/7.",
        "Request 550e8400-e29b-41d4-a716-446655440000, commit 1234567, E12 and 12E.",
        "1. Memory\n2. Traffic\n3) The pool",
        "11:45–11:46 UTC (E1, E13).",  # noqa: RUF001 - the same
    ],
)
def test_people_write_the_same_figure_in_many_ways(text: str) -> None:
    assert checked(text, ALL, ALERT) == (text, ())


@pytest.mark.parametrize(
    "lie",
    [
        "p99 rose 30-fold (E1).",
        "Errors went down by 45% (E13), to -45%.",
        "from 700-9000 rps (E5)",
        "9 000 rps (E5)",
        "37,5 ms (E1)",
        "1 in 40 requests fails (E13).",
        "250 -> 25 (E4)",
        "HTTP 503 from port 9443 (E2)",
        "502 of 703 (E2)",
        "It began 2h 40m after 10:00 (E12).",
        "It began on 2025-12-24.",
        "It began on 24 December.",
        "It began at 2026-03-01 10:45 (E1).",
        "memory grew to 9.8 GB (E12)",
        "p99 went up by 400 ms (E1)",
    ],
)
def test_however_it_is_written_a_figure_from_nowhere_goes(lie: str) -> None:
    text, notes = checked(lie, ALL, ALERT)
    assert STRUCK in text
    assert notes
