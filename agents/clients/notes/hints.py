"""How the offline commander takes people's hints: whom it asks about what they name, and what came of it."""

from collections.abc import Collection, Iterator, Sequence

from agents.analysis.hypotheses import Hypothesis
from agents.clients.notes.saying import listed, sentence
from agents.messages import SPECIALISTS
from agents.remarks import Pointer
from incident.diagnosis import Category
from incident.facts import Agent

SHOWN = 3
NOT_YET = "A person in the thread has a hint: what it names is looked at when the first findings are in."
NOTHING_NAMED = (
    "What people wrote in the thread names no service, change or moved metric that anybody here has seen, "
    "so there was nothing to look up."
)


def questions(pointers: Sequence[Pointer], present: Collection[Agent]) -> dict[Agent, str]:
    """Return what to ask each specialist who is there about what people name."""
    about = {agent: [said for p in pointers if (said := _about(agent, p))] for agent in SPECIALISTS if agent in present}
    asked = "A person in the thread points to {}: what do your signals show of it?"
    return {agent: asked.format(listed(names)) for agent, names in about.items() if names}


def took_up(pointers: Sequence[Pointer]) -> str:
    """Return what people said, by what it names: their own words stand in the thread already."""
    return sentence("A person in the thread points to ", listed([_name(p) for p in pointers])) if pointers else ""


def came_of(pointers: Sequence[Pointer], among: Sequence[Hypothesis]) -> Iterator[str]:
    """Say what the evidence makes of each hint that was given."""
    if not pointers:
        yield NOTHING_NAMED
    for pointer in pointers:
        yield sentence(f"A person in the thread pointed to {_name(pointer)}: {_result(pointer, among)}")


def _about(agent: Agent, pointer: Pointer) -> str:
    if pointer.kind == "metric":
        return _name(pointer, "`") if agent is Agent.METRICS else ""
    if pointer.kind == "service" or agent is Agent.DEPLOY:
        return f"`{pointer.name}`"
    return f"`{pointer.service}`" if pointer.service else ""


def _name(pointer: Pointer, mark: str = "") -> str:
    return f"{'the metric ' if pointer.kind == 'metric' else ''}{mark}{pointer.name}{mark}"


def _result(pointer: Pointer, among: Sequence[Hypothesis]) -> str:
    best, *rest = among
    if _blames(best, pointer):
        return "the evidence points there as well"
    if any(_blames(other, pointer) for other in rest):
        return "it was weighed, and the evidence speaks for something else or for too little"
    if pointer.ids:
        return f"what was found about it ({', '.join(pointer.ids[:SHOWN])}) doesn't make it the cause"
    return "nothing was found about it"


def _blames(one: Hypothesis, pointer: Pointer) -> bool:
    if one.category in {Category.UNKNOWN, Category.NONE}:
        return False
    match pointer.kind:
        case "service":
            return one.service == pointer.name
        case "change":
            return one.change_id == pointer.name or not set(one.change).isdisjoint(pointer.ids)
        case "metric":
            return any(reason.evidence in pointer.ids for reason in one.support)
