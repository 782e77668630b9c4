"""The whole job with a scripted Groq behind real HTTP, through everything that can go wrong with one."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from agents.clients.budget import Budget
from agents.clients.groq import Door
from agents.clients.groq import Groq as Room
from agents.clients.memory import MemoryQuota
from agents.crew import asking
from agents.investigator import OFFLINE, Crew, TeamInvestigator
from bot.config import Settings
from bot.kept import open_store
from bot.report import markdown
from bot.thread.turns import turn_messages
from incident.facts import Diagnosis, Fault, Turn
from incident.hands import Hands
from incident.model import Incident
from incident.policy import Policy, unchanging
from incident.ports import Clock, Store
from incident.responder import Responder
from incident.status import Status, World
from tests.agents.llm import DECISION, MODEL, PLAN, playing, role
from tests.agents.production import ALERT, FIRED, Lists
from tests.groq_standin import HEADERS, KEY, Answer, Asked, Groq, Script, called, piece, refused, said, streamed

SMALL = "openai/gpt-oss-20b"
TAKEN = ": the offline reasoner took this turn"
MINUTE = "Rate limit reached for model in organization on tokens per minute (TPM): Limit 8000, Used 7900, Requested 900"
DAY = "Rate limit reached for model in organization on tokens per day (TPD): Limit 200000, Used 199900, Requested 900"
SPECIALISTS = {"metrics", "logs", "deploy"}
FINDING = {"finding": "The pool is exhausted (E101).", "evidence": ["E101"], "confidence": 0.7, "questions": []}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")) as opened:
        yield opened


@asynccontextmanager
async def crew(groq: Groq, url: str = "") -> AsyncIterator[Crew]:
    """A crew of the real client, whose waits between tries take no time."""

    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    account = Budget(MemoryQuota())
    room = Room(Door(SecretStr(KEY), (MODEL, SMALL), url or groq.url), account, at_once)
    try:
        yield asking(room, account, MODEL, 8_000)
    finally:
        await room.close()


async def responded(team: Crew, store: Store, seconds: float = 20.0) -> Incident:
    """Alert, investigation, verdict, end."""
    investigator = TeamInvestigator(crew=team, deadline=timedelta(seconds=seconds))
    clock = Clock(lambda: FIRED + timedelta(minutes=10))
    responder = Responder(Hands(store, (), investigator, Lists(), clock, unchanging(Policy())))
    async with asyncio.timeout(90):
        return await responder.advance(await responder.open(ALERT, "basket", World.RECORDED, "production"))


async def asked_of(script: Script, store: Store, seconds: float = 20.0, **more: Mapping[str, str]) -> "Ended":
    """Let a scripted model be asked."""
    async with Groq(by=script, **more) as groq, crew(groq) as team:
        return Ended(await responded(team, store, seconds), groq)


class Ended(NamedTuple):
    incident: Incident
    groq: Groq

    @property
    def taken(self) -> list[str]:
        """Whose turns the offline reasoner took, the commander's under what it did."""
        seen: list[str] = []
        for turn in self.incident.every(Turn):
            name = turn.agent.value
            name = name if name != "commander" else "decision" if "commander" in seen else "plan"
            seen += [turn.agent.value]
            if turn.by == OFFLINE:
                seen[-1:] = [turn.agent.value, f"!{name}"]
        return sorted(name[1:] for name in seen if name.startswith("!"))

    def check(self, clause: str) -> None:
        """The end is that of any other incident, and wherever a turn was taken, one line says why."""
        diagnosis = self.incident.last(Diagnosis)
        assert diagnosis is not None
        assert (self.incident.status, self.incident.last(Fault)) == (Status.REPORTED, None)
        assert (diagnosis.culprit_service, diagnosis.disputed) == ("basket", False)
        report = markdown(self.incident)
        assert "Traceback" not in report
        assert KEY not in report
        for turn in self.incident.every(Turn):
            notes = [note for note in turn.notes if note.endswith(TAKEN)]
            assert len(notes) == (turn.by == OFFLINE)
            assert all(note[:120] in str(turn_messages(self.incident, turn)) for note in notes)
        assert clause in report
        assert (TAKEN in report) == bool(self.taken)


def given_by(script: Script, asked: Asked) -> Answer:
    answer = script(asked)
    assert isinstance(answer, Answer)
    return answer


def first(count: int, answer: Answer, *roles: str) -> Script:
    """Answer so in the first requests (of some roles), then as everybody would."""
    usual, left = playing(), [count]

    def by(asked: Asked) -> Answer:
        if left[0] and (not roles or role(asked) in roles):
            left[0] -= 1
            return answer
        return given_by(usual, asked)

    return by


def of_model(name: str, answer: Answer) -> Script:
    """Answer so for one model, as everybody would for the other."""
    usual = playing()
    return lambda asked: answer if asked.model == name else usual(asked)


ALL = ["decision", "deploy", "logs", "metrics", "plan"]
MENDS = {
    "a full minute that is waited for": first(1, refused(429, "rate_limit_exceeded", MINUTE, wait=0.2)),
    "a full minute in the middle of parallel calls": first(
        2, refused(429, "rate_limit_exceeded", MINUTE, wait=0.2), *SPECIALISTS
    ),
    "a model without capacity": first(2, refused(498, "capacity_exceeded")),
    "a server in trouble": first(2, refused(503)),
    "a gateway's page": first(1, Answer("<html>bad gateway</html>", 502)),
    "a connection cut in the middle of parallel calls": first(1, Answer({"id": "x"}, broken=True), *SPECIALISTS),
    "a model that is gone": of_model(MODEL, refused(404, "model_not_found", "does not exist")),
    "a model that was decommissioned": of_model(MODEL, refused(400, "model_decommissioned", "decommissioned")),
    "a day that is spent for one model": of_model(MODEL, refused(429, "rate_limit_exceeded", DAY, wait=700)),
    "a call that the server could not read": first(
        1, refused(400, "tool_use_failed", failed_generation=json.dumps(FINDING)), "logs"
    ),
    "JSON that the server would not believe": first(
        1, refused(400, "json_validate_failed", failed_generation=json.dumps(PLAN)), "plan"
    ),
    "a server that knows no shapes": first(1, refused(400, "invalid_request", "response_format is unknown"), "plan"),
    "an answer without usage": playing(logs=said(json.dumps(FINDING), usage=None)),
    "odd usage": playing(logs=said(json.dumps(FINDING), usage={"prompt_tokens": -5, "completion_tokens": 10**12})),
}  # fmt: skip


