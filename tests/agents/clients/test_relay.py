"""Turns that an LLM takes, and every way in which it doesn't."""

import json
import re
from datetime import timedelta

import pytest

from agents.allowance import CALLS, SHARES, TOKENS, Part
from agents.clients.relay import AGAIN, TIRED
from agents.clients.tokens import tokens
from agents.investigator import OFFLINE, TeamInvestigator
from incident.diagnosis import Category
from incident.facts import Agent, TurnStatus
from incident.quota import Room
from tests.agents.llm import DECISION, MODEL, playing, relayed, role
from tests.agents.production import Lists, Outcome, incident, investigated
from tests.groq_standin import Answer, Groq, called, refused, said

PLENTY = 60_000


def notes(outcome: Outcome) -> list[str]:
    return [note for turn in outcome.turns for note in turn.notes]


def by(outcome: Outcome) -> list[str]:
    return [turn.by for turn in outcome.turns]


async def test_an_llm_takes_five_turns_within_its_tokens_and_the_cause_is_found() -> None:
    async with Groq(by=playing()) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    assert sorted(map(role, groq.asked)) == ["decision", "deploy", "logs", "metrics", "plan"]
    assert by(outcome) == [MODEL] * 5
    assert (outcome.diagnosis.category, outcome.diagnosis.culprit_service) == (Category.CHANGE, "basket")
    assert outcome.diagnosis.usage.model_calls == 5
    assert outcome.diagnosis.usage.prompt_tokens == 500
    assert made.relays[0].allowance.spent <= TOKENS


async def test_every_request_is_bounded_by_its_share_and_says_how_long_an_answer_may_be() -> None:
    async with Groq(by=playing()) as groq, relayed(groq) as made:
        await investigated(made.team, Lists())
    for asked in groq.asked:
        share = SHARES[Part(role(asked))]
        assert asked.body["max_completion_tokens"] == share.completion
        assert tokens(asked.words) < share.prompt
        assert "tools" not in asked.body
    assert sum(share.tokens for share in SHARES.values()) == TOKENS


async def test_the_commander_is_held_to_a_strict_shape_and_to_the_rivals_that_code_weighed() -> None:
    async with Groq(by=playing()) as groq, relayed(groq) as made:
        await investigated(made.team, Lists())
    plan, decision = (next(a for a in groq.asked if role(a) == name) for name in ("plan", "decision"))
    assert all(a.body["response_format"]["json_schema"]["strict"] for a in (plan, decision))
    assert re.search(r'<data of="explanations">\nchange at basket by cfg-12: .*\n  for: .*\(E\d+\)', decision.words)
    assert "contradicts" in decision.words


async def test_what_holds_for_all_comes_first_and_is_the_same_in_every_request() -> None:
    async with Groq(by=playing()) as groq, relayed(groq) as made:
        await investigated(made.team, Lists())
        await investigated(made.team, Lists())
    firsts = {str(asked.body["messages"][0]["content"]) for asked in groq.asked}
    assert len(firsts) == 4
    assert len({first.partition("# You:")[0] for first in firsts}) == 1


