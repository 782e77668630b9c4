"""A scripted LLM behind real HTTP: what an agent is told, read back, and answers as long as a real model's."""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from pydantic import SecretStr

from agents.allowance import TOKENS
from agents.clients.budget import Budget
from agents.clients.groq import Door, Groq
from agents.clients.memory import MemoryQuota
from agents.clients.tokens import REASONING, tokens
from agents.crew import asking
from agents.investigator import Crew
from agents.messages import SPECIALISTS
from tests.groq_standin import KEY, Answer, Asked, Script, said
from tests.groq_standin import Groq as Standin

MODEL = "openai/gpt-oss-120b"
PLAN, DECISION = "plan", "decision"
ROLE = re.compile(r"^# You: the (\w+)", re.MULTILINE)
EVIDENCE = re.compile(r"^(E\d+): (.+)$", re.MULTILINE)
CHANGE = re.compile(
    r"^(?P<evidence>E\d+): .*?(?P<at>\d\d:\d\d(?::\d\d)?) \w[\w-]* (?P<id>\S+) to (?P<service>[\w.-]+):"
)
EXPLAINED = re.compile(
    r"^(?P<category>[a-z]+)(?: at (?P<service>\S+?))?(?: by (?P<change>\S+?))?: (?P<what>.*), strength [\d.]+$"
)
QUOTED = 160
"""Characters of a piece of evidence that the model repeats."""


class Explained(NamedTuple):
    """An explanation that code weighed, and the evidence that it gives for it."""

    category: str
    service: str
    change: str
    cites: tuple[str, ...]


class Changed(NamedTuple):
    """A change that the model is told of."""

    evidence: str
    at: str
    id: str
    service: str


class Told(NamedTuple):
    """What one request says: to whom, and what it holds."""

    role: str
    words: str
    evidence: Mapping[str, str]
    changes: tuple[Changed, ...]
    explained: tuple[Explained, ...]


def told(asked: Asked) -> Told:
    """Read a request as a model would."""
    role = ROLE.search(asked.words)
    who = role[1] if role else ""
    if who == "commander":
        who = DECISION if "Decide:" in asked.words else PLAN
    evidence = dict(EVIDENCE.findall(asked.words))
    lines = asked.words.splitlines()
    changes = tuple(Changed(**found.groupdict()) for line in lines if (found := CHANGE.match(line)))
    return Told(who, asked.words, evidence, changes, tuple(_explained(lines)))


def _explained(lines: list[str]) -> list[Explained]:
    found: list[Explained] = []
    for number, line in enumerate(lines):
        if one := EXPLAINED.match(line):
            cites = re.findall(r"\((E\d+)\)", next(iter(lines[number + 1 : number + 2]), ""))
            found.append(Explained(one["category"], one["service"] or "", one["change"] or "", tuple(cites)))
    return found


def plan(told: Told) -> dict[str, Any]:
    """Return what an honest commander plans."""
    del told
    return {
        "plan": "Requests fail or wait at the service that paged, or at something that it waits for. Who was in "
        "trouble first, what its errors say and what went there shortly before will tell these apart.",
        "metrics": "Which service left its usual range first, and did traffic or a limit move before its errors did?",
        "logs": "Which error is new since the page, at which service does it arise, and what kind of failure is it?",
        "deploy": "Which change went to a service in trouble shortly before, and could its diff cause these errors?",
    }


def finding(told: Told) -> dict[str, Any]:
    """Return what an honest specialist reports: it repeats the weightiest pieces of evidence, with their ids."""
    first = list(told.evidence.items())[:4]
    sentences = [f"{statement[:QUOTED].strip('. ')} ({key})." for key, statement in first]
    return {
        "finding": " ".join(sentences) or "Nothing of this was recorded, so nothing can be said about it.",
        "evidence": [key for key, _ in first],
        "confidence": 0.8,
        "questions": ["What did the callers of this service see at the same time?"],
    }


def decision(told: Told) -> dict[str, Any]:
    """Return what an honest commander decides: it follows the explanation that the evidence supports best."""
    best = next(iter(told.explained), Explained("unknown", "", "", ()))
    by = f" by {best.change}" if best.change else ""
    cited = ", ".join(best.cites) or "nothing that is here"
    return {
        "cause": f"What failed first is {best.service or 'not known'}{by}. {cited} speak for it: they fit its time, "
        "its place and what it touches. Everything else that moved waits for that service and moved later. The rivals "
        "are less likely, as they touch nothing that runs there, or came when most of the trouble had begun.",
        "against": f"A part of the trouble was there before ({best.cites[0]})." if best.cites else "",
        "category": best.category,
        "culprit_service": best.service,
        "culprit_change": best.change,
        "confidence": 0.85,
        "evidence": list(best.cites),
    }


Act = Callable[[Told], dict[str, Any] | str | Answer]
HONEST: Mapping[str, Act] = {PLAN: plan, DECISION: decision, **{agent.value: finding for agent in SPECIALISTS}}


def acting(acts: Mapping[str, Act], after: float = 0.0) -> Script:
    """Answer each role by its act, honestly where there is none, ``after`` so many seconds, and say what it took."""

    def answer(asked: Asked) -> Answer:
        heard = told(asked)
        act = acts.get(heard.role) or HONEST[heard.role]
        what = act(heard)
        if isinstance(what, Answer):
            return what
        text = what if isinstance(what, str) else json.dumps(what, ensure_ascii=False)
        return said(text, usage=_usage(heard.words, text)).late(after)

    return answer


def _usage(words: str, text: str) -> dict[str, int]:
    """Return what a server would count: somewhat below the bound."""
    prompt, completion = int(0.8 * tokens(words)), int(0.8 * tokens(text)) + REASONING // 2
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


class Model(NamedTuple):
    """A scripted model that is being served, and a crew that asks it."""

    crew: Crew
    server: Standin


@asynccontextmanager
async def served(script: Script, budget: int = TOKENS) -> AsyncIterator[Model]:
    """Serve it on loopback with limits of its own, so that one incident says nothing about another."""
    async with Standin(by=script, headers={}) as server:
        account = Budget(MemoryQuota())
        groq = Groq(Door(SecretStr(KEY), (MODEL,), server.url), account)
        try:
            yield Model(asking(groq, account, MODEL, budget), server)
        finally:
            await groq.close()
