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


def test_a_limit_that_usual_demand_never_came_near_is_innocent(starved: Ledger) -> None:
    before = weigh(starved.alert, starved.evidence)[0]
    starved.metric("basket", "pool_in_use", (1, 8), 9, signal=Signal.SATURATION, limit=8.0)
    after = next(h for h in weigh(starved.alert, starved.evidence) if h.change_id == "chg-1")
    assert before.confidence >= 0.85
    assert after.confidence < 0.5
    assert "far from the 8 that it left" in str(after.against)


def test_a_limit_below_usual_demand_is_all_the_guiltier(starved: Ledger) -> None:
    starved.metric("basket", "pool_in_use", (14, 8), 9, signal=Signal.SATURATION, limit=8.0)
    assert "and it left 8" in str(weigh(starved.alert, starved.evidence)[0].support)


def test_what_a_service_waits_for_and_was_in_trouble_first_clears_its_changes(starved: Ledger) -> None:
    starved.metric("ledger-db", "query_duration_p99_ms", (40, 900), 14, signal=Signal.LATENCY)
    cleared = next(h for h in weigh(starved.alert, starved.evidence) if h.change_id == "chg-1")
    assert cleared.confidence < 0.85
    assert "ledger-db, which basket waits for, was in trouble no later" in str(cleared.against)


def test_a_service_that_asks_more_often_since_its_change_is_the_culprit_and_not_whom_it_overloads(
    ledger: Ledger,
) -> None:
    ledger.metric("ledger-db", "query_duration_p99_ms", (40, 900), 9, signal=Signal.LATENCY)
    ledger.calls(basket=["billing"], billing=["ledger-db"])
    ledger.ranking("ledger-db", "basket", "billing")
    ledger.change("chg-1", "billing", 10, commit="a" * 40)
    diff = "@@ billing/list.py @@\n for item in items:\n+    item.owner = Owner.objects.get(pk=item.owner_id)\n"
    ledger.commit("a" * 40, 20, "show owners", files=["billing/list.py"], diff=diff)
    assert of(ledger, Category.CHANGE).service == "ledger-db"
    ledger.more_calls("billing", "ledger-db", (1.0, 24.0))
    assert of(ledger, Category.CHANGE).service == "billing"


def test_a_diff_that_only_says_something_else_to_people_can_break_nothing(ledger: Ledger) -> None:
    failing(ledger, "basket")
    ledger.ranking("basket")
    ledger.change("chg-1", "basket", 9, commit="a" * 40)
    diff = '@@ basket/s.go @@\n-\tlog.Info("served")\n+\tlog.Info("served", "id", id)\n'
    ledger.commit("a" * 40, 20, "log ids", files=["basket/s.go"], diff=diff)
    assert of(ledger, Category.CHANGE).confidence < 0.5


def test_a_ranking_that_cannot_tell_its_first_from_its_second_yields_to_one_that_can(ledger: Ledger) -> None:
    ledger.scored("spans", stock=1.0, mail=0.95, users=0.9, orders=0.1)
    ledger.scored("logs", orders=1.0, mail=0.1, users=0.1, stock=0.0)
    assert weigh(ledger.alert, ledger.evidence)[0].service == "orders"


@pytest.mark.parametrize(("first", "category"), [("stock", Category.NETWORK), ("orders", Category.UNKNOWN)])
def test_the_way_to_a_service_is_blamed_only_where_nobody_else_shows_more(
    ledger: Ledger, first: str, category: Category
) -> None:
    ledger.slow_way("orders", "stock", (17, 229))
    second = {"stock": "orders", "orders": "stock"}[first]
    ledger.scored("spans", **{first: 1.0, second: 0.4})
    best = weigh(ledger.alert, ledger.evidence)[0]
    assert (best.category, best.service) == (category, first)


def test_a_dependency_that_nobody_watches_is_named_where_most_calls_to_it_fail(ledger: Ledger) -> None:
    ledger.calls("vendor", basket=["vendor"])
    ledger.failing_calls("basket", "vendor", 0.94)
    ledger.ranking("vendor", "basket")
    best = weigh(ledger.alert, ledger.evidence)[0]
    assert (best.category, best.service) == (Category.DEPENDENCY, "vendor")
    assert "94% of the calls to vendor fail" in [reason.sentence for reason in best.support]


