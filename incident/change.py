"""What people and machines did to production, as far as it was recorded."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from incident.values import Instant, Json, Name, Text, Value


class ChangeKind(StrEnum):
    """The kinds of incident-format.md; whatever else a source says is kept as ``other``."""

    DEPLOY = "deploy"
    CONFIG = "config"
    FLAG = "flag"
    SCALE = "scale"
    INFRA = "infra"
    ROLLBACK = "rollback"
    OTHER = "other"


class Change(Value):
    """One change that reached production. ``reversible`` is None where nobody recorded it."""

    id: Name
    at: Instant
    service: str | None = None
    kind: ChangeKind
    title: Text = ""
    version: str | None = None
    previous_version: str | None = None
    commit: str | None = None
    author: str | None = None
    reversible: bool | None = None
    attributes: Mapping[str, Json] = Field(default_factory=dict)


class Commit(Value):
    """One commit; ``diff`` is None where it was not recorded."""

    sha: Name
    at: Instant
    author: str | None = None
    message: Text = ""
    files: tuple[str, ...] = ()
    diff: str | None = None
    attributes: Mapping[str, Json] = Field(default_factory=dict)


class Event(Value):
    """Somebody else's word about a system: a provider's status page, a Kubernetes event."""

    at: Instant
    source: str
    service: str | None = None
    status: str = ""
    message: Text = ""
    attributes: Mapping[str, Json] = Field(default_factory=dict)


class Topology(Value):
    """Who calls whom. ``inferred`` says that nobody declared it: it was read off spans."""

    depends_on: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    inferred: bool = False

    def path(self, caller: str, callee: str) -> tuple[str, ...]:
        """Return the shortest chain of calls from caller to callee, both included; empty where there is none."""
        frontier: list[tuple[str, ...]] = [(caller,)]
        seen = {caller}
        for chain in frontier:  # grows while it is read: breadth first
            if chain[-1] == callee:
                return chain
            fresh = [s for s in self.depends_on.get(chain[-1], ()) if s not in seen]
            seen.update(fresh)
            frontier.extend((*chain, s) for s in fresh)
        return ()

    def callers(self, service: str) -> frozenset[str]:
        """Return everybody who needs the service, however indirectly."""
        found: set[str] = set()
        frontier = {service}
        while frontier:
            frontier = {c for c, needs in self.depends_on.items() if frontier & set(needs)} - found
            found |= frontier
        return frozenset(found - {service})
