import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from autogen_core.models import LLMMessage

from agents.investigator import Crew, TeamInvestigator
from incident.diagnosis import Category
from incident.facts import Agent, TurnStatus
from incident.ports import Clock
from tests.agents.production import ALERT, CHANGED, Lists, incident, investigated
from tests.agents.scripted import Act, crew, deciding, saying

THREE = {Agent.METRICS, Agent.LOGS, Agent.DEPLOY}


def stopped_clock() -> Clock:
    return Clock(lambda: datetime(2026, 3, 1, 12, 10, tzinfo=UTC), lambda _: asyncio.sleep(0))


async def test_the_guilty_change_is_found_with_evidence_of_all_three() -> None:
    outcome = await investigated(TeamInvestigator(), Lists())
    found = outcome.diagnosis
    assert (found.category, found.culprit_service) == (Category.CHANGE, "basket")
    assert found.culprit_change is not None
    assert (found.culprit_change.id, found.culprit_change.at) == ("cfg-12", CHANGED)
    assert found.culprit_change.author == "r.iyer"
    assert {turn.agent for turn in outcome.turns if turn.found} == THREE
    assert [outcome.turns[0].agent, outcome.turns[-1].agent] == [Agent.COMMANDER, Agent.COMMANDER]


async def test_the_same_case_gives_the_same_ids_and_the_same_words() -> None:
    first, second = [await investigated(TeamInvestigator(clock=stopped_clock()), Lists()) for _ in range(2)]
    by_agent = [sorted(o.turns, key=lambda t: (t.agent, t.text)) for o in (first, second)]
    assert by_agent[0] == by_agent[1]
    assert first.diagnosis.model_copy(update={"usage": second.diagnosis.usage}) == second.diagnosis


async def test_specialists_work_at_the_same_time() -> None:
    everybody = asyncio.Barrier(3)
    met: set[str] = set()
    doors: list[str] = []

    async def meet(signal: str) -> None:
        if signal in {"metrics", "logs", "changes"} and signal not in met:
            met.add(signal)
            doors.append("in")
            await everybody.wait()  # only passes when three tools of three agents are inside at once
            doors.append("out")

    outcome = await investigated(TeamInvestigator(), Lists(before=meet))
    assert met == {"metrics", "logs", "changes"}
    assert doors == ["in"] * 3 + ["out"] * 3
    assert outcome.diagnosis.culprit_service == "basket"


async def test_each_signal_is_read_once() -> None:
    telemetry = Lists()
    await investigated(TeamInvestigator(), telemetry)
    assert sorted(telemetry.reads) == sorted(set(telemetry.reads))


async def raise_it(_: Sequence[LLMMessage]) -> str | None:
    message = "secret-token-in-a-message"
    raise ZeroDivisionError(message)


async def hang(_: Sequence[LLMMessage]) -> str | None:
    await asyncio.Event().wait()
    return None


async def cancel_itself(_: Sequence[LLMMessage]) -> str | None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("act", "status"), [(raise_it, TurnStatus.FAILED), (hang, TurnStatus.LATE), (cancel_itself, TurnStatus.FAILED)]
)
async def test_one_specialist_lost_costs_nobody_elses_findings(act: Act, status: TurnStatus) -> None:
    team = TeamInvestigator(crew=crew(logs=act), deadline=timedelta(seconds=3))
    outcome = await investigated(team, Lists())
    (lost,) = outcome.of(Agent.LOGS)
    assert lost.status is status
    assert "secret-token" not in lost.text
    assert all(turn.found for agent in (Agent.METRICS, Agent.DEPLOY) for turn in outcome.of(agent)[:1])
    assert outcome.diagnosis.culprit_service == "basket"
    assert any("logs agent" in gap for gap in outcome.diagnosis.gaps)


@pytest.mark.parametrize("agent", sorted(THREE))
async def test_without_its_tools_an_agents_evidence_is_missing_and_the_gap_is_named(agent: Agent) -> None:
    team = TeamInvestigator(crew=Crew(may_use=lambda who, _: who is not agent))
    outcome = await investigated(team, Lists())
    assert {turn.agent for turn in outcome.turns if turn.found} == THREE - {agent}
    assert any(f"the {agent} agent" in gap for gap in outcome.diagnosis.gaps)


async def test_a_signal_nobody_recorded_is_a_gap() -> None:
    outcome = await investigated(TeamInvestigator(), Lists(missing=frozenset({"logs"})))
    assert "logs could not be seen: nobody recorded them" in outcome.diagnosis.gaps