NO_ANSWERS = {
    "wrong key": refused(401, "invalid_api_key"),
    "model gone": refused(404, "model_not_found"),
    "too large": refused(413, "rate_limit_exceeded"),
    "day spent": refused(429, "rate_limit_exceeded", "tokens per day (TPD): Limit 200000", 3_000),
    "down": refused(503),
    "no JSON over HTTP": Answer("<html>"),
    "prose": said("I think that it is the cache, to be honest."),
    "another language": said("Ich glaube, es war der Cache."),
    "a flood": said(json.dumps({"finding": "x " * 100_000, "cause": "y", "plan": "z"})),
    "nothing": said(""),
    "an empty object": said("{}"),
    "another role's answer": said('{"answer": 42}'),
    "a tool that nobody offered": called("drop_database", {}),
    "broken off": Answer({"id": "x"}, broken=True),
    "cut": said('{"finding": "It is the', finish="length"),
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_without_an_answer_of_use_the_offline_reasoner_takes_the_turn_and_says_so(answer: Answer) -> None:
    alone = await investigated(TeamInvestigator(), Lists())
    async with Groq(by=lambda _: answer) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    assert by(outcome) == [OFFLINE] * 5
    assert [n for n in notes(outcome) if n.endswith(": the offline reasoner took this turn")]
    assert all(turn.status is TurnStatus.DONE for turn in outcome.turns)
    assert outcome.diagnosis.culprit_change == alone.diagnosis.culprit_change
    assert len(groq.asked) <= 3 * (TIRED + 3)


@pytest.mark.parametrize("reason", ["wrong key", "model gone", "too large", "day spent"])
async def test_what_does_not_mend_within_the_incident_is_not_tried_again(reason: str) -> None:
    async with Groq(by=lambda _: NO_ANSWERS[reason]) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    assert len(groq.asked) == 1
    assert all(any("took this turn" in note for note in turn.notes) for turn in outcome.turns)


async def test_one_bad_turn_costs_only_itself() -> None:
    async with Groq(by=playing(logs=said("It is the cache."))) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    assert {turn.agent: turn.by for turn in outcome.turns if turn.by == OFFLINE} == {Agent.LOGS: OFFLINE}
    assert "the LLM's answer could not be read: the offline reasoner took this turn" in outcome.of(Agent.LOGS)[0].notes
    assert len(groq.asked) == 5


async def test_a_minute_that_is_used_up_is_no_reason_not_to_ask_later() -> None:
    spent = refused(429, "rate_limit_exceeded", "tokens per minute (TPM): Limit 8000", 30)
    async with Groq(by=lambda _: spent) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    assert made.relays[0].allowance.asked == 5
    assert all("limit for this minute is used up" in " ".join(turn.notes) for turn in outcome.turns)


@pytest.mark.parametrize("slow", [Answer(hangs=True), said("{}").late(30)], ids=["hangs", "drips"])
async def test_a_model_that_never_answers_makes_no_incident_late(slow: Answer) -> None:
    async with Groq(by=lambda _: slow) as groq, relayed(groq, deadline=timedelta(seconds=3)) as made:
        outcome = await investigated(made.team, Lists())
    assert by(outcome) == [OFFLINE] * 5
    assert outcome.diagnosis.culprit_service == "basket"
    assert "did not answer in time" in notes(outcome)[1]
    assert len(groq.asked) <= 1 + len(outcome.turns)


async def test_an_answer_in_another_language_that_can_be_read_is_an_answer() -> None:
    said_so = {"finding": "Der Pool ist erschöpft (E101).", "evidence": ["E101"], "confidence": 0.7}
    async with Groq(by=playing(logs=said_so)) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    (turn,) = outcome.of(Agent.LOGS)
    assert (turn.by, turn.cites) == (MODEL, ("E101",))


async def test_where_there_is_no_room_for_tools_and_a_second_round_neither_is_offered_and_that_is_said_once() -> None:
    wants_more = {**DECISION, "ask": "logs", "question": "What of `edge`?"}
    async with Groq(by=playing(decision=wants_more)) as groq, relayed(groq) as made:
        outcome = await investigated(made.team, Lists())
    assert not any("`ask`" in asked.words for asked in groq.asked)
    assert len(outcome.turns) == 5
    assert [n for n in notes(outcome) if "second round" in n] == [outcome.turns[0].notes[0]]


async def test_with_room_one_question_is_asked_and_answered_in_seven_calls() -> None:
    wants_more = {**DECISION, "ask": "logs", "question": "What of `edge`?"}
    async with Groq(by=playing(decision=wants_more)) as groq, relayed(groq, PLENTY) as made:
        outcome = await investigated(made.team, Lists())
    assert [role(asked) for asked in groq.asked if role(asked) in {"logs", "decision"}] == ["logs", "decision"] * 2
    assert len(groq.asked) == CALLS
    assert "What of `edge`?" in groq.asked[-2].words
    assert by(outcome) == [MODEL] * 7
    assert outcome.diagnosis.culprit_service == "basket"


async def test_with_room_tools_are_offered_and_who_only_ever_calls_them_is_stopped() -> None:
    async with Groq(by=playing(logs=called("error_patterns", {}))) as groq, relayed(groq, PLENTY) as made:
        outcome = await investigated(made.team, Lists())
    of_logs = [asked for asked in groq.asked if role(asked) == "logs"]
    assert "tools" in of_logs[0].body
    assert len(of_logs) <= AGAIN + 1
    assert len(groq.asked) <= CALLS
    assert [turn.by for turn in outcome.of(Agent.LOGS)] == [OFFLINE]
    assert outcome.diagnosis.culprit_service == "basket"


@pytest.mark.parametrize(
    ("left", "asked"),
    [
        (Room(30, 5_000), {"decision", "deploy"}),
        (Room(2, 8_000), {"decision", "deploy"}),
        (Room(30, 1_000), set()),
        (Room(0, 0), set()),
    ],
)
async def test_where_less_is_left_it_is_planned_smaller_beforehand_and_said(left: Room, asked: set[str]) -> None:
    async with Groq(by=playing()) as groq, relayed(groq, room=left) as made:
        outcome = await investigated(made.team, Lists())
    assert set(map(role, groq.asked)) == asked
    assert "the LLM has" in outcome.turns[0].notes[0]
    assert outcome.diagnosis.culprit_service == "basket"


async def test_what_an_earlier_process_took_counts_after_a_restart() -> None:
    async with Groq(by=playing()) as groq, relayed(groq) as made:
        whole = await investigated(made.team, Lists())
        before = len(groq.asked)
        kept = [turn for turn in whole.turns[:4] if turn.agent is not Agent.LOGS]
        resumed = await investigated(made.team, Lists(), incident(*kept))
    assert [turn.agent for turn in resumed.turns] == [Agent.LOGS, Agent.COMMANDER]
    assert len(groq.asked) == before + 2
    assert made.relays[1].allowance.asked == 5
    assert made.relays[1].allowance.spent <= TOKENS
