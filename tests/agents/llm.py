"""An LLM behind a scripted Groq that plays the team's agents, and a team that asks it first."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from pydantic import SecretStr

from agents.allowance import TOKENS
from agents.clients import groq
from agents.clients.budget import Budget, Caller
from agents.clients.memory import MemoryQuota
from agents.clients.relay import Relay
from agents.clients.terms import Terms
from agents.investigator import Crew, TeamInvestigator
from incident.quota import Room
from tests.groq_standin import KEY, Answer, Asked, Groq, Script, said

MODEL = "openai/gpt-oss-120b"
ROLE = re.compile(r"^# You: the (\w+)", re.MULTILINE)
PLAN = {"plan": "A pool ran full.", "metrics": "What moved?", "logs": "Which error?", "deploy": "Which change?"}
DECISION = {
    "cause": "The pool of basket was cut (E202).", "against": "", "category": "change", "culprit_service": "basket",
    "culprit_change": "cfg-12", "confidence": 0.9, "evidence": ["E202"],
}  # fmt: skip


def role(asked: Asked) -> str:
    """Return whom a request makes of the model: plan and decision are two of the commander's."""
    found = ROLE.search(asked.words)
    assert found is not None, "nobody is addressed"
    return found[1] if found[1] != "commander" else "decision" if "Decide:" in asked.words else "plan"


def playing(**acts: Answer | Mapping[str, object]) -> Script:
    """Answer as each agent would, except where an act says otherwise."""

    def by(asked: Asked) -> Answer:
        who = role(asked)
        ids = list(dict.fromkeys(re.findall(r"^(E\d+)", asked.words, re.MULTILINE)))[:3]
        usual = {"plan": PLAN, "decision": DECISION}.get(
            who, {"finding": f"It is in {', '.join(ids)}.", "evidence": ids, "confidence": 0.8, "questions": []}
        )
        act = acts.get(who, usual)
        return act if isinstance(act, Answer) else said(json.dumps(act))

    return by


class Relayed(NamedTuple):
    """A team that asks an LLM, and the relays that its incidents had."""

    team: TeamInvestigator
    relays: list[Relay]


@asynccontextmanager
async def relayed(
    model: Groq, tokens: int = TOKENS, deadline: timedelta = timedelta(seconds=20), room: Room | None = None
) -> AsyncIterator[Relayed]:
    """Build a team on the scripted Groq; ``room`` is what its limits have left."""

    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    asking = groq.Groq(groq.Door(SecretStr(KEY), (MODEL,), model.url), Budget(MemoryQuota()), at_once)
    relays: list[Relay] = []

    async def left(*_: object) -> Room | None:
        return room

    def client(case: object) -> Relay:
        terms = Terms(lambda c, seconds: asking.client(Caller(c.incident, c.severity), seconds), tokens, left)
        relays.append(Relay(case, terms))  # type: ignore[arg-type]
        return relays[-1]

    try:
        yield Relayed(TeamInvestigator(crew=Crew(MODEL, client), deadline=deadline), relays)
    finally:
        await asking.close()
