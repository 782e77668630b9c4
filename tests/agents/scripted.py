"""Model clients that do what a test says, on top of the real offline one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from autogen_core import FunctionCall
from autogen_core.models import CreateResult, LLMMessage, RequestUsage

from agents.case import Case
from agents.clients.offline import OfflineClient, addressed
from agents.investigator import Crew
from incident.facts import Agent

Act = Callable[[Sequence[LLMMessage]], Awaitable[str | list[FunctionCall] | None]]


class Scripted(OfflineClient):
    """Runs an agent's act first; what it returns is the answer, None leaves the answer to the offline client."""

    def __init__(self, case: Case, acts: dict[Agent, Act]) -> None:
        super().__init__(case)
        self.acts = acts
        self.asked: list[Agent] = []

    async def create(self, messages: Sequence[LLMMessage], **rest: Any) -> CreateResult:  # type: ignore[override]  # noqa: ANN401 - passed on
        agent = addressed(messages)
        self.asked.append(agent)
        act = self.acts.get(agent)
        said = await act(messages) if act else None
        if said is None:
            return await super().create(messages, **rest)
        reason: Literal["stop", "function_calls"] = "stop" if isinstance(said, str) else "function_calls"
        return CreateResult(finish_reason=reason, content=said, usage=RequestUsage(7, 5), cached=False)


def crew(**acts: Act) -> Crew:
    return Crew(model="scripted", client=lambda case: Scripted(case, {Agent(name): act for name, act in acts.items()}))


def saying(text: str) -> Act:
    async def act(_: Sequence[LLMMessage]) -> str:
        return text

    return act


def deciding(text: str) -> Act:
    """Plan like the offline commander, then answer findings with the text."""

    async def act(messages: Sequence[LLMMessage]) -> str | None:
        reported = any(getattr(m, "source", "") in {"metrics", "logs", "deploy"} for m in messages)
        return text if reported else None

    return act
