"""Whose doing it is: what errors say of others, how loudly, and what a change leaves in them."""

import pytest

from agents.analysis.explanation import Hypothesis
from agents.analysis.hypotheses import weigh
from agents.analysis.observations import Signal
from incident.diagnosis import Category
from tests.agents.analysis.casebook import Ledger, ago


def of(ledger: Ledger, category: Category) -> Hypothesis:
    return next(h for h in weigh(ledger.alert, ledger.evidence) if h.category is category)


def failing(ledger: Ledger, *services: str) -> None:
    for service in services:
        ledger.metric(service, "error_ratio", (0.001, 0.6), 8, signal=Signal.ERRORS)


def innocent(ledger: Ledger) -> None:
    """A deployment of the service that paged, minutes before, whose diff has nothing to do with anything."""
    ledger.change("chg-1", "basket", 15, commit="a" * 40)
    ledger.commit("a" * 40, 30, "feat: wrap", files=["basket/gift.go"], diff="@@ basket/gift.go @@\n+\tn = trim(n)\n")


def test_a_warning_about_the_future_is_no_refused_certificate(starved: Ledger) -> None:
    starved.log("edge", "TLS certificate of peer expires in 41 days", level="WARN", score=1.2, after=1)
    assert all(h.category is not Category.CERTIFICATE for h in weigh(starved.alert, starved.evidence))


def test_a_faint_line_does_not_outweigh_what_most_lines_say(starved: Ledger) -> None:
    starved.log("edge", "x509: certificate has expired", level="WARN", score=1.2, after=1)
    assert weigh(starved.alert, starved.evidence)[0].change_id == "chg-1"
    assert of(starved, Category.CERTIFICATE).strength < 0.2


def test_somebody_of_whom_nothing_is_recorded_is_blamed_for_calls_that_go_unanswered(ledger: Ledger) -> None:
    failing(ledger, "basket")
    ledger.log("basket", "capture: paywise returned 503 Service Unavailable")
    ledger.calls("paywise", basket=["paywise", "ledger-db"])
    ledger.failing_calls("basket", "paywise", 0.95)
    ledger.ranking("basket")
    innocent(ledger)
    found = weigh(ledger.alert, ledger.evidence)[0]
    assert (found.category, found.service, found.change) == (Category.PROVIDER, "paywise", ())
    assert "what fails at basket are its calls to paywise" in str(of(ledger, Category.CHANGE).against)


def test_a_status_page_about_the_very_callee_is_believed(ledger: Ledger) -> None:
    failing(ledger, "basket")
    ledger.log("basket", "capture: ETIMEDOUT paywise after 3000ms")
    ledger.calls("paywise", basket=["paywise"])
    without = of(ledger, Category.PROVIDER).strength
    ledger.event("major_outage", "elevated timeouts", service="paywise")
    assert of(ledger, Category.PROVIDER).strength > without


def test_retries_inside_the_house_are_not_more_demand(ledger: Ledger) -> None:
    ledger.metric("billing", "requests_per_second", (200, 2400), 8, signal=Signal.TRAFFIC)
    ledger.metric("basket", "requests_per_second", (100, 290), 8, signal=Signal.TRAFFIC)
    ledger.log("billing", "429 Too Many Requests: request queue full")
    ledger.calls(edge=["basket"], basket=["billing"])
    assert of(ledger, Category.TRAFFIC).strength < 0.5


def test_metrics_of_a_runtime_called_node_say_nothing_of_the_machine(ledger: Ledger) -> None:
    ledger.metric("basket", "node_gc_pause_ms", (4, 700), 20)
    assert all(h.category is not Category.NODE for h in weigh(ledger.alert, ledger.evidence))


def test_errors_that_name_what_is_full_explain_themselves(ledger: Ledger) -> None:
    failing(ledger, "basket", "edge")
    ledger.log("basket", "write failed: no space left on device")
    ledger.calls(edge=["basket"])
    ledger.ranking("basket", "edge")
    found = weigh(ledger.alert, ledger.evidence)[0]
    assert (found.category, found.service) == (Category.RESOURCE, "basket")


@pytest.mark.parametrize(
    ("files", "diff", "logged", "sentence"),
    [
        (["basket/sign.go"], '@@ basket/sign.go @@\n+\treturn fmt.Errorf("sign: no key for tenant %s", t)\n',
         "sign: no key for tenant t-812", "which it brought"),
        (["app/models/rate.rb"], "@@ -3 +3 @@\n-  rate.percent\n+  rate.value\n",
         "NoMethodError (undefined method for nil) app/models/rate.rb:8:in `for'", "come out of rate.rb"),
    ],
)  # fmt: skip
def test_a_change_is_recognised_by_what_it_leaves_in_the_errors(
    ledger: Ledger, files: list[str], diff: str, logged: str, sentence: str
) -> None:
    failing(ledger, "basket")
    ledger.log("basket", logged)
    ledger.ranking("basket")
    ledger.change("chg-9", "basket", 9, commit="b" * 40)
    ledger.commit("b" * 40, 20, "sign per tenant", files=files, diff=diff)
    innocent(ledger)
    found = weigh(ledger.alert, ledger.evidence)[0]
    assert found.change_id == "chg-9"
    assert sentence in str(found.support)


def test_trouble_of_another_day_does_not_move_the_onset(starved: Ledger) -> None:
    starved.log("basket", "deadlock detected while saving", 95, score=15.0)
    found = weigh(starved.alert, starved.evidence)[0]
    assert (found.change_id, found.onset) == ("chg-1", ago(13))
