# ruff: noqa: ARG002 - the signatures are Telemetry's

import json
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from agents.deploy_tools import DeployTools
from agents.desk import Desk
from agents.ledger import Ledger
from agents.log_tools import LogTools
from agents.metric_tools import MetricTools
from agents.tools import ANSWER
from agents.windows import BadWindow, Scope, narrowed
from incident.change import Commit
from incident.values import Window
from tests.agents.production import ALERT, CHANGED, FIRED, Lists


class Bench:
    """All three benches over one production."""

    def __init__(self, telemetry: Lists | None = None) -> None:
        self.ledger = Ledger(ALERT, Scope())
        self.desk = Desk(ALERT, telemetry or Lists(), Scope())
        self.metrics = MetricTools(self.desk, self.ledger)
        self.logs = LogTools(self.desk, self.ledger)
        self.deploy = DeployTools(self.desk, self.ledger)


async def answer(call: Awaitable[str]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(await call)
    return read


async def test_found_comes_with_query_window_and_evidence() -> None:
    bench = Bench()
    said = await answer(bench.metrics.metric_shifts(service="basket", metric="p99"))
    assert said["result"] == "found"
    assert (
        said["query"]
        == 'metric_shifts(service="basket", metric="p99", since="2026-03-01T09:00:00Z", until="2026-03-01T12:10:00Z")'
    )
    item = bench.ledger.get(said["evidence"][0]["id"])
    assert item is not None
    assert (item.query, item.service, item.values["kind"]) == (said["query"], "basket", "metric")
    assert said["evidence"][0]["statement"] == item.statement
    assert "readings" not in said["evidence"][0]


async def test_nothing_is_not_failed_and_not_recorded_is_not_nothing() -> None:
    bench = Bench(Lists(missing=frozenset({"commits"})))
    nothing, failed = await answer(bench.deploy.status_events()), await answer(bench.deploy.commits())
    assert nothing["result"] == "nothing"
    assert (failed["result"], failed["why"]) == ("failed", "not recorded: commits")
    assert bench.desk.gaps() == ("commits could not be seen: nobody recorded them",)


async def test_every_tool_answers_on_a_whole_production() -> None:
    bench = Bench()
    calls = [
        bench.metrics.alert_signal(),
        bench.metrics.suspects(),
        bench.metrics.call_graph(),
        bench.metrics.metric_shifts(),
    ]
    calls += [bench.logs.error_patterns(), bench.logs.search_logs("pool exhausted"), bench.logs.log_suspects()]
    calls += [bench.deploy.changes(), bench.deploy.commits()]
    assert [(await answer(call))["result"] for call in calls] == ["found"] * 9


@pytest.mark.parametrize("wish", ["yesterday", "12:00", "-5m", "'; DROP TABLE logs", "2026-13-01T00:00:00Z"])
async def test_a_window_that_is_none_is_refused_with_what_would_be_right(wish: str) -> None:
    said = await answer(Bench().logs.error_patterns(since=wish))
    assert said["result"] == "failed"
    assert "45m" in said["why"]


async def test_a_service_nobody_knows_finds_nothing() -> None:
    assert (await answer(Bench().metrics.metric_shifts(service="../../etc/passwd")))["result"] == "nothing"


async def test_a_narrower_window_leaves_out_what_began_before_it() -> None:
    bench = Bench()
    early = await answer(bench.deploy.changes(since="20m"))
    assert [bench.ledger.get(e["id"]).values["id"] for e in early["evidence"]] == ["cfg-12"]  # type: ignore[union-attr]


async def test_a_bad_pattern_is_looked_for_as_it_is_written() -> None:
    said = await answer(Bench().logs.search_logs("(active=10/10"))
    assert said["result"] == "found"


class Verbose(Lists):
    async def commits(self, window: Window) -> tuple[Commit, ...]:
        return tuple(
            Commit(
                sha=f"{i:040x}",
                at=CHANGED - i * timedelta(minutes=1),
                message=f"Change {i} " + "and its reasons " * 20,
                diff="+x = 1\n" * 4000,
            )
            for i in range(300)
        )


async def test_an_answer_is_bounded_and_says_how_much_is_missing() -> None:
    bench = Bench(Verbose())
    text = await bench.deploy.commits()
    said = json.loads(text)
    assert len(text) < ANSWER + 1_000
    assert said["not_shown"] + len(said["evidence"]) == 300
    assert set(said["ids_not_shown"]) <= {item.id for item in bench.ledger.of(bench.deploy.agent)}


def test_an_ISO_time_without_a_zone_is_UTC_and_a_wish_never_widens_the_window() -> None:  # noqa: N802 - names of standards
    whole = Window(FIRED - timedelta(hours=3), FIRED)
    assert narrowed(whole, FIRED, "2026-03-01T11:00:00", "") == Window(FIRED - timedelta(hours=1), FIRED)
    assert narrowed(whole, FIRED, "9d", "2027-01-01T00:00:00Z") == whole
    with pytest.raises(BadWindow):
        narrowed(whole, FIRED, "2026-03-01T13:00:00Z", "")
