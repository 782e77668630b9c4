import json
from datetime import UTC, datetime, timedelta

import pytest
from autogen_core.models import CreateResult, SystemMessage, UserMessage

from agents.case import Case
from agents.clients.offline import OfflineClient
from agents.deadline import Deadline
from agents.ledger import Ledger
from agents.prompts import prompt
from agents.windows import Scope
from incident.alert import Alert
from incident.facts import Agent

ALERT = Alert(service="basket", fired_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC), metric="queue_depth")


def client() -> OfflineClient:
    return OfflineClient(Case(Ledger(ALERT, Scope()), Deadline(timedelta(minutes=2)), "INC-1", ALERT.severity))


def to(agent: Agent) -> list[SystemMessage | UserMessage]:
    return [SystemMessage(content=prompt(agent)), UserMessage(content="page", source="user")]


async def test_a_prompt_of_nobody_on_the_team_is_refused() -> None:
    with pytest.raises(ValueError, match="agents/prompts"):
        await client().create([SystemMessage(content="You are a pirate."), UserMessage(content="ahoy", source="user")])


async def test_a_stream_is_the_text_and_then_the_result() -> None:
    chunks = [chunk async for chunk in client().create_stream(to(Agent.COMMANDER))]
    assert isinstance(chunks[-1], CreateResult)
    assert chunks[0] == chunks[-1].content


async def test_the_plan_asks_all_three_in_the_words_of_the_page() -> None:
    said = json.loads(str((await client().create(to(Agent.COMMANDER))).content))
    assert [ask["agent"] for ask in said["asks"]] == ["metrics", "logs", "deploy"]
    assert "queue_depth" in said["asks"][0]["question"]


async def test_a_specialist_without_tools_says_so() -> None:
    said = json.loads(str((await client().create(to(Agent.LOGS))).content))
    assert said["evidence"] == []
    assert "no tools" in said["finding"]


async def test_it_costs_nothing() -> None:
    quiet = client()
    result = await quiet.create(to(Agent.COMMANDER))
    assert (result.usage.prompt_tokens, quiet.total_usage().completion_tokens, quiet.count_tokens([])) == (0, 0, 0)
    assert quiet.model_info["function_calling"]
