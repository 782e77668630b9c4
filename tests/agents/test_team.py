"""Who speaks next, and the contract with AutoGen's private group chat manager that `agents.team` rests on."""

# ruff: noqa: ARG002 - the signatures are AutoGen's

import asyncio
import inspect
from contextlib import aclosing

import autogen_agentchat
import pytest
from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response, TaskResult
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_agentchat.teams._group_chat._base_group_chat_manager import BaseGroupChatManager
from autogen_core import CancellationToken

from agents.team import FirstResponders, next_speakers
from incident.facts import Agent

ORDERS = "Look.\n- logs: errors?\n- deploy: changes?"
C, M, L, D = Agent.COMMANDER, Agent.METRICS, Agent.LOGS, Agent.DEPLOY


@pytest.mark.parametrize(
    ("said", "speakers"),
    [
        ([("user", "page")], (C,)),
        ([(C, ORDERS)], (L, D)),
        ([(C, "no orders at all")], (M, L, D)),
        ([(C, ORDERS), (D, "x")], (L,)),
        ([(C, ORDERS), (D, "x"), (L, "y")], (C,)),
        ([(C, ORDERS), (L, "y"), (D, "x"), (C, "decided")], ()),
        ([(C, ORDERS), (L, "y"), (D, "x"), (C, "open\n- logs: again?")], (L,)),
        ([(C, ORDERS), (L, "y"), (D, "x"), (C, "open\n- logs: again?"), (L, "z")], (C,)),
        ([(C, ORDERS), (L, "y"), (D, "x"), (C, "open\n- logs: again?"), (L, "z"), (C, "more\n- logs: and?")], ()),
    ],
)
def test_who_speaks_next_follows_from_what_was_said(said: list[tuple[str, str]], speakers: tuple[Agent, ...]) -> None:
    assert next_speakers(said) == speakers


def test_the_private_manager_is_the_one_this_was_written_for() -> None:
    assert autogen_agentchat.__version__ == "0.7.5"
    for name in ("select_speaker", "validate_group_state", "reset", "update_message_thread"):
        assert inspect.iscoroutinefunction(getattr(BaseGroupChatManager, name))
    termination = inspect.signature(BaseGroupChatManager._apply_termination_condition)
    assert list(termination.parameters) == ["self", "delta", "increment_turn_count"]
    assert inspect.iscoroutinefunction(BaseGroupChatManager._signal_termination)


class Speaker(BaseChatAgent):
    """Says one thing after everybody who has to has arrived."""

    def __init__(self, name: str, says: list[str], meeting: asyncio.Barrier | None = None) -> None:
        super().__init__(name, "test")
        self.says = says
        self.meeting = meeting

    @property
    def produced_message_types(self) -> tuple[type[BaseChatMessage], ...]:
        return (TextMessage,)

    async def on_messages(self, messages: object, cancellation_token: CancellationToken) -> Response:
        if self.meeting is not None:
            await self.meeting.wait()
        return Response(chat_message=TextMessage(content=self.says.pop(0), source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass


async def spoken(team: FirstResponders, thread: list[TextMessage]) -> tuple[list[str], str | None]:
    said: list[str] = []
    reason = None
    async with asyncio.timeout(10), aclosing(team.run_stream(task=thread, output_task_messages=False)) as stream:
        async for item in stream:
            if isinstance(item, TaskResult):
                reason = item.stop_reason
            elif isinstance(item, BaseChatMessage):
                said.append(item.source)
    return said, reason


def page() -> TextMessage:
    return TextMessage(content="page", source="user")


async def test_specialists_of_one_batch_are_inside_at_once_and_the_chat_ends_by_itself() -> None:
    meeting = asyncio.Barrier(3)
    specialists = [Speaker(name, ["found"], meeting) for name in (M, L, D)]
    said, reason = await spoken(FirstResponders([Speaker(C, ["go", "done"]), *specialists]), [page()])
    assert (said[0], sorted(said[1:4]), said[4:]) == (C, sorted([M, L, D]), [C])
    assert reason == "all is said"


async def test_a_thread_given_back_goes_on_in_the_middle_of_a_batch() -> None:
    thread = [page(), TextMessage(content="go", source=C), TextMessage(content="found", source=L)]
    team = FirstResponders([Speaker(C, ["done"]), *(Speaker(name, ["found"]) for name in (M, L, D))])
    said, _ = await spoken(team, thread)
    assert sorted(said[:2]) == sorted([M, D])
    assert said[2:] == [C]


async def test_a_thread_in_which_all_is_said_ends_at_once() -> None:
    thread = [page(), *(TextMessage(content="x", source=name) for name in (C, M, L, D, C))]
    said, reason = await spoken(FirstResponders([Speaker(name, []) for name in (C, M, L, D)]), thread)
    assert (said, reason) == ([], "all is said")
