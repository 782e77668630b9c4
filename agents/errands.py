"""Has specialists' tools asked ahead of their turns, all at once, while the plan is still being made."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping

from autogen_core import CancellationToken

from agents.guarded import SafeTools
from agents.orders import Order, orders, written
from incident.facts import Agent

Tell = Callable[[Agent, str], None]


class Errands:
    """Each is run once a round, whoever asks for it first; a tool that fails or is late has answered so."""

    def __init__(self, tools: Mapping[Agent, SafeTools], tell: Tell) -> None:
        self._tools = tools
        self._tell = tell
        self._stop = CancellationToken()
        self._running: dict[tuple[Agent, str], asyncio.Task[tuple[str, ...]]] = {}

    def begin(self, agents: Iterable[Agent]) -> None:
        """Start what every one of them asks first."""
        for agent in agents:
            self._run(agent, "")

    async def answers(self, agent: Agent, question: str = "") -> tuple[str, ...]:
        """Return what the tools say, as JSON; ``question`` is empty in the first round."""
        return await asyncio.shield(self._run(agent, question))

    async def close(self) -> None:
        """Leave nothing running that can be stopped."""
        self._stop.cancel()
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _run(self, agent: Agent, question: str) -> asyncio.Task[tuple[str, ...]]:
        if (agent, question) not in self._running:
            work = self._ask(agent, question)
            self._running[agent, question] = asyncio.create_task(work, name=f"errands of {agent}")
        return self._running[agent, question]

    async def _ask(self, agent: Agent, question: str) -> tuple[str, ...]:
        given = [tool["name"] for tool in await self._tools[agent].list_tools()]
        return tuple(await asyncio.gather(*(self._call(agent, order) for order in orders(given, question))))

    async def _call(self, agent: Agent, order: Order) -> str:
        name, arguments = order
        self._tell(agent, written(name, json.dumps(arguments)))
        return (await self._tools[agent].call_tool(name, arguments, self._stop)).to_text()
