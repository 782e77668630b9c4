"""What the logs specialist may ask: what is new or bursts, what mentions a text, and who failed first by the logs."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from agents.analysis.calls import infer_calls
from agents.analysis.logranking import rank_by_logs
from agents.analysis.logs import patterns, search
from agents.analysis.observations import Calls, LogPattern, Trend
from agents.metric_tools import Service, Since, Until
from agents.tools import Bench, Call, Question, Reply, computed
from incident.evidence import Source
from incident.facts import Agent
from incident.ports import NotRecorded, Unreadable

SHOWN = 30
"""Patterns in one answer, the strongest."""
SEARCHED = 10
Text = Annotated[str, "what the lines contain: words, or a regular expression"]


class LogTools(Bench):
    """Logs."""

    agent = Agent.LOGS

    def tools(self) -> tuple[Callable[..., Awaitable[str]], ...]:
        """Return the tools that the specialist is given."""
        return (self.error_patterns, self.search_logs, self.log_suspects)

    async def error_patterns(self, service: Service = "", since: Since = "", until: Until = "") -> str:
        """Which log templates are new, burst or have vanished: counts, an example, who else failed in their traces."""
        return await self.ask(
            self._call("error_patterns")._replace(service=service, since=since, until=until), self._patterns
        )

    async def search_logs(self, text: Text, service: Service = "", since: Since = "", until: Until = "") -> str:
        """Which log lines contain a text, grouped by template."""
        call = self._call("search_logs")._replace(service=service, name="text", text=text, since=since, until=until)
        return await self.ask(call, self._searched)

    async def log_suspects(self) -> str:
        """Which service failed first, as far as logs can tell, with the reasons."""
        return await self.ask(self._call("log_suspects"), self._ranked)

    def _call(self, tool: str) -> Call:
        return Call(tool, Source.LOGS, self.desk.scope.signal_window(self.desk.alert))

    async def _patterns(self, asked: Question) -> Reply:
        every = [p for p in await self._all() if p.trend is not Trend.STEADY]
        found = [p for p in every if asked.about(p.service) and asked.when(p.first_at, p.last_at)]
        return Reply(found[:SHOWN], len(found) - len(found[:SHOWN]))

    async def _searched(self, asked: Question) -> Reply:
        if not asked.text:
            return Reply((), note="search_logs needs a text")
        logs, redactor = await self.desk.logs(), self.ledger.redactors[self.agent]
        service = (
            next((s for s in logs["service"].unique() if s and s.casefold() == asked.service.casefold()), asked.service)
            or None
        )
        found = await computed(lambda: search(logs, service, asked.text, asked.window, redactor))
        return Reply(found[:SEARCHED], len(found) - len(found[:SEARCHED]))

    async def _ranked(self, _: Question) -> Reply:
        found, logs = await self._all(), await self.desk.logs()
        calls = await self._graph()
        named = {*filter(None, logs["service"].unique()), *(calls.services if calls else ())}
        ranking = await computed(lambda: rank_by_logs(found, sorted(named), calls))
        return Reply([ranking] if ranking.entries else [])

    async def _graph(self) -> Calls | None:
        try:
            return await self.desk.calls(infer_calls)
        except (NotRecorded, Unreadable):
            return None

    async def _all(self) -> list[LogPattern]:
        logs, healthy = await self.desk.logs(), await self.desk.healthy("logs")
        redactor = self.ledger.redactors[self.agent]
        return await self.desk.once(
            "patterns", lambda: computed(lambda: patterns(logs, self.desk.split, healthy, redactor))
        )
