"""Models that loop, ask for nonsense, never answer, or answer at length and in any language."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from autogen_core import FunctionCall
from autogen_core.models import FunctionExecutionResultMessage, LLMMessage

from agents.figures import STRUCK
from agents.investigator import TeamInvestigator
from agents.members import ITERATIONS
from incident.facts import Agent, TurnStatus
from tests.agents.production import Lists, investigated
from tests.agents.scripted import crew, saying

THREE = (Agent.METRICS, Agent.LOGS, Agent.DEPLOY)


def answered(messages: Sequence[LLMMessage]) -> list[str]:
    """Return what tools answered so far."""
    told = (m for m in messages if isinstance(m, FunctionExecutionResultMessage))
    return [result.content for message in told for result in message.content]


def calling(name: str, arguments: str) -> list[FunctionCall]:
    return [FunctionCall(id="c", name=name, arguments=arguments)]


async def test_a_model_that_only_ever_calls_tools_is_stopped_and_costs_nobody_elses_findings() -> None:
    turns: list[int] = []

    async def loop(messages: Sequence[LLMMessage]) -> list[FunctionCall]:
        turns.append(len(answered(messages)))
        return calling("error_patterns", "{}")

    outcome = await investigated(TeamInvestigator(crew=crew(logs=loop)), Lists())
    assert len(turns) <= ITERATIONS + 1
    assert outcome.diagnosis.culprit_service == "basket"
    assert len(outcome.of(Agent.LOGS)) == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("drop_database", "{}"),
        ("error_patterns", "not json"),
        ("error_patterns", "[1, 2]"),
        ("error_patterns", '{"query": "SELECT 1"}'),
        ("error_patterns", '{"service": 7, "since": {"a": 1}}'),
        ("search_logs", "{}"),
        ("search_logs", '{"text": "(((((a+)+)+)+)+$"}'),
        ("alert_signal", "{}"),
    ],
)
async def test_a_call_that_makes_no_sense_is_answered_and_the_model_may_go_on(name: str, arguments: str) -> None:
    heard: list[str] = []

    async def ask(messages: Sequence[LLMMessage]) -> str | list[FunctionCall]:
        heard[:] = answered(messages)
        return '{"finding": "nothing seen", "evidence": []}' if heard else calling(name, arguments)

    outcome = await investigated(TeamInvestigator(crew=crew(logs=ask)), Lists())
    (turn,) = outcome.of(Agent.LOGS)
    assert (turn.status, len(heard)) == (TurnStatus.DONE, 1)
    assert outcome.diagnosis.culprit_service == "basket"


async def test_where_no_model_ever_answers_the_investigation_ends_at_its_deadline() -> None:
    async def never(_: Sequence[LLMMessage]) -> str | None:
        await asyncio.Event().wait()
        return None

    silent = crew(commander=never, metrics=never, logs=never, deploy=never)
    outcome = await investigated(TeamInvestigator(crew=silent, deadline=timedelta(seconds=1)), Lists())
    assert {turn.status for turn in outcome.turns} == {TurnStatus.LATE}
    assert outcome.diagnosis.confidence <= 0.6
    assert len(outcome.diagnosis.gaps) >= 3


async def test_an_endless_answer_is_cut_and_its_inventions_are_struck() -> None:
    flood = json.dumps({"finding": "It was 77,777 rps. " * 20_000, "evidence": ["E101"] * 5000})
    outcome = await investigated(TeamInvestigator(crew=crew(logs=saying(flood))), Lists())
    (turn,) = outcome.of(Agent.LOGS)
    assert len(turn.text) < 13_000
    assert "77,777" not in turn.text
    assert STRUCK in turn.text
    assert len(turn.notes) <= 13


async def test_an_answer_in_another_language_is_held_to_the_evidence_like_any_other() -> None:
    async def deutsch(messages: Sequence[LLMMessage]) -> str | list[FunctionCall]:
        if not answered(messages):
            return calling("error_patterns", "{}")
        first = json.loads(answered(messages)[0])["evidence"][0]["id"]
        text = f"Der Pool ist erschöpft: 10 von 10 belegt, seit 11:47 ({first}). 数据库 9999 次。"
        return json.dumps({"finding": text, "evidence": [first], "confidence": 0.7})

    (turn,) = (await investigated(TeamInvestigator(crew=crew(logs=deutsch)), Lists())).of(Agent.LOGS)
    assert "10 von 10 belegt, seit 11:47" in turn.text
    assert "9999" not in turn.text


async def test_the_commander_is_given_statements_and_never_raw_telemetry() -> None:
    given: list[str] = []

    async def listen(messages: Sequence[LLMMessage]) -> str | None:
        given.extend(str(m.content) for m in messages)
        assert not any(isinstance(m, FunctionExecutionResultMessage) for m in messages)
        return None

    await investigated(TeamInvestigator(crew=crew(commander=listen)), Lists())
    assert given
    assert not any('"readings"' in text or "handled request" in text for text in given)