@pytest.mark.parametrize("script", MENDS.values(), ids=MENDS)
async def test_what_mends_costs_no_turn(script: Script, store: Store) -> None:
    ended = await asked_of(script, store, headers={})
    ended.check("")
    assert ended.taken == []


STAYS = {
    "a wrong key": (refused(401, "invalid_api_key"), "does not accept the key"),
    "all models gone": (refused(404, "model_not_found", "does not exist"), "no longer serves any"),
    "a minute that stays full": (refused(429, "rate_limit_exceeded", MINUTE, wait=90), "limit for this minute"),
    "a day that is spent": (refused(429, "rate_limit_exceeded", DAY, wait=9_000), "limit for today"),
    "too large": (refused(413, "rate_limit_exceeded", MINUTE), "larger than the LLM's limits allow"),
    "a context that is too small": (refused(400, "context_length_exceeded"), "larger than the LLM's limits allow"),
    "no capacity": (refused(498), "out of capacity"),
    "down": (refused(500), "failing or out of capacity"),
    "refused": (refused(400, "invalid_request_error"), "refused the question"),
    "forbidden": (refused(403, "permissions_error"), "refused the question"),
    "sent elsewhere": (Answer("", 301, {"location": "https://elsewhere.example/"}), "refused the question"),
    "a call that nobody can read": (refused(400, "tool_use_failed", failed_generation="<<<"), "could not be read"),
    "no JSON": (refused(400, "json_validate_failed", failed_generation="{{{"), "could not be read"),
    "cut off by the limit": (said('{"finding": "It is the', finish="length"), "could not be read"),
    "a page": (Answer("<html>hello</html>"), "could not be read"),
    "an error that calls itself an answer": (Answer({"error": {"message": "x"}}), "could not be read"),
    "no choices": (Answer({"id": "c", "choices": []}), "could not be read"),
    "text of another type": (Answer({"id": "c", "choices": [{"message": {"content": 7}}]}), "could not be read"),
    "a stream that nobody asked for": (streamed("{", piece("}", "stop")), "could not be read"),
    "a stream that dies": (streamed("{", broken=True), "can't be reached"),
    "a body that dies": (Answer({"id": "x"}, broken=True), "can't be reached"),
    "a tool that nobody offered": (called("rollback", {"service": "basket"}), "could not be read"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "clause"), STAYS.values(), ids=STAYS)
async def test_what_stays_costs_every_turn_and_no_incident(answer: Answer, clause: str, store: Store) -> None:
    ended = await asked_of(lambda _: answer, store, headers={})
    ended.check(clause)
    assert ended.taken == ALL


async def test_limits_that_come_in_the_middle_of_parallel_calls_cost_those_turns(store: Store) -> None:
    usual, others, both = playing(), set[str](), asyncio.Event()

    async def by(asked: Asked) -> Answer:
        if role(asked) in {"logs", "deploy"}:
            others.add(role(asked))
            if len(others) > 1:
                both.set()
            await asyncio.sleep(0.3)
        if role(asked) == "metrics":
            await both.wait()
            return refused(429, "rate_limit_exceeded", MINUTE, wait=50)
        return given_by(usual, asked)

    ended = await asked_of(by, store, seconds=60.0, headers={})
    ended.check("limit for this minute")
    assert ended.taken == ["decision", "metrics"]
    assert "decision" not in map(role, ended.groq.asked)


async def test_a_day_that_ends_between_plan_and_decision_is_not_asked_about_again(store: Store) -> None:
    spent = refused(429, "rate_limit_exceeded", DAY, wait=9_000)
    ended = await asked_of(playing(metrics=spent, logs=spent, deploy=spent), store, headers={})
    ended.check("limit for today")
    assert ended.taken == ["decision", "deploy", "logs", "metrics"]
    assert "decision" not in map(role, ended.groq.asked)


@pytest.mark.parametrize(
    "slow",
    [Answer(hangs=True), said(json.dumps(DECISION)).dripping(0.5), streamed("{")],
    ids=["hangs", "drips", "ends early"],
)
async def test_who_is_slow_makes_no_incident_late(slow: Answer, store: Store) -> None:
    ended = await asked_of(lambda _: slow, store, 3.0, headers={})
    ended.check("")
    assert ended.taken == ALL


async def test_nobody_there(store: Store) -> None:
    async with Groq() as gone:
        url = gone.url
    async with crew(gone, url) as team:
        ended = Ended(await responded(team, store), gone)
    ended.check("can't be reached")
    assert ended.taken == ALL


async def test_what_the_headers_leave_is_planned_with_beforehand(store: Store) -> None:
    nearly = {**HEADERS, "x-ratelimit-remaining-tokens": "5200", "x-ratelimit-reset-tokens": "59s"}
    async with Groq(by=playing(), headers=nearly) as groq, crew(groq) as team:
        await responded(team, store)
        before = len(groq.asked)
        again = Ended(await responded(team, store), groq)
    again.check("")
    assert 0 < len(groq.asked) - before < before
