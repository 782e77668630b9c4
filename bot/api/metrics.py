"""`GET /metrics`: how things are, as Prometheus reads it; no name of a service or an incident is in it."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import NamedTuple

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from agents.clients.bills import Bill
from agents.clients.budget import Budget
from bot.api.admission import Door
from bot.api.problems import Problem
from bot.killswitch import KillSwitch
from incident.ports import Unkept
from incident.quota import Left
from incident.status import Status
from storage.census import by_status
from storage.database import Database

AMOUNTS = (
    ("requests", "minute", "requests_a_minute"),
    ("requests", "day", "requests_a_day"),
    ("tokens", "minute", "tokens_a_minute"),
    ("tokens", "day", "tokens_a_day"),
)


class Spending(NamedTuple):
    """The budget of language models, and those that may be asked: none where the reasoner is alone."""

    budget: Budget
    models: tuple[str, ...] = ()


class Sources(NamedTuple):
    """What is asked at each scrape."""

    running: Callable[[], int]
    kill_switch: KillSwitch
    database: Database
    spending: Spending


class Scrape(NamedTuple):
    """What was found at one moment."""

    incidents: Mapping[Status, int]
    running: int
    paused: bool
    bills: Mapping[str, Bill]
    left: Mapping[str, Left]


def register(app: FastAPI, door: Door, sources: Sources) -> None:
    """Serve it to programs of this machine, and elsewhere to whoever has a token to read."""

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        door.admit_to_look(request)
        try:
            found = await _scrape(sources)
        except Unkept as why:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The database can't be read at the moment.") from why
        return Response(exposition(found), media_type=CONTENT_TYPE_PLAIN_0_0_4)


async def _scrape(sources: Sources) -> Scrape:
    budget, models = sources.spending
    bills = budget.bills.models
    return Scrape(
        incidents=await by_status(sources.database),
        running=sources.running(),
        paused=await sources.kill_switch.standing() is not None,
        bills=bills,
        left={model: await budget.left(model) for model in dict.fromkeys((*models, *bills))},
    )


def exposition(scrape: Scrape) -> bytes:
    """Return it as Prometheus's text."""

    class Found(Collector):
        def collect(self) -> Iterator[Metric]:
            yield from _incidents(scrape)
            yield from _taken(scrape.bills)
            yield from _left(scrape.left)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Found())
    return generate_latest(registry)


def _incidents(scrape: Scrape) -> Iterator[Metric]:
    standing = GaugeMetricFamily("first_responder_incidents", "Incidents by status.", labels=["status"])
    for status, number in scrape.incidents.items():
        standing.add_metric([status.value], number)
    yield standing
    yield GaugeMetricFamily("first_responder_running", "Incidents this process works on.", scrape.running)
    yield GaugeMetricFamily("first_responder_paused", "1 while acting is paused.", float(scrape.paused))


def _taken(bills: Mapping[str, Bill]) -> Iterator[Metric]:
    calls = CounterMetricFamily("first_responder_llm_calls", "Calls of language models.", labels=["model"])
    tokens = CounterMetricFamily("first_responder_llm_tokens", "Tokens they took.", labels=["model", "kind"])
    dollars = CounterMetricFamily("first_responder_llm_dollars", "What they cost, as far as known.", labels=["model"])
    for model, bill in bills.items():
        calls.add_metric([model], bill.calls)
        kinds = {"prompt": bill.prompt - bill.cached, "cached": bill.cached, "completion": bill.completion}
        for kind, number in kinds.items():
            tokens.add_metric([model, kind], number)
        if bill.dollars is not None:
            dollars.add_metric([model], bill.dollars)
    yield from (calls, tokens, dollars)


def _left(lefts: Mapping[str, Left]) -> Iterator[Metric]:
    of, labels = "What may still be asked of language models", ["model", "of", "per"]
    left = GaugeMetricFamily("first_responder_llm_left", f"{of}, where something limits it.", labels=labels)
    money = GaugeMetricFamily("first_responder_llm_dollars_left", "What is left of the day's cap on money.")
    for model, amounts in lefts.items():
        for what, stretch, name in AMOUNTS:
            if (amount := getattr(amounts, name)) is not None:
                left.add_metric([model, what, stretch], amount)
    yield left
    known = [each.dollars_a_day for each in lefts.values() if each.dollars_a_day is not None]
    if known:
        money.add_metric([], min(known))
        yield money
