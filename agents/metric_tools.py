"""What the metrics specialist may ask: readings, calls between services, and who failed first by them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from agents.analysis.calls import call_shifts, infer_calls
from agents.analysis.observations import Calls, CallShift, MetricShift, ServiceRanking
from agents.analysis.paged import alert_signal
from agents.analysis.series import shifts
from agents.analysis.spans import with_silent_callees
from agents.analysis.suspects import rank_services
from agents.tools import Bench, Call, Question, Reply, computed
from incident.evidence import Source
from incident.facts import Agent
from incident.ports import NotRecorded, Unreadable

SHOWN = 24
"""Shifts in one answer, the strongest."""
Result = TypeVar("Result")
Service = Annotated[str, "the service's exact name; empty: all services"]
Metric = Annotated[str, "part of a metric's name; empty: all metrics"]
Since = Annotated[str, "ISO time, or a distance before the alert such as 45m or 2h; empty: the whole window"]
Until = Annotated[str, "ISO time; empty: now"]


class MetricTools(Bench):
    """Metrics and spans."""

    agent = Agent.METRICS

    def tools(self) -> tuple[Callable[..., Awaitable[str]], ...]:
        """Return the tools that the specialist is given."""
        return (self.alert_signal, self.metric_shifts, self.call_shifts, self.suspects, self.call_graph)

    async def alert_signal(self) -> str:
        """Where the signal that paged was, how far it went, and whether it is still bad."""
        return await self.ask(self._call("alert_signal", Source.METRICS), self._signal)

    async def metric_shifts(
        self, service: Service = "", metric: Metric = "", since: Since = "", until: Until = ""
    ) -> str:
        """Which series left their usual range, from when on and by how much; the strongest first."""
        call = self._call("metric_shifts", Source.METRICS)
        return await self.ask(
            call._replace(service=service, name="metric", text=metric, since=since, until=until), self._shifted
        )

    async def call_shifts(self, service: Service = "", since: Since = "", until: Until = "") -> str:
        """Which calls between services became slow, failed, went missing or multiplied; the strongest first."""
        call = self._call("call_shifts", Source.SPANS)
        return await self.ask(call._replace(service=service, since=since, until=until), self._called)

    async def suspects(self) -> str:
        """Which service failed first, as far as metrics and calls can tell, with the reasons."""
        return await self.ask(self._call("suspects", Source.METRICS), self._ranked)

    async def call_graph(self) -> str:
        """Who calls whom, as declared or as spans show."""
        return await self.ask(self._call("call_graph", Source.TOPOLOGY), self._graph)

    def _call(self, tool: str, source: Source) -> Call:
        return Call(tool, source, self.desk.scope.signal_window(self.desk.alert))

    async def _signal(self, _: Question) -> Reply:
        metrics = await self.desk.metrics()
        return Reply([await computed(lambda: alert_signal(self.desk.alert, metrics, self.desk.split))])

    async def _shifted(self, asked: Question) -> Reply:
        wanted = asked.text.casefold()
        every = await self._all_shifts()
        found = [s for s in every if asked.about(s.service) and wanted in s.metric.casefold() and asked.when(s.onset)]
        return Reply(found[:SHOWN], len(found) - len(found[:SHOWN]))

    async def _called(self, asked: Question) -> Reply:
        found = [s for s in await self._all_calls() if asked.about(s.caller, s.callee) and asked.when(s.onset)]
        return Reply(found[:SHOWN], len(found) - len(found[:SHOWN]))

    async def _ranked(self, _: Question) -> Reply:
        return Reply([ranking] if (ranking := await self._ranking()).entries else [])

    async def _ranking(self) -> ServiceRanking:
        calls = await _if_seen(self._calls())
        moved, called = await _if_seen(self._all_shifts()), await _if_seen(self._all_calls())
        if moved is None and called is None:
            message = "neither metrics nor spans"
            raise NotRecorded(message)
        return await computed(lambda: rank_services(self.desk.alert, moved or (), called or (), calls))

    async def _graph(self, _: Question) -> Reply:
        calls = await self._calls()
        return Reply([calls] if calls.depends_on else [])

    async def _calls(self) -> Calls:
        """Return the call graph, and who in it is silent."""
        return await self.desk.once("calls and the silent", self._with_silent)

    async def _with_silent(self) -> Calls:
        known: Calls = await self.desk.calls(infer_calls)
        tables = [await _if_seen(self.desk.metrics()), await _if_seen(self.desk.spans())]
        heard = {name for table in tables if table is not None for name in table["service"].unique()}
        return known.model_copy(update={"silent": tuple(sorted(known.services - heard))})

    async def _all_shifts(self) -> list[MetricShift]:
        metrics, healthy = await self.desk.metrics(), await self.desk.healthy("metrics")
        return await self.desk.once("shifts", lambda: computed(lambda: shifts(metrics, self.desk.split, healthy)))

    async def _all_calls(self) -> list[CallShift]:
        return await self.desk.once("call shifts", self._measured_calls)

    async def _measured_calls(self) -> list[CallShift]:
        spans, healthy = await self.desk.spans(), await self.desk.healthy("spans")
        calls = await _if_seen(self._calls())
        whole = spans if calls is None else await computed(lambda: with_silent_callees(spans, calls))
        return await computed(lambda: call_shifts(whole, self.desk.split, healthy))


async def _if_seen(look: Awaitable[Result]) -> Result | None:
    """Return None for what could not be seen: the rest is worth looking at without it."""
    try:
        return await look
    except (NotRecorded, Unreadable):
        return None