async def test_a_deaf_tool_holds_nobody_beyond_the_deadline() -> None:
    free = asyncio.Event()

    async def deaf(signal: str) -> None:
        while signal == "logs" and not free.is_set():
            try:
                await free.wait()
            except asyncio.CancelledError:
                continue

    outcome = await investigated(TeamInvestigator(deadline=timedelta(seconds=2)), Lists(before=deaf))
    free.set()
    assert outcome.diagnosis.culprit_service == "basket"
    assert outcome.diagnosis.usage.seconds < 10


async def test_a_commander_that_fails_leaves_a_conclusion_that_can_never_act_by_itself() -> None:
    async def only_plans(messages: Sequence[LLMMessage]) -> str | None:
        return await raise_it(messages) if any(getattr(m, "source", "") in THREE for m in messages) else None

    outcome = await investigated(TeamInvestigator(crew=crew(commander=only_plans)), Lists())
    assert outcome.diagnosis.culprit_service == "basket"
    assert outcome.diagnosis.confidence <= 0.6
    assert any("commander gave no decision" in gap for gap in outcome.diagnosis.gaps)


async def test_a_team_that_fails_altogether_leaves_what_code_has_computed_and_that_never_acts_by_itself() -> None:
    broken = crew(commander=raise_it, metrics=raise_it, logs=raise_it, deploy=raise_it)
    outcome = await investigated(TeamInvestigator(crew=broken), Lists())
    assert outcome.diagnosis.culprit_service == "basket"
    assert outcome.diagnosis.confidence <= 0.6
    assert all(turn.status is TurnStatus.FAILED for turn in outcome.turns)


async def test_a_restart_in_the_middle_asks_only_who_was_missing() -> None:
    whole = await investigated(TeamInvestigator(), Lists())
    kept = [turn for turn in whole.turns[:4] if turn.agent is not Agent.LOGS]
    resumed = await investigated(TeamInvestigator(), Lists(), incident(*kept))
    assert [turn.agent for turn in resumed.turns] == [Agent.LOGS, Agent.COMMANDER]
    assert resumed.of(Agent.LOGS)[0].found == whole.of(Agent.LOGS)[0].found
    assert resumed.diagnosis.culprit_change == whole.diagnosis.culprit_change


async def test_a_restart_after_the_decision_asks_nobody() -> None:
    whole = await investigated(TeamInvestigator(), Lists())
    resumed = await investigated(TeamInvestigator(), Lists(), incident(*whole.turns))
    assert resumed.turns == ()
    assert resumed.diagnosis.culprit_change == whole.diagnosis.culprit_change
    assert resumed.diagnosis.confidence == whole.diagnosis.confidence


async def test_a_second_round_asks_only_whom_the_commander_names_and_there_is_no_third() -> None:
    again = json.dumps({"cause": "not clear yet", "asks": [{"agent": "logs", "question": "What of `edge`?"}]})
    outcome = await investigated(TeamInvestigator(crew=crew(commander=deciding(again))), Lists())
    spoke = [turn.agent for turn in outcome.turns]
    assert (spoke.count(Agent.LOGS), spoke.count(Agent.METRICS), spoke.count(Agent.COMMANDER)) == (2, 1, 3)


async def test_secrets_and_personal_data_are_gone_and_counted() -> None:
    outcome = await investigated(TeamInvestigator(), Lists())
    everything = "".join(turn.model_dump_json() for turn in outcome.turns) + outcome.diagnosis.model_dump_json()
    assert "ann@example.com" not in everything
    assert outcome.diagnosis.redactions > 0


async def test_what_agents_do_can_be_watched() -> None:
    seen: list[tuple[str, str]] = []
    await investigated(TeamInvestigator(working=lambda agent, doing: seen.append((agent, doing))), Lists())
    assert ("commander", "plans") in seen
    assert ("commander", "decides") in seen
    assert any(agent == "logs" and doing.startswith("error_patterns(") for agent, doing in seen)


async def test_calls_and_tokens_are_counted() -> None:
    outcome = await investigated(TeamInvestigator(crew=crew(deploy=saying('{"finding": "nothing"}'))), Lists())
    usage = outcome.diagnosis.usage
    assert (usage.model, usage.prompt_tokens, usage.completion_tokens) == ("scripted", 7, 5)
    assert usage.model_calls == 5


async def test_nothing_is_used_after_the_moment_up_to_which_it_may_be() -> None:
    outcome = await investigated(TeamInvestigator(as_of=ALERT.fired_at), Lists())
    assert all(e.window[1] <= ALERT.fired_at for turn in outcome.turns for e in turn.found)
