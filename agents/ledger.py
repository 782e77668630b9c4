"""The incident's evidence: every observation of a tool is filed here, redacted, under an id that agents cite."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from agents.analysis.observations import OBSERVATION, EventSeen, LogPattern, Observation
from agents.analysis.outsiders import plain, suspicious, written_by_outsiders
from agents.analysis.redact import Redactor
from agents.known import leaves
from agents.scales import Scales
from agents.statements import state
from agents.windows import Scope
from incident.alert import Alert
from incident.evidence import Evidence, Source
from incident.facts import Agent
from incident.values import Window

FIRST = {Agent.METRICS: 1, Agent.LOGS: 101, Agent.DEPLOY: 201}
"""Where each specialist's ids begin: working in parallel, they number alike on every run."""
MOST = {Agent.METRICS: 100, Agent.LOGS: 100, Agent.DEPLOY: 400}
VERBATIM = frozenset(
    {
        "kind",
        "service",
        "metric",
        "caller",
        "callee",
        "id",
        "sha",
        "commit",
        "version",
        "previous_version",
        "shipped_by",
    }
)
"""Names that come back as they came in."""
LONGEST = {"diff": 24_000, "details": 4_000, "message": 4_000}
"""Characters that are kept of a text; 600 of any other."""


class Asked(NamedTuple):
    """Which question an observation answers."""

    by: Agent
    source: Source
    query: str
    window: Window


class Ledger:
    """Grows only. Filing the same observation again gives the evidence that is there."""

    def __init__(self, alert: Alert, scope: Scope, found: Iterable[Evidence] = ()) -> None:
        self.alert = alert
        self.scope = scope
        self.scales = Scales(alert)
        self.redactors = {agent: Redactor() for agent in FIRST}
        self._evidence: dict[str, Evidence] = {}
        self._owner: dict[str, Agent] = {}
        self._same: dict[tuple[Agent, str], str] = {}
        for item in found:
            self._keep(owner(item.id), item)

    def file(self, asked: Asked, seen: Observation) -> Evidence | None:
        """Return the observation as evidence, None where the agent's shelf is full. Agents may file at once."""
        clean = self._clean(asked.by, seen)
        same = self._same.get((asked.by, _content(clean)))
        if same is not None:
            return self._evidence[same]
        taken = len(self._ids_of(asked.by))
        if taken >= MOST[asked.by]:
            return None
        item = Evidence(
            id=f"E{FIRST[asked.by] + taken}",
            source=asked.source,
            service=_service(clean),
            query=asked.query,
            window=asked.window,
            statement=self._stated(asked.by, clean),
            values=clean.model_dump(mode="json"),
            outsider_text=_outside(clean),
        )
        self._keep(asked.by, item)
        return item

    def get(self, evidence_id: str) -> Evidence | None:
        """Return a piece of evidence, None where there is none under this id."""
        return self._evidence.get(evidence_id)

    def cited(self, ids: Iterable[str]) -> tuple[Evidence, ...]:
        """Return the evidence under these ids, in the order of the ids' numbers; unknown ids are left out."""
        found = {i: self._evidence[i] for i in ids if i in self._evidence}
        return tuple(found[i] for i in sorted(found, key=number))

    def of(self, agent: Agent) -> tuple[Evidence, ...]:
        """Return what one agent's tools produced."""
        return self.cited(self._ids_of(agent))

    def all(self) -> tuple[Evidence, ...]:
        """Return everything that was filed so far."""
        return self.cited(list(self._evidence))

    @property
    def redactions(self) -> int:
        """How many secrets and personal data were taken out so far."""
        return sum(redactor.count for redactor in self.redactors.values())

    def _ids_of(self, agent: Agent) -> list[str]:
        return [i for i, by in list(self._owner.items()) if by is agent]  # a copy: others file meanwhile

    def _keep(self, agent: Agent, item: Evidence) -> None:
        self._evidence[item.id] = item
        self._owner[item.id] = agent
        self._same[agent, _content(OBSERVATION.validate_python(item.values))] = item.id

    def _stated(self, agent: Agent, seen: Observation) -> str:
        return self.redactors[agent].redact(state(seen, self.alert.fired_at))

    def _clean(self, agent: Agent, seen: Observation) -> Observation:
        """Return the observation without secrets, control characters and endless texts."""
        cleaned = _texts(seen.model_dump(), self.redactors[agent])
        return OBSERVATION.validate_python(cleaned)


def number(evidence_id: str) -> int:
    """Return the figure of an id, to sort by."""
    return int(evidence_id[1:])


def owner(evidence_id: str) -> Agent:
    """Return whose tools can have filed an id."""
    return max(
        (agent for agent, first in FIRST.items() if first <= number(evidence_id)), key=lambda agent: FIRST[agent]
    )


def _content(seen: Observation) -> str:
    return seen.model_dump_json(exclude={"readings", "score"})


def _texts(value: object, redactor: Redactor, key: str = "") -> object:
    """Clean every text in nested values; names, times and figures stay as they are."""
    if isinstance(value, Enum) or key in VERBATIM:
        return plain(value, 300) if isinstance(value, str) and not isinstance(value, Enum) else value
    if isinstance(value, str):
        return redactor.redact(plain(value, LONGEST.get(key, 600)))
    if key == "readings":
        return value
    if isinstance(value, Mapping):
        return {name: _texts(item, redactor, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_texts(item, redactor, key) for item in value)
    return value


def _service(seen: Observation) -> str | None:
    service = getattr(seen, "service", None) or getattr(seen, "callee", None)
    return service if isinstance(service, str) else None


def _outside(seen: Observation) -> bool:
    """Tell whether a stranger may have written its words; what staff wrote counts only where it talks to its reader."""
    match seen:
        case LogPattern():
            return written_by_outsiders(f"{seen.example}\n{seen.template}")
        case EventSeen():
            return written_by_outsiders(seen.message)
        case _:
            texts = leaves(seen.model_dump(mode="json"))
            return any(isinstance(text, str) and suspicious(text) is not None for text in texts)
