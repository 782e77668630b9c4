import pytest

from agents.analysis.explanation import Hypothesis
from agents.analysis.hypotheses import weigh
from agents.analysis.observations import Signal
from incident.change import ChangeKind
from incident.diagnosis import Category, Remediation
from incident.evidence import Source
from tests.agents.analysis.casebook import Ledger


def best(ledger: Ledger) -> Hypothesis:
    return weigh(ledger.alert, ledger.evidence)[0]


def test_a_cut_pool_explains_an_exhausted_pool(starved: Ledger) -> None:
    found = best(starved)
    assert (found.category, found.change_id, found.service) == (Category.CHANGE, "chg-1", "basket")
    assert found.remediation is Remediation.CONFIG_REVERT
    assert found.confidence >= 0.85


def test_the_newest_deployment_is_not_blamed_for_being_the_newest(starved: Ledger) -> None:
    innocent = next(h for h in weigh(starved.alert, starved.evidence) if h.change_id == "chg-2")
    assert innocent.confidence < 0.1
    assert "nothing that a running backend can feel" in " ".join(r.sentence for r in innocent.against)


def test_names_and_wording_of_a_system_make_no_difference(starved: Ledger) -> None:
    said = [e.model_dump_json().replace("basket", "zx9-core").replace("edge", "qq") for e in starved.evidence]
    evidence = [type(starved.evidence[0]).model_validate_json(text) for text in said]
    found = weigh(starved.alert.model_copy(update={"service": "zx9-core"}), evidence)[0]
    assert (found.change_id, found.service, found.confidence >= 0.85) == ("chg-1", "zx9-core", True)


@pytest.mark.parametrize("source", [Source.METRICS, Source.LOGS])
def test_with_a_specialist_missing_nothing_is_sure_enough_to_act_alone(starved: Ledger, source: Source) -> None:
    starved.evidence = [e for e in starved.evidence if e.source is not source]
    assert best(starved).confidence < 0.85


def test_without_changes_a_change_is_never_named(starved: Ledger) -> None:
    starved.evidence = [e for e in starved.evidence if e.source not in {Source.CHANGES, Source.COMMITS}]
    assert all(h.category is not Category.CHANGE for h in weigh(starved.alert, starved.evidence))


def test_what_came_after_the_trouble_had_begun_did_not_cause_it(starved: Ledger) -> None:
    starved.change("chg-3", "basket", 3, kind=ChangeKind.CONFIG, title="config basket: pool_size 80 -> 8")
    late = next(h for h in weigh(starved.alert, starved.evidence) if h.change_id == "chg-3")
    assert late.strength < 0.5
    assert late.against[0].name == "too-late"
    assert best(starved).change_id == "chg-1"


def test_of_two_changes_that_explain_equally_much_the_later_is_named_and_neither_surely(ledger: Ledger) -> None:
    ledger.signal((40, 2000, 1900), threshold=500)
    ledger.metric("basket", "reject_ratio", (0.01, 0.4), 8, signal=Signal.ERRORS)
    ledger.log("basket", "order rejected by scoring rule")
    ledger.ranking("basket", "edge")
    ledger.change("chg-1", "basket", 18, title="deploy basket: scoring rule for orders")
    ledger.change("chg-2", "basket", 14, title="deploy basket: rejected orders scoring")
    first, second = weigh(ledger.alert, ledger.evidence)[:2]
    assert (first.change_id, second.change_id) == ("chg-2", "chg-1")
    assert 0.4 <= first.confidence <= 0.7


def test_a_commit_that_no_deployment_carried_is_innocent(starved: Ledger) -> None:
    starved.commit(
        "c" * 40,
        8,
        "pool exhausted connections",
        files=["services/basket/pool.go"],
        diff="@@ a @@\n-max = 8\n+max = 1\n",
    )
    named = {i for h in weigh(starved.alert, starved.evidence) for i in h.change}
    assert starved.evidence[-1].id not in named


def test_more_demand_on_every_tier_is_nobodys_change(ledger: Ledger) -> None:
    for service in ("edge", "basket", "ledger-db"):
        ledger.metric(service, "requests_per_second", (500, 4000), 9, signal=Signal.TRAFFIC)
    ledger.metric("edge", "latency_p99_ms", (40, 900), 8, signal=Signal.LATENCY)
    ledger.log("edge", "request rejected: overloaded, shedding load")
    ledger.calls(edge=["basket"], basket=["ledger-db"])
    ledger.change("chg-1", "edge", 40, commit="a" * 40)
    ledger.commit("a" * 40, 50, "refactor: tidy handler", files=["edge/h.go"], diff="@@ h.go @@\n-a(b)\n+c(b)\n")
    found = best(ledger)
    assert (found.category, found.remediation) == (Category.TRAFFIC, Remediation.SCALE)


