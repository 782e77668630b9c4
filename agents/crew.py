"""A crew that asks an LLM first, within a budget that all incidents share."""

from typing import TYPE_CHECKING

from agents.case import Case
from agents.clients.budget import Budget, Caller
from agents.clients.groq import Groq
from agents.clients.relay import Relay
from agents.clients.terms import Seconds, Terms
from agents.investigator import Crew
from incident.diagnosis import Spent
from incident.ports import Unkept
from incident.quota import Room

if TYPE_CHECKING:
    from autogen_core.models import ChatCompletionClient


def asking(groq: Groq, budget: Budget, model: str, tokens: int) -> Crew:
    """Return it; ``tokens`` are what one investigation may take."""

    def make(case: Case, seconds: Seconds) -> "ChatCompletionClient":
        return groq.client(_caller(case), seconds)

    async def room(case: Case, seconds: float) -> Room | None:
        try:
            return await budget.room(_caller(case), model, seconds)
        except Unkept:
            return None

    async def spent(case: Case, smaller: str) -> Spent | None:
        return await budget.spent(case.incident, model, tokens, smaller)

    terms = Terms(make, tokens, room, spent)
    return Crew(model, lambda case: Relay(case, terms))


def _caller(case: Case) -> Caller:
    return Caller(case.incident, case.severity)
