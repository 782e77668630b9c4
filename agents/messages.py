"""What agents write, made typed: a plan, a finding, a decision. Parsing is tolerant, and what can't be read is less."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from incident.diagnosis import Category
from incident.evidence import CITATION
from incident.facts import Agent
from incident.values import Value

READ = 60_000
"""Characters of an answer that are looked at."""
TRIES = 40
PROSE = 6_000
SHORT = 400
MOST_ASKS = 6
MOST_CITES = 300
SPECIALISTS = (Agent.METRICS, Agent.LOGS, Agent.DEPLOY)
ASK_LINE = re.compile(r"^- (metrics|logs|deploy): (.{1,400})$", re.MULTILINE)
"""How a commander's text names whom it asks what; the text is all that the next speakers are read from."""


class Ask(Value):
    """A question for one specialist."""

    agent: Agent
    question: str


class Plan(Value):
    """How the commander wants the incident looked at."""

    text: str
    asks: tuple[Ask, ...] = ()


class Finding(Value):
    """What a specialist makes of its tools' results. ``confidence`` None: it didn't say."""

    text: str
    evidence: tuple[str, ...] = ()
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    questions: tuple[str, ...] = ()


class Decision(Value):
    """What the commander concludes, or whom it asks once more. ``category`` None: it named none that exists."""

    text: str
    asks: tuple[Ask, ...] = ()
    category: Category | None = None
    service: str | None = None
    change: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    evidence: tuple[str, ...] = ()


def plan(answer: str) -> Plan:
    """Read a plan; prose is a plan that names nobody."""
    found = json_of(answer)
    return Plan(text=_prose(found, answer, "plan", "summary"), asks=_asks(found))


def finding(answer: str) -> Finding:
    """Read a finding; of prose the text and the ids in it are kept."""
    found = json_of(answer)
    text = _prose(found, answer, "finding", "summary")
    return Finding(
        text=text,
        evidence=_ids(found.get("evidence"), text),
        confidence=_probability(found.get("confidence")),
        questions=tuple(
            _line(q) for q in _items(found.get("questions"), found.get("open_questions"))[:4] if isinstance(q, str)
        ),
    )


def decision(answer: str) -> Decision:
    """Read a decision; prose names no category, and so decides nothing."""
    found = json_of(answer)
    text = _prose(found, answer, "cause", "reason", "summary")
    against = found.get("against")
    if isinstance(against, str) and against.strip():
        text = f"{text}\nAgainst it: {_line(against)}"
    return Decision(
        text=text,
        asks=_asks(found),
        category=_category(found.get("category")),
        service=_name(found.get("culprit_service", found.get("service"))),
        change=_name(found.get("culprit_change", found.get("change"))),
        confidence=_probability(found.get("confidence")),
        evidence=_ids(found.get("evidence"), text),
    )


def asked(text: str) -> tuple[Ask, ...]:
    """Return whom a commander's text asks, in the team's order, each once."""
    lines = {Agent(m[1]): m[2] for m in ASK_LINE.finditer(text)}
    return tuple(Ask(agent=agent, question=lines[agent]) for agent in SPECIALISTS if agent in lines)


def asking(asks: tuple[Ask, ...]) -> str:
    """Write questions so that `asked` reads them back."""
    return "\n".join(f"- {ask.agent}: {_line(ask.question)}" for ask in asks)


def json_of(answer: str) -> Mapping[str, object]:
    """Return the JSON object in an answer, whatever is around it; empty where there is none."""
    objects = list(_objects(answer[:READ]))
    return max(objects, key=len, default={})


def _objects(text: str) -> Iterator[Mapping[str, object]]:
    reader, place = json.JSONDecoder(), -1
    for _ in range(TRIES):
        place = text.find("{", place + 1)
        if place < 0:
            return
        try:
            found, end = reader.raw_decode(text, place)
        except (ValueError, RecursionError):
            continue
        place = end - 1
        if isinstance(found, dict):
            yield found


def _prose(found: Mapping[str, object], answer: str, *keys: str) -> str:
    text = next((t for t in (found.get(k) for k in ("text", *keys)) if isinstance(t, str) and t.strip()), None)
    if text is None:
        text = "" if found else answer
    return text[:PROSE].strip()


def _asks(found: Mapping[str, object]) -> tuple[Ask, ...]:
    wishes = found.get("asks", found.get("ask"))
    if wishes is None:
        wishes = {agent.value: found[agent.value] for agent in SPECIALISTS if isinstance(found.get(agent.value), str)}
    if isinstance(wishes, str) and isinstance(found.get("question"), str):
        wishes = {wishes: found["question"]}
    if isinstance(wishes, Mapping):
        wishes = [{"agent": agent, "question": question} for agent, question in wishes.items()]
    asks: dict[Agent, Ask] = {}
    for wish in _items(wishes)[:MOST_ASKS]:
        if isinstance(wish, Mapping) and wish.get("agent") in set(SPECIALISTS):
            agent = Agent(str(wish["agent"]))
            asks.setdefault(
                agent,
                Ask(agent=agent, question=_line(str(wish.get("question") or wish.get("look_at") or "have a look"))),
            )
    return tuple(asks[agent] for agent in SPECIALISTS if agent in asks)


def _items(*values: object) -> list[object]:
    return next((v for v in values if isinstance(v, list)), [])


def _ids(listed: object, text: str) -> tuple[str, ...]:
    """Return the ids listed and those cited in the text, each once, known or not."""
    named = [i.strip() for i in _items(listed) if isinstance(i, str) and CITATION.fullmatch(i.strip())]
    return tuple(dict.fromkeys((*named, *CITATION.findall(text))))[:MOST_CITES]


def _probability(value: object) -> float | None:
    """Return 0 to 1; what is out of range or no number says nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def _category(value: object) -> Category | None:
    name = value.strip().lower() if isinstance(value, str) else ""
    return Category(name) if name in set(Category) else None


def _name(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("commit")
    name = " ".join(value.split())[:200] if isinstance(value, str) else ""
    return name if name.lower() not in {"", "null", "none", "unknown", "n/a"} else None


def _line(text: str) -> str:
    return " ".join(text.split())[:SHORT]
