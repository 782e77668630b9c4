"""Who speaks next: a pure function of what has been said, and AutoGen's group chat that goes by it.

AutoGen's own teams with parallel speakers lose findings where one of them fails, so the chat's manager is ours.
Its base class lives in a private module of 0.7.5: the version is pinned, tests/agents/test_team.py holds the contract.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from autogen_agentchat.base import ChatAgent, TerminationCondition
from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage, MessageFactory, StopMessage
from autogen_agentchat.teams import BaseGroupChat
from autogen_agentchat.teams._group_chat._base_group_chat_manager import BaseGroupChatManager
from autogen_agentchat.teams._group_chat._events import GroupChatTermination
from autogen_core import Component
from pydantic import BaseModel

from agents.messages import SPECIALISTS, asked
from incident.facts import Agent

ROUNDS = 2
"""How often specialists are sent out: by the plan, and once more where a question is open."""
Said = tuple[str, str]
"""Who said it, and what."""


def next_speakers(said: Sequence[Said]) -> tuple[Agent, ...]:
    """Return who speaks next, nobody where all is said: commander, specialists in parallel, commander, once more."""
    orders = [i for i, (who, _) in enumerate(said) if who == Agent.COMMANDER]
    if not orders:
        return (Agent.COMMANDER,)
    wanted = _sent_out(said[orders[-1]][1], len(orders))
    if not wanted:
        return ()
    since = {who for who, _ in said[orders[-1] + 1 :]}
    return tuple(agent for agent in wanted if agent not in since) or (Agent.COMMANDER,)


def _sent_out(words: str, times_spoken: int) -> tuple[Agent, ...]:
    named = tuple(ask.agent for ask in asked(words)) if times_spoken <= ROUNDS else ()
    return named or (SPECIALISTS if times_spoken == 1 else ())


class Lead(BaseGroupChatManager):
    """Asks `next_speakers` after every batch."""

    def said(self) -> list[Said]:
        """Return what was said so far."""
        return [(m.source, m.to_text()) for m in self._message_thread if isinstance(m, BaseChatMessage)]

    async def validate_group_state(self, messages: list[BaseChatMessage] | None) -> None:
        """Nothing is left of an earlier run: a team serves one incident."""

    async def select_speaker(self, thread: Sequence[BaseAgentEvent | BaseChatMessage]) -> list[str]:
        """Return all who speak now."""
        del thread  # the same, events included
        return list(next_speakers(self.said()))

    async def _apply_termination_condition(
        self,
        delta: Sequence[BaseAgentEvent | BaseChatMessage],
        increment_turn_count: bool = False,  # noqa: FBT001, FBT002 - AutoGen's
    ) -> bool:
        if next_speakers(self.said()):
            return await super()._apply_termination_condition(delta, increment_turn_count)
        await self._signal_termination(StopMessage(content="all is said", source=self._name))
        return True

    async def reset(self) -> None:
        """Forget the thread."""
        self._message_thread.clear()
        self._active_speakers.clear()


class _NoConfig(BaseModel):
    """The team is built in code only; nothing stored is ever loaded as a component."""


class FirstResponders(BaseGroupChat, Component[_NoConfig]):
    """The group chat of one incident."""

    component_config_schema = _NoConfig

    def __init__(self, participants: Sequence[ChatAgent]) -> None:
        super().__init__(
            name="first_responders",
            description="a commander and three specialists",
            participants=list(participants),
            group_chat_manager_name="lead",
            group_chat_manager_class=Lead,
        )

    def _create_group_chat_manager_factory(  # noqa: PLR0913, PLR0917 - AutoGen's signature
        self,
        name: str,
        group_topic_type: str,
        output_topic_type: str,
        participant_topic_types: list[str],
        participant_names: list[str],
        participant_descriptions: list[str],
        output_message_queue: "asyncio.Queue[BaseAgentEvent | BaseChatMessage | GroupChatTermination]",
        termination_condition: TerminationCondition | None,
        max_turns: int | None,
        message_factory: MessageFactory,
    ) -> Callable[[], Lead]:
        return lambda: Lead(
            name,
            group_topic_type,
            output_topic_type,
            participant_topic_types,
            participant_names,
            participant_descriptions,
            output_message_queue,
            termination_condition,
            max_turns,
            message_factory,
        )

    def _to_config(self) -> _NoConfig:
        return _NoConfig()

    @classmethod
    def _from_config(cls, config: _NoConfig) -> Self:
        message = "a team is built in code, for one incident"
        raise NotImplementedError(message)
