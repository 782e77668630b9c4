"""Who thinks in an incident: an LLM where one can be asked and may be, else the offline reasoner."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from bot.llm_settings import MODEL
from bot.mistakes import Mistake
from incident.status import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from agents.clients.budget import Budget
    from agents.clients.groq import Door, Groq, GroqClient
    from agents.investigator import Crew
    from bot.config import Settings
    from bot.llm_settings import LLMSettings
    from incident.catalog import Catalog
    from incident.model import Incident

OFFLINE, GROQ = "offline", "groq"
ON, OFF = "on", "off"


class Thinking(NamedTuple):
    """One for the process."""

    groq: Groq
    budget: Budget
    settings: LLMSettings

    def crew(self, world: World, service: str, catalog: Catalog) -> Crew | None:
        """Return a crew that asks the LLM first, None where no LLM may hear of this service's incidents."""
        if not may_hear(self.settings, world, service, catalog):
            return None
        from agents.crew import asking

        return asking(self.groq, self.budget, self.settings.models[0], self.settings.token_budget)

    def client(self, incident: Incident, catalog: Catalog) -> GroqClient | None:
        """Return who words an answer about an incident, None where no LLM may hear of it."""
        if not may_hear(self.settings, incident.world, incident.alert.service, catalog):
            return None
        from agents.clients.budget import Caller
        from agents.questions.wording import SECONDS

        return self.groq.client(Caller(incident.id, incident.alert.severity), lambda: SECONDS)


def may_hear(llm: LLMSettings, world: World, service: str, catalog: Catalog) -> bool:
    """Tell whether an LLM may be told of it: of real telemetry only where that was switched on, for all and for it.

    A recording is real telemetry: nobody knows whose.
    """
    if world is World.SCENARIO:
        return llm.llm != OFF
    return llm.llm == ON and catalog.entry(service).llm != OFF


def wished(llm: LLMSettings, model: str | None) -> LLMSettings | None:
    """Return the settings by which an LLM is asked, None where the offline reasoner thinks.

    ``model`` is ``offline``, ``groq`` or a model's name; None is groq where it can be asked. Whoever names one lets it
    hear of what this command reads. Raises `Mistake`.
    """
    if model == OFFLINE:
        return None
    if model not in {None, GROQ}:
        if not MODEL.fullmatch(str(model)):
            message = f"--model {model}: say {OFFLINE}, {GROQ}, or a model's name like {llm.groq_model}"
            raise Mistake(message)
        llm = llm.model_copy(update={"groq_model": model, "groq_fallback_models": ()})
    why = _cannot_ask(llm)
    if why and model is not None:
        message = f"--model {model}: {why}, or say --model {OFFLINE}"
        raise Mistake(message)
    if why:
        return None
    return llm if model is None else llm.model_copy(update={"llm": ON})


def door(llm: LLMSettings) -> Door:
    """Return where the LLM is."""
    from agents.clients.groq import Door

    return Door(llm.groq_api_key or SecretStr(""), llm.models, None if llm.at_groq else llm.groq_base_url)


@asynccontextmanager
async def thinking(llm: LLMSettings | None, budget: Budget) -> AsyncIterator[Thinking | None]:
    """Connect to the LLM, and hang up at the end; None is the offline reasoner."""
    if llm is None:
        yield None
        return
    from agents.clients.groq import Groq

    groq = Groq(door(llm), budget)
    try:
        yield Thinking(groq, budget, llm)
    finally:
        await groq.close()


@asynccontextmanager
async def thinking_once(llm: LLMSettings | None, settings: Settings) -> AsyncIterator[Thinking | None]:
    """Connect to the LLM for one command, within the account of all who share the database."""
    if llm is None:
        yield None
        return
    from bot.app import budget
    from bot.kept import open_database

    async with open_database(settings) as database, thinking(llm, budget(llm, database)) as mind:
        yield mind


def _cannot_ask(llm: LLMSettings) -> str:
    if llm.llm == OFF:
        return "SFA_LLM is off: set it to on"
    if llm.groq_api_key is None and llm.at_groq:
        return "there is no key for Groq: set GROQ_API_KEY"
    return ""
