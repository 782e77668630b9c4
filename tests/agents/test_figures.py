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
    assert text == "p99 rose to 2011 ms."
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