def test_what_is_merely_busy_is_not_named_with_less_belief_than_that_nobody_knows(ledger: Ledger) -> None:
    for service in ("basket", "cache"):
        ledger.metric(service, "process_cpu_usage", (0.22, 0.32), 8, signal=Signal.RESOURCE, score=10, limit=1.0)
    ledger.scored("metrics", cache=1.0, basket=0.95)
    first = weigh(ledger.alert, ledger.evidence)[0]
    assert of(ledger, Category.RESOURCE).strength > first.strength
    assert first.category is Category.UNKNOWN


def test_a_changed_address_is_blamed_and_not_whom_it_no_longer_reaches(ledger: Ledger) -> None:
    failing(ledger, "basket")
    ledger.log("basket", "dial tcp: connect to paywise: connection refused")
    ledger.log("billing", "billing is up", level="INFO")
    ledger.calls("paywise", basket=["paywise"], billing=["paywise"])
    ledger.failing_calls("basket", "paywise", 1.0)
    ledger.ranking("basket", "billing", "paywise")
    diff = "@@ k8s/basket.yaml @@\n-    url: http://paywise:8080\n+    url: http://paywise:8081\n"
    ledger.change("chg-9", "basket", 9, commit="b" * 40)
    ledger.commit("b" * 40, 20, "cost review", files=["k8s/basket.yaml"], diff=diff)
    found = weigh(ledger.alert, ledger.evidence)
    assert (found[0].category, found[0].change_id) == (Category.CHANGE, "chg-9")
    assert "billing calls paywise, too, and does not complain" in str(found)


def test_a_change_that_is_known_to_do_something_else_is_innocent(ledger: Ledger) -> None:
    failing(ledger, "basket")
    ledger.ranking("basket")
    diff = "@@ export.toml @@\n-timeout_seconds = 60\n+timeout_seconds = 120\n"
    ledger.change("chg-9", "basket", 9, commit="b" * 40)
    ledger.commit("b" * 40, 20, "longer exports", files=["export.toml"], diff=diff)
    found = next(h for h in weigh(ledger.alert, ledger.evidence) if h.change_id == "chg-9")
    assert found.confidence < 0.5
    assert "hardly follows from a change that leaves more room" in str(found.against)


def test_room_that_nobody_has_used_overloads_nobody(ledger: Ledger) -> None:
    ledger.metric("ledger-db", "error_ratio", (0.001, 0.6), 9, signal=Signal.ERRORS)
    failing(ledger, "basket")
    ledger.calls(basket=["ledger-db"])
    ledger.ranking("ledger-db", "basket")
    ledger.change("chg-9", "basket", 10, commit="b" * 40)
    diff = "@@ deploy.yaml @@\n-  maxReplicas: 4\n+  maxReplicas: 8\n"
    ledger.commit("b" * 40, 20, "more replicas", files=["deploy.yaml"], diff=diff)
    found = next(h for h in weigh(ledger.alert, ledger.evidence) if h.change_id == "chg-9")
    assert "ledger-db, which basket waits for, was in trouble no later" in str(found.against)


def test_whose_answers_are_called_wrong_is_the_culprit_though_it_looks_well_itself(ledger: Ledger) -> None:
    failing(ledger, "basket")
    ledger.log("basket", "reply of billing: required field currency is missing")
    ledger.calls(basket=["billing"])
    ledger.ranking("basket", "billing")
    diff = "@@ billing/encode.go @@\n-  'currency': text,\n+  'currency_code': text,\n"
    ledger.change("chg-9", "billing", 9, commit="b" * 40)
    ledger.commit("b" * 40, 20, "align names", files=["billing/encode.go"], diff=diff)
    found = next(h for h in weigh(ledger.alert, ledger.evidence) if h.change_id == "chg-9")
    assert found.service == "billing"