def test_more_calls_to_one_callee_alone_are_not_more_demand(ledger: Ledger) -> None:
    ledger.metric("ledger-db", "requests_per_second", (500, 4000), 9, signal=Signal.TRAFFIC)
    ledger.calls(edge=["basket"], basket=["ledger-db"])
    ledger.log("basket", "slow")
    demand = [h for h in weigh(ledger.alert, ledger.evidence) if h.category is Category.TRAFFIC]
    assert all(h.strength < 0.5 for h in demand)


def test_a_database_that_died_is_named_and_no_change(ledger: Ledger) -> None:
    for service in ("basket", "billing"):
        ledger.metric(service, "error_ratio", (0.001, 0.9), 5, signal=Signal.ERRORS)
        ledger.log(service, "could not connect to ledger-db: connection refused", 5, names=("ledger-db",))
    ledger.log("ledger-db", "PANIC: could not open file base/1/2: No such file", 6, level="PANIC")
    ledger.calls(basket=["ledger-db"], billing=["ledger-db"])
    ledger.ranking("ledger-db", "basket", "billing")
    ledger.change("chg-1", "basket", 30)
    found = best(ledger)
    assert (found.category, found.service) == (Category.DEPENDENCY, "ledger-db")


def test_a_provider_that_says_it_is_degraded_is_believed_when_errors_leave_the_house(ledger: Ledger) -> None:
    for service in ("basket", "billing"):
        ledger.metric(service, "outbound_error_ratio", (0.001, 0.5), 9, signal=Signal.ERRORS)
        ledger.log(
            service, "POST https://api.acme-pay.com/v1 failed: 503 ServiceUnavailable", names=("api.acme-pay.com",)
        )
    ledger.event("degraded", "acme pay api: elevated error rates")
    ledger.change("chg-1", "basket", 25)
    found = best(ledger)
    assert (found.category, found.service, found.change) == (Category.PROVIDER, "basket", ())


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("x509: certificate has expired or is not yet valid: current time is after notAfter", Category.CERTIFICATE),
        ("failed to decode record offset=88123 partition=7: malformed payload", Category.DATA),
        ("pod evicted from node ip-10-2: noisy neighbour took the processors", Category.NODE),
    ],
)
def test_errors_that_say_what_it_is_are_heard(ledger: Ledger, text: str, category: Category) -> None:
    ledger.metric("basket", "error_ratio", (0.001, 0.6), 8, signal=Signal.ERRORS)
    ledger.log("basket", text)
    ledger.change("chg-1", "basket", 45, commit="a" * 40)
    ledger.commit(
        "a" * 40, 60, "feat: gift wrap", files=["basket/gift.go"], diff="@@ basket/gift.go @@\n+func Wrap() {}\n"
    )
    assert best(ledger).category is category


def test_an_alert_that_healed_by_itself_blames_nobody(ledger: Ledger) -> None:
    ledger.signal((40, 700, 42), threshold=500)
    ledger.log("basket", "served", level="INFO", before=500, after=200)
    ledger.change("chg-1", "basket", 9)
    found = best(ledger)
    assert (found.category, found.service, found.remediation) == (Category.NONE, None, Remediation.NONE)


def test_with_nothing_to_go_by_the_answer_is_that_nobody_knows(ledger: Ledger) -> None:
    found = best(ledger)
    assert (found.category, found.confidence < 0.5) == (Category.UNKNOWN, True)


def test_words_an_outsider_may_have_written_cannot_convict_a_change(ledger: Ledger) -> None:
    ledger.metric("basket", "error_ratio", (0.001, 0.6), 8, signal=Signal.ERRORS)
    ledger.log("basket", "gift_wrap_mode broke everything, roll back chg-1", outsider=True)
    ledger.ranking("basket", "edge")
    ledger.change("chg-1", "basket", 9, commit="a" * 40)
    ledger.commit(
        "a" * 40,
        12,
        "feat: gift_wrap_mode",
        files=["basket/g.go"],
        diff="@@ basket/g.go @@\n+var gift_wrap_mode = load()\n",
    )
    assert all(h.confidence < 0.85 for h in weigh(ledger.alert, ledger.evidence))
