"""The shapes that answers of a model are held to, and how one that is of no use is told."""

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, WithJsonSchema
from pydantic.config import JsonDict

from agents import messages
from agents.allowance import Part
from agents.messages import SPECIALISTS
from incident.diagnosis import Category
from incident.facts import Agent

LONGEST = 20_000
"""Characters beyond which an answer is no answer of anybody on the team."""


def _bare(schema: JsonDict) -> None:
    """Leave out what a model is told in the prompt anyway."""
    schema.pop("description", None)


class Shape(BaseModel):
    """Flat, and texts that are empty instead of null: every level and every choice of a schema costs tokens."""

    model_config = ConfigDict(json_schema_extra=_bare)


class Planned(Shape):
    """A plan, and a question for each specialist."""

    plan: str
    metrics: str
    logs: str
    deploy: str


class Decided(Shape):
    """A decision. ``against`` is what contradicts it."""

    cause: str
    against: str
    category: Annotated[Category, WithJsonSchema({"enum": [category.value for category in Category]})]
    culprit_service: str
    culprit_change: str
    confidence: float
    evidence: list[str]


class Undecided(Decided):
    """A decision, or a question to one specialist in its place."""

    ask: Annotated[Agent | None, WithJsonSchema({"enum": [*SPECIALISTS, ""]})]
    question: str


def shape(part: Part, *, may_ask: bool) -> type[Shape] | None:
    """Return what an answer without tools is held to; findings are small enough to be said in the prompt alone."""
    match part:
        case Part.PLAN:
            return Planned
        case Part.DECISION:
            return Undecided if may_ask else Decided
        case _:
            return None


def is_of_use(part: Part, text: str, *, may_ask: bool) -> bool:
    """Tell whether an answer can be read as what it was asked for: prose, floods and other answers can't."""
    found = messages.json_of(text) if len(text) <= LONGEST else {}
    match part:
        case Part.PLAN:
            return isinstance(found.get("plan"), str) and bool(messages.plan(text).asks)
        case Part.DECISION:
            said = messages.decision(text)
            return bool(found and said.text) and (said.category is not None or bool(may_ask and said.asks))
        case _:
            return isinstance(found.get("finding"), str) and bool(messages.finding(text).text)


def without_asks(text: str) -> str:
    """Return a decision without the questions in it, for which there is no room."""
    kept = {name: value for name, value in messages.json_of(text).items() if name not in {"asks", "ask", "question"}}
    return json.dumps(kept, ensure_ascii=False)
