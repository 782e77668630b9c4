from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agents.analysis.metric_kinds import signal_of
from agents.analysis.observations import CallAspect, Calls, CallShift, MetricShift, ServiceRanking
from agents.analysis.suspects import rank_services
from incident.alert import Alert

FIRED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALERT = Alert(service="gate", metric="latency_p99_ms", fired_at=FIRED)
CALLS = Calls(
    depends_on={"gate": ("shop", "users"), "shop": ("store",), "users": ("store",), "mail": ()}, inferred=False
)


def shift(service: str, metric: str, before: float, after: float, score: float = 20.0) -> MetricShift:
    return MetricShift(
        service=service, metric=metric, signal=signal_of(metric), before=before, after=after, peak=after, score=score,
        limit=1.0 if "ratio" in metric else None, onset=FIRED - timedelta(minutes=10),
    )  # fmt: skip


def call(callee: str, aspect: CallAspect, before: float, after: float) -> CallShift:
    return CallShift(
        caller="gate", callee=callee, operation="op", aspect=aspect, before=before, after=after, onset=None, score=30.0
    )


def ranked(*shifts: MetricShift, calls: Calls | None = CALLS, spans: Sequence[CallShift] = ()) -> ServiceRanking:
    return rank_services(ALERT, shifts, spans, calls)


def first(ranking: ServiceRanking) -> str:
    return ranking.entries[0].service


def test_everybody_who_is_slow_suffers_from_the_dependency_they_share() -> None:
    slow = [shift(name, "latency_p99_ms", 100, 2000) for name in ("gate", "shop", "users", "store")]
    assert first(ranked(*slow)) == "store"


def test_a_saturated_resource_beats_a_louder_victim() -> None:
    ranking = ranked(
        shift("gate", "latency_p99_ms", 100, 2000, score=24), shift("shop", "cpu_utilization_ratio", 0.08, 0.96)
    )
    assert first(ranking) == "shop"
    assert "cpu_utilization_ratio rose from 0.08 to 0.96" in ranking.entries[0].why


def test_what_the_alerting_service_cannot_reach_counts_less() -> None:
    ranking = ranked(shift("mail", "latency_p99_ms", 100, 2000), shift("shop", "latency_p99_ms", 100, 2000))
    assert first(ranking) == "shop"


def test_a_slow_network_names_the_callee_with_its_gap() -> None:
    ranking = ranked(spans=[call("shop", CallAspect.NETWORK, 2, 182), call("shop", CallAspect.LATENCY, 10, 190)])
    assert first(ranking) == "shop"
    assert "client spans to it take 180 ms longer than its own server spans" in ranking.entries[0].why
    assert ranking.by == "spans"


def test_load_that_multiplies_where_the_page_came_from_is_the_front_services_own() -> None:
    loads = [shift(name, "requests_per_second", 500, 5000) for name in ("gate", "shop")]
    queues = [shift(name, "queue_depth", 1, 90) for name in ("gate", "shop")]
    assert first(ranked(*loads, *queues)) == "gate"


def test_a_service_that_is_hardly_asked_cannot_have_slowed_everybody_down() -> None:
    rare = shift("mail", "latency_p99_ms", 100, 2000, score=30).model_copy(update={"asked": 2.0})
    busy = shift("shop", "latency_p99_ms", 100, 1500, score=15).model_copy(update={"asked": 900.0})
    graph = Calls(depends_on={"gate": ("shop", "mail")}, inferred=False)
    assert first(ranked(rare, busy, calls=graph)) == "shop"


def test_what_hardly_anybody_asked_for_before_the_fault_did_not_begin_it() -> None:
    loads = [shift("store", "requests_per_second", 1, 40, score=25).model_copy(update={"asked": 40.0})]
    slow = [shift("shop", "latency_p99_ms", 100, 900, score=12).model_copy(update={"asked": 900.0})]
    late = [shift("store", "latency_p99_ms", 100, 2000, score=30).model_copy(update={"asked": 40.0})]
    assert first(ranked(*loads, *slow, *late)) == "shop"


def test_a_metric_named_after_another_service_is_about_that_service() -> None:
    frame = shift("gate", "billing_endpoint_error_ratio", 0.0, 0.4)
    assert first(ranked(frame, calls=Calls(depends_on={"gate": ("billing",)}, inferred=True))) == "billing"


def test_all_services_are_listed_even_if_nothing_moved() -> None:
    ranking = ranked()
    assert {entry.service for entry in ranking.entries} == {"gate", "shop", "users", "store", "mail"}
    assert all(entry.score == 0 for entry in ranking.entries)


def test_without_a_topology_the_ranking_still_stands() -> None:
    assert first(ranked(shift("shop", "cpu_utilization_ratio", 0.1, 0.9), calls=None)) == "shop"


def test_circular_calls_end() -> None:
    ring = Calls(depends_on={"gate": ("shop",), "shop": ("gate",)}, inferred=True)
    assert len(ranked(shift("shop", "latency_ms", 1, 9), shift("gate", "latency_ms", 1, 9), calls=ring).entries) == 2
