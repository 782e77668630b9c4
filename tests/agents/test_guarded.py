# ruff: noqa: ARG002 - the signatures are AutoGen's

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_core import CancellationToken
from autogen_core.tools import FunctionTool

from agents.guarded import Ending, Guarded, Protocol, SafeTools
from incident.facts import TurnStatus


class Member(BaseChatAgent):
    def __init__(self, act: Callable[[], Awaitable[str]]) -> None:
        super().__init__("member", "test")
        self.act = act

    @property
    def produced_message_types(self) -> tuple[type[BaseChatMessage], ...]:
        return (TextMessage,)

    async def on_messages(self, messages: object, cancellation_token: CancellationToken) -> Response:
        return Response(chat_message=TextMessage(content=await self.act(), source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass


async def everything() -> list[BaseChatMessage]:
    return []


async def ending(
    act: Callable[[], Awaitable[str]], seconds: float = 5.0, token: CancellationToken | None = None
) -> Ending:
    seen: list[Ending] = []

    async def end(how: Ending) -> BaseChatMessage:
        seen.append(how)
        return TextMessage(content=how.why or "ok", source="member")

    guarded = Guarded(Member(act), Protocol(hear=everything, seconds=lambda: seconds, begin=lambda: None, end=end))
    async with asyncio.timeout(20):
        await guarded.on_messages([], token or CancellationToken())
    (only,) = seen
    return only


async def answers() -> str:
    return "found it"


async def raises() -> str:
    message = "password=hunter2"
    raise LookupError(message)


async def hangs() -> str:
    await asyncio.Event().wait()
    return ""


async def test_an_answer_passes() -> None:
    how = await ending(answers)
    assert (how.status, how.said and how.said.content) == (TurnStatus.DONE, "found it")


async def test_an_exception_is_named_by_its_kind_and_never_by_its_words() -> None:
    how = await ending(raises)
    assert (how.status, how.said, how.why) == (TurnStatus.FAILED, None, "it failed with LookupError")


async def test_a_missed_deadline_is_late() -> None:
    assert (await ending(hangs, seconds=0.05)).status is TurnStatus.LATE


async def test_no_time_at_all_is_late_too() -> None:
    assert (await ending(hangs, seconds=0.0)).status is TurnStatus.LATE


async def test_a_participant_that_refuses_to_be_cancelled_is_left_behind() -> None:
    free = asyncio.Event()

    async def deaf() -> str:
        while not free.is_set():
            try:
                await free.wait()
            except asyncio.CancelledError:
                continue
        return ""

    assert (await ending(deaf, seconds=0.05)).status is TurnStatus.LATE
    free.set()
    await asyncio.sleep(0)


async def slow_tool() -> str:
    """Never answers."""
    await asyncio.Event().wait()
    return ""


async def bad_tool() -> str:
    """Raises."""
    message = "no"
    raise ValueError(message)


def tools(seconds: float) -> SafeTools:
    return SafeTools(
        [FunctionTool(slow_tool, description="slow"), FunctionTool(bad_tool, description="bad")], lambda: seconds
    )


@pytest.mark.parametrize(("name", "seconds"), [("slow_tool", 0.05), ("bad_tool", 5.0), ("no_such_tool", 5.0)])
async def test_a_tool_that_hangs_raises_or_is_missing_is_a_failed_result(name: str, seconds: float) -> None:
    assert (await tools(seconds).call_tool(name, {})).is_error


async def test_cancelling_while_a_tool_runs_ends_in_a_result_and_not_in_a_deadlock() -> None:
    token = CancellationToken()
    call = asyncio.ensure_future(tools(60.0).call_tool("slow_tool", {}, token))
    await asyncio.sleep(0)
    token.cancel()
    async with asyncio.timeout(10):
        assert (await call).is_error


async def test_arguments_that_are_no_object_are_refused() -> None:
    assert (await tools(5.0).call_tool("bad_tool", [1])).is_error  # type: ignore[arg-type]
