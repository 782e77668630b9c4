"""One participant's failure or delay never costs the others' findings.

AutoGen 0.7.5 lets an exception in a participant end the whole team, and deadlocks where a tool is cancelled
(microsoft/autogen#7956): here both become ordinary answers.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import ChatAgent, Response
from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage
from autogen_core import CancellationToken
from autogen_core.tools import StaticWorkbench, TextResultContent, ToolResult

from incident.facts import TurnStatus

LAST_WORDS = 0.5
"""Seconds that a participant gets to end after it was told to; a deaf one is left behind."""
Item = BaseAgentEvent | BaseChatMessage


class SafeTools(StaticWorkbench):
    """Errors, delays and cancellations of tools become results. ``timeout`` is asked for at each call, in seconds."""

    def __init__(self, tools: list[Any], timeout: Callable[[], float]) -> None:
        super().__init__(tools)
        self._timeout = timeout

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        """Call the tool; whatever happens, there is a result."""
        if arguments is not None and not isinstance(arguments, dict):
            return _failed(name, "arguments must be a JSON object")
        work = asyncio.ensure_future(super().call_tool(name, arguments, None, call_id))
        if cancellation_token is not None:
            cancellation_token.link_future(work)
        done, _ = await asyncio.wait({work}, timeout=self._timeout())
        if not done:
            work.cancel()
            return _failed(name, "no answer in time")
        return _failed(name, "cancelled") if work.cancelled() else work.result()


def _failed(name: str, why: str) -> ToolResult:
    text = f'{{"result":"failed","query":"{name}(…)","why":"{why}"}}'
    return ToolResult(name=name, result=[TextResultContent(content=text)], is_error=True)


class Ending(NamedTuple):
    """How a participant's turn ended: ``said`` is its answer, None where there is none."""

    status: TurnStatus
    said: TextMessage | None
    why: str = ""


class Protocol(NamedTuple):
    """What is particular to a participant: what it is told, how long it may take, and what becomes of its answer."""

    hear: Callable[[], Awaitable[list[BaseChatMessage]]]
    seconds: Callable[[], float]
    begin: Callable[[], None]
    end: Callable[[Ending], Awaitable[BaseChatMessage]]


class Guarded(BaseChatAgent):
    """Wraps a participant. It always answers, and always with what ``protocol.end`` makes of its turn."""

    def __init__(self, inner: ChatAgent, protocol: Protocol) -> None:
        super().__init__(inner.name, inner.description)
        self._inner = inner
        self._protocol = protocol

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        """Text only."""
        return (TextMessage,)

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        """Answer without streaming."""
        async for item in self.on_messages_stream(messages, cancellation_token):
            if isinstance(item, Response):
                return item
        unreachable = "a guarded participant always answers"
        raise AssertionError(unreachable)

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[Item | Response, None]:
        """Yield what the participant yields, then its answer."""
        del messages  # code composes what a participant hears, each time anew
        self._protocol.begin()
        stop = CancellationToken()  # never the team's own: we decide how a participant stops
        cancellation_token.add_callback(stop.cancel)
        items: asyncio.Queue[Item | Ending] = asyncio.Queue()
        work = asyncio.create_task(self._work(stop, items), name=f"guarded {self.name}")
        work.add_done_callback(lambda task: items.put_nowait(_ended(task)))
        inner: list[Item] = []
        try:
            async for item in _until(items, self._protocol.seconds()):
                if isinstance(item, Ending):
                    yield Response(chat_message=await self._protocol.end(item), inner_messages=inner)
                    return
                inner.append(item)
                yield item
        finally:
            stop.cancel()
            work.cancel()
            await asyncio.wait({work}, timeout=LAST_WORDS)

    async def _work(self, stop: CancellationToken, items: "asyncio.Queue[Item | Ending]") -> TextMessage | None:
        heard = await self._protocol.hear()
        await self._inner.on_reset(stop)
        said: TextMessage | None = None
        async for item in self._inner.on_messages_stream(heard, stop):
            if not isinstance(item, Response):
                items.put_nowait(item)
            elif isinstance(item.chat_message, TextMessage):
                said = item.chat_message
        return said

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Forget everything."""
        await self._inner.on_reset(cancellation_token)


async def _until(items: "asyncio.Queue[Item | Ending]", seconds: float) -> AsyncGenerator[Item | Ending, None]:
    """Yield what comes in time, and an ending in any case."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            async with asyncio.timeout_at(end):
                item = await items.get()
        except TimeoutError:
            yield Ending(TurnStatus.LATE, None, "it gave no answer in time")
            return
        yield item


def _ended(work: "asyncio.Task[TextMessage | None]") -> Ending:
    """Tell how a participant's work ended, whatever it raised."""
    if work.cancelled():
        return Ending(TurnStatus.FAILED, None, "it was cancelled")
    error = work.exception()
    if error is not None:
        return Ending(TurnStatus.FAILED, None, f"it failed with {type(error).__name__}")
    said = work.result()
    return Ending(TurnStatus.DONE, said) if said else Ending(TurnStatus.FAILED, None, "it ended without an answer")
