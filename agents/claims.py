"""An agent's claims count as far as the evidence it cites: ids it can't know are dropped, figures are checked."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from agents.figures import checked
from agents.ledger import Ledger, number, owner
from agents.messages import Decision, Finding
from incident.evidence import CITATION, Evidence
from incident.facts import Agent, Turn

NOTED = 12
"""Corrections that are listed one by one."""


class Claims(NamedTuple):
    """What is left of a text: its words, what they rest on, and what was taken out of them."""

    text: str
    cites: tuple[str, ...]
    notes: tuple[str, ...]


def of_specialist(agent: Agent, said: Finding, ledger: Ledger) -> Claims:
    """Hold a finding to the evidence of the agent's own tools."""
    own = {item.id for item in ledger.of(agent)}
    return _held(said.text, said.evidence, own, ledger)


def of_commander(said: Decision, turns: Iterable[Turn], ledger: Ledger) -> Claims:
    """Hold a decision to the evidence that findings brought."""
    brought = {
        i for turn in turns if turn.agent is not Agent.COMMANDER for i in (*turn.cites, *(e.id for e in turn.found))
    }
    return _held(said.text, said.evidence, brought, ledger)


def _held(text: str, ids: Collection[str], allowed: Collection[str], ledger: Ledger) -> Claims:
    cites = tuple(sorted((i for i in ids if i in allowed and ledger.get(i)), key=number))
    quoted = _looks_like_ids(ledger.cited(cites))
    dropped = [i for i in ids if i not in cites and i not in quoted]
    without = CITATION.sub(lambda m: m[0] if m[0] in cites or m[0] in quoted else "[unknown evidence]", text)
    words, figures = checked(without, ledger.cited(cites), ledger.alert, ledger.cited(allowed))
    notes = (*(_why(i, ledger) for i in dropped), *figures)
    more = (f"and {len(notes) - NOTED} more corrections",) if len(notes) > NOTED else ()
    return Claims(words, cites, (*notes[:NOTED], *more))


def _looks_like_ids(cited: Iterable[Evidence]) -> frozenset[str]:
    """Return what looks like an id in the words of evidence: an error code, say (E11000 of MongoDB)."""
    return frozenset(found for item in cited for found in CITATION.findall(f"{item.statement} {item.values}"))


def _why(evidence_id: str, ledger: Ledger) -> str:
    if ledger.get(evidence_id) is None:
        return f"{evidence_id} was dropped: there is no such evidence"
    return f"{evidence_id} was dropped: it is the {owner(evidence_id)} agent's, and nobody cited it here"
