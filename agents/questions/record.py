"""What is known of an incident by now, as answers read it."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property

from agents.analysis.observations import read
from agents.analysis.services import everybody
from agents.known import moments
from agents.questions.moments import Landmarks, Stretch
from agents.questions.understanding import Known
from incident.evidence import Evidence, Source
from incident.facts import Answered, Diagnosis, RollbackEnded, Turn
from incident.model import Incident

STATEMENT = 260
QUOTE = re.compile(r"“([^”]{100})[^”]+”")
"""Somebody's words that are long: what they came to stands behind them."""


class Record:
    """One incident as it is; ``now`` is its own time."""

    def __init__(self, incident: Incident, now: datetime) -> None:
        self.incident = incident
        self.now = now
        self.alert = incident.alert
        self.diagnosis = incident.last(Diagnosis)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything on file, what was read for earlier answers last; each statement once."""
        read_since = (item for answer in self.incident.every(Answered) for item in answer.found)
        return tuple({item.statement: item for item in (*read_since, *self.incident.evidence)}.values())

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Everybody who is on record."""
        told = self.diagnosis
        ranked = (*told.ranking, *told.blast_radius) if told else ()
        seen = everybody(tuple(read(self.evidence)))
        return tuple(sorted({self.alert.service, *ranked, *seen}))

    @property
    def known(self) -> Known:
        """What a question can name."""
        told, ended = self.diagnosis, self.incident.last(RollbackEnded)
        change = told.culprit_change if told else None
        return Known(
            self.services,
            Landmarks(
                fired=self.alert.fired_at,
                now=self.now,
                onset=told.onset if told else None,
                changed=change.at if change else None,
                undone=ended.at if ended else None,
            ),
        )

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The ids that the diagnosis cites; before there is one, those that turns cite."""
        if self.diagnosis is not None:
            return self.diagnosis.evidence
        return tuple(dict.fromkeys(i for turn in self.incident.every(Turn) for i in turn.cites))

    def get(self, ids: Iterable[str]) -> tuple[Evidence, ...]:
        """Return the evidence under these ids, in their order; unknown ones are left out."""
        every = (item for answer in self.incident.every(Answered) for item in answer.found)
        by_id = {item.id: item for item in (*every, *self.incident.evidence)}
        return tuple(by_id[i] for i in dict.fromkeys(ids) if i in by_id)

    def narrowed(
        self, services: Collection[str] = (), sources: Collection[Source] = (), when: Stretch | None = None
    ) -> tuple[Evidence, ...]:
        """Return the evidence of these services and signals with a moment in the stretch, as far as each is given."""
        return tuple(
            item
            for item in self.evidence
            if (not services or about(item, services))
            and (not sources or item.source in sources)
            and (when is None or any(moment in when for moment in begun(item)))
        )


def about(item: Evidence, services: Collection[str]) -> bool:
    """Tell whether a piece of evidence is about one of these services, as itself or as who calls or is called."""
    graph = item.values.get("depends_on")
    named = graph.keys() if isinstance(graph, dict) else {item.values.get("caller"), item.values.get("callee")}
    return not {item.service, *named}.isdisjoint(services)


def said(item: Evidence) -> str:
    """Return a piece of evidence in a line, cited."""
    line = QUOTE.sub(lambda quote: f"“{quote[1].rstrip()}…”", " ".join(item.statement.split()))
    shown = line if len(line) <= STATEMENT else f"{line[: STATEMENT - 1].rstrip()}…"
    outside = ", in words that outsiders could have written" if item.outsider_text else ""
    return f"{shown} ({item.id}{outside})"


def begun(item: Evidence) -> list[datetime]:
    """Return the moments that a piece of evidence is about, its beginning first."""
    told = (item.values.get(name) for name in ("at", "onset", "first_at", "last_at"))
    return [moment for text in told if isinstance(text, str) for moment in moments(text)]
