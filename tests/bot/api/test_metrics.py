"""`GET /metrics` over real HTTP, read by Prometheus's own parser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from agents.clients.budget import Budget, Caller, Terms
from bot.api import problems
from bot.api.admission import Door
from bot.api.metrics import Sources, Spending, register
from bot.api_tokens import ApiToken, read_tokens
from bot.config import Settings
from bot.health import served, web
from bot.kept import Storage, open_storage
from bot.killswitch import KillSwitch
from incident.alert import Severity
from incident.quota import Caps, Price
from storage.quota import SqlQuota
from tests.incident import made

MODEL, CALLER = "openai/gpt-oss-120b", Caller("INC-1", Severity.HIGH)
TERMS = Terms(Caps(dollars_a_day=2.0), {MODEL: Price(0.15, 0.60, 0.075)})
READ, ALERT = "reads-" + "r" * 20, "pages-" + "p" * 20


class Served:
    def __init__(self, client: httpx.AsyncClient, storage: Storage, budget: Budget) -> None:
        self.client, self.storage, self.budget = client, storage, budget

    async def samples(self) -> dict[str, float]:
        answer = await self.client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return {
            f"{sample.name}{''.join(f' {value}' for value in sample.labels.values())}": sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }


@asynccontextmanager
async def serving(folder: Path, tokens: str = "", models: tuple[str, ...] = ()) -> AsyncIterator[Served]:
    known: tuple[ApiToken, ...] = read_tokens(tokens)  # type: ignore[assignment]
    async with open_storage(Settings(database_url=f"sqlite+aiosqlite:///{folder / 'metrics.db'}")) as storage:
        kill_switch = KillSwitch(storage.store.switch, _seen)
        app, budget = web(lambda: 3, kill_switch), Budget(SqlQuota(storage.database), TERMS)
        problems.register(app)
        register(app, Door(known), Sources(lambda: 3, kill_switch, storage.database, Spending(budget, models)))
        async with served(app, "127.0.0.1", 0) as address, httpx.AsyncClient(base_url=address) as client:
            yield Served(client, storage, budget)


async def _seen() -> None:
    """Nobody looks."""


async def test_it_says_where_incidents_stand_what_runs_and_whether_acting_is_paused(tmp_path: Path) -> None:
    async with serving(tmp_path) as served_:
        await served_.storage.store.open(made.incident())
        samples = await served_.samples()
        assert samples["first_responder_incidents investigating"] == 1
        assert samples["first_responder_incidents resolved"] == 0
        assert (samples["first_responder_running"], samples["first_responder_paused"]) == (3, 0)
        await served_.storage.store.switch.pause("U0ADA")
        assert (await served_.samples())["first_responder_paused"] == 1


async def test_where_the_reasoner_is_alone_no_model_is_named(tmp_path: Path) -> None:
    async with serving(tmp_path) as served_:
        assert not [name for name in await served_.samples() if "llm" in name]


async def test_it_says_what_models_took_and_what_is_left(tmp_path: Path) -> None:
    async with serving(tmp_path, models=(MODEL,)) as served_:
        assert (await served_.samples())[f"first_responder_llm_left {MODEL} tokens minute"] == 8000
        grant = await served_.budget.take(CALLER, MODEL, 3000, 5)
        await served_.budget.settle(grant, prompt=1500, completion=300, cached=1000)
        samples = await served_.samples()
    assert samples[f"first_responder_llm_calls_total {MODEL}"] == 1
    for kind, tokens in {"prompt": 500, "cached": 1000, "completion": 300}.items():
        assert samples[f"first_responder_llm_tokens_total {kind} {MODEL}"] == tokens
    assert samples[f"first_responder_llm_left {MODEL} tokens minute"] == 7200
    assert samples[f"first_responder_llm_left {MODEL} requests day"] == 999
    assert samples[f"first_responder_llm_dollars_total {MODEL}"] == pytest.approx(0.00033)
    assert samples["first_responder_llm_dollars_left"] == pytest.approx(2 - 0.00033)


async def test_this_machine_needs_no_token_and_others_one_that_reads(tmp_path: Path) -> None:
    async with serving(tmp_path, f"prometheus:read:{READ}, alertmanager:alert:{ALERT}") as served_:
        await served_.samples()
        beyond = {"X-Forwarded-For": "192.0.2.7"}
        for token, status in (("nobodys", 401), (ALERT, 403), (READ, 200)):
            headers = {**beyond, "Authorization": f"Bearer {token}"}
            assert (await served_.client.get("/metrics", headers=headers)).status_code == status
    async with serving(tmp_path) as served_:
        assert (await served_.client.get("/metrics", headers=beyond)).status_code == 403


async def test_a_web_page_in_somebodys_browser_is_not_this_machine(tmp_path: Path) -> None:
    async with serving(tmp_path) as served_:
        answer = await served_.client.get("/metrics", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
