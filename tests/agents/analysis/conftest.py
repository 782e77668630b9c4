import pytest

from agents.analysis import observations as seen
from incident.change import ChangeKind
from tests.agents.analysis.casebook import Ledger


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


POOL_DIFF = """--- a/deploy/basket/production.yaml
+++ b/deploy/basket/production.yaml
@@ -3,3 +3,3 @@
   datasource:
-  pool_size: 80
+  pool_size: 8
   timeout_ms: 900
"""


@pytest.fixture
def starved(ledger: Ledger) -> Ledger:
    """A basket whose pool was cut by a config change, a caller that suffers, and a change that only decorates."""
    ledger.signal((40, 2000, 1900), threshold=500)
    ledger.metric("basket", "pool_size", (80, 8), 13)
    ledger.metric("basket", "pool_wait_ms", (1, 1500), 9)
    ledger.metric("edge", "http_error_ratio", (0.001, 0.2), 7, signal=seen.Signal.ERRORS)
    ledger.log("basket", "pool exhausted: 8 of 8 connections in use, waited 900 ms")
    ledger.log("basket", "served basket", level="INFO", trend=seen.Trend.STEADY, before=900, after=300)
    ledger.calls(edge=["basket"], basket=["ledger-db"])
    ledger.ranking("basket", "edge")
    ledger.change("chg-1", "basket", 14, kind=ChangeKind.CONFIG, title="config basket", commit="a" * 40)
    ledger.commit("a" * 40, 20, "config: right-size", files=["deploy/basket/production.yaml"], diff=POOL_DIFF,
                  author="wei.zhang")  # fmt: skip
    ledger.change("chg-2", "edge", 4, commit="b" * 40)
    ledger.commit(
        "b" * 40, 5, "style: rounder corners", files=["static/page.css"], diff="@@ static/page.css @@\n-a\n+b\n"
    )
    return ledger
