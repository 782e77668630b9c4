"""A client of the scripted Groq, as one incident has it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from autogen_core.models import CreateResult, LLMMessage, SystemMessage, UserMessage
from autogen_core.tools import FunctionTool
from pydantic import BaseModel, SecretStr

from agents.clients.budget import Budget, Caller
from agents.clients.groq import Door, Groq, GroqClient
from agents.clients.memory import MemoryQuota
from agents.clients.unavailable import LLMUnavailable
from incident.alert import Severity
from tests import groq_standin

LARGE, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
ASKED: list[LLMMessage] = [
    SystemMessage(content="You read logs."),
    UserMessage(content="What failed first?", source="commander"),
]


class Finding(BaseModel):
    finding: str
    evidence: list[str] = []
    confidence: float | None = None


async def search_logs(text: str, minutes: int = 30) -> str:
    return f"{text} {minutes}"


SEARCH = FunctionTool(search_logs, description="Find log lines that contain a text.")


class Room(NamedTuple):
    """``waited`` are the seconds that it paused between tries."""

    client: GroqClient
    budget: Budget
    waited: list[float]
    groq: Groq


@asynccontextmanager
async def talking(
    at: groq_standin.Groq | str,
    models: tuple[str, ...] = (LARGE, SMALL),
    seconds: Callable[[], float] = lambda: 20.0,
    path: str = "",
) -> AsyncIterator[Room]:
    budget, waited = Budget(MemoryQuota()), list[float]()

    async def pause(wait: float) -> None:
        waited.append(wait)
        await asyncio.sleep(0)

    url = at if isinstance(at, str) else at.url + path
    door = Groq(Door(SecretStr(groq_standin.KEY), models, url), budget, pause)
    try:
        yield Room(door.client(Caller("inc-1", Severity.CRITICAL), seconds), budget, waited, door)
    finally:
        await door.close()


async def why(client: GroqClient) -> LLMUnavailable:
    """Return why a question stays without an answer."""
    try:
        answer = await client.create(ASKED)
    except LLMUnavailable as unavailable:
        return unavailable
    raise AssertionError(answer)


async def heard(client: GroqClient) -> tuple[list[str], CreateResult | LLMUnavailable]:
    """Return the pieces of a streamed answer, and how it ended."""
    pieces: list[str] = []
    try:
        async for piece in client.create_stream(ASKED):
            if isinstance(piece, CreateResult):
                return pieces, piece
            pieces.append(piece)
    except LLMUnavailable as unavailable:
        return pieces, unavailable
    raise AssertionError(pieces)
