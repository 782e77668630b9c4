"""What the gate looks at: one incident and what could be seen around it, frozen, None for what could not be seen."""

from collections.abc import Iterator
from datetime import datetime
from statistics import median

from incident.change import Change, ChangeKind, Commit, Event, Topology
from incident.diagnosis import CulpritChange
from incident.evidence import Evidence
from incident.facts import Diagnosis, Plan, Reading
from incident.limits import Around
from incident.model import Incident
from incident.patches import lies_in, one_commit
from incident.ports import Deployed
from incident.status import World
from incident.values import Instant, Value

VERSIONED = frozenset({ChangeKind.DEPLOY, ChangeKind.CONFIG, ChangeKind.FLAG, ChangeKind.ROLLBACK})
"""Changes that make a version of a service; scaling and infrastructure happen beside it."""

LATEST = 3
"""How many of the newest readings say where the signal is now: one alone may be an outlier."""


class Case(Value):
    """What can be seen ``at`` a moment.

    ``history`` is the deployer's record of the change's service, oldest first; ``readings`` the signal's latest;
    ``around`` what else the store knows of this production.
    """

    incident: Incident
    diagnosis: Diagnosis
    at: Instant
    history: tuple[Deployed, ...] | None = None
    changes: tuple[Change, ...] | None = None
    commits: tuple[Commit, ...] | None = None
    events: tuple[Event, ...] | None = None
    topology: Topology | None = None
    readings: tuple[Reading, ...] | None = None
    around: Around | None = None

    @property
    def culprit(self) -> CulpritChange | None:
        """The change that the diagnosis names."""
        return self.diagnosis.culprit_change

    @property
    def acts_on(self) -> str | None:
        """The service that would be rolled back; where no change is named, the one that failed or paged."""
        changed = None if self.culprit is None else self.culprit.service
        return changed or self.diagnosis.culprit_service or self.incident.alert.service

    @property
    def recorded(self) -> Change | None:
        """The record of the change that the diagnosis names."""
        if self.culprit is None:
            return None
        return next((c for c in self.changes or () if c.id == self.culprit.id), None)

    @property
    def changed_at(self) -> datetime | None:
        """When the change reached production: by its record where there is one, whatever the diagnosis says."""
        if self.culprit is None:
            return None
        return self.recorded.at if self.recorded is not None else self.culprit.at

    @property
    def shipped(self) -> tuple[Commit, ...]:
        """The commits that the change brought: those it names, and with a deployment whatever lay ready in its folder.

        Too many of them raise a suspicion at worst; too few would miss a migration.
        """
        return tuple(c for c in self.commits or () if self._named(c) or self._lay_ready(c))

    @property
    def cited(self) -> tuple[Evidence, ...]:
        """The evidence that the diagnosis rests on, as far as it exists."""
        return tuple(e for e in self.incident.evidence if e.id in self.diagnosis.evidence)

    @property
    def deployed(self) -> Deployed | None:
        """The deployer's entry for the change."""
        if self.culprit is None:
            return None
        ours = (d for d in reversed(self.history or ()) if _is(d, self.culprit))
        return next(ours, None)

    @property
    def latest(self) -> float | None:
        """Where the signal that paged is now, in its own unit."""
        newest = [r.value for r in (self.readings or ())[-LATEST:]]
        return median(newest) if newest else None

    def newer(self) -> Iterator[str]:
        """Yield what was put on top of the change, one phrase each."""
        if self.culprit is None:
            return
        if self.deployed is not None and self.history is not None:
            on_top = self.history[self.history.index(self.deployed) + 1 :]
            yield from (f"{d.version} of {d.service} (running since {d.at:%H:%M})" for d in on_top)
        for change in self._same_service():
            if change.at > self.culprit.at and change.kind in VERSIONED:
                yield f"{change.id} ({change.kind} at {change.at:%H:%M})"

    def previous(self) -> str | None:
        """Return the version before the change: by the deployer's record where there is one, else by the changes'."""
        if self.history:
            return self._before_deployed(self.history)
        if self.recorded is not None and self.recorded.previous_version is not None:
            return self.recorded.previous_version
        earlier = [c for c in self._same_service() if self.culprit is not None and c.at < self.culprit.at]
        kind = self.culprit.kind if self.culprit is not None else None
        return next((c.version for c in reversed(earlier) if c.version and c.kind is kind), None)

    def earlier_versions(self) -> tuple[Deployed, ...]:
        """Return what the deployer says ran before the change, oldest first."""
        if self.history is None or self.deployed is None:
            return ()
        return self.history[: self.history.index(self.deployed)]

    def since(self, service: str) -> tuple[Change, ...]:
        """Return the versions that another service got after the change, as far as they are recorded."""
        changed_at = self.changed_at
        mine = (c for c in self.changes or () if c.service == service and c.kind in VERSIONED)
        return tuple(c for c in mine if changed_at is not None and c.at > changed_at)

    def patches_of(self, change: Change) -> tuple[Commit, ...]:
        """Return the commits that a change names, as far as they are recorded."""
        return tuple(c for c in self.commits or () if change.commit is not None and one_commit(c.sha, change.commit))

    def plan(self) -> Plan | None:
        """Return exactly what a rollback would be; None where a version is unknown.

        Where something may be executed, both versions come from the deployer's record and from nowhere else.
        """
        running = self._running()
        before = self.previous()
        if self.culprit is None or self.culprit.service is None or None in {running, before} or running == before:
            return None
        change = self.culprit.id or self.culprit.commit
        if change is None or running is None or before is None:
            return None
        return Plan(
            service=self.culprit.service,
            environment=self.incident.environment,
            from_version=running,
            to_version=before,
            change=change,
        )

    def _named(self, commit: Commit) -> bool:
        told = [each.commit for each in (self.culprit, self.recorded) if each is not None]
        return any(sha is not None and one_commit(commit.sha, sha) for sha in told)

    def _lay_ready(self, commit: Commit) -> bool:
        culprit, changed_at = self.culprit, self.changed_at
        if culprit is None or culprit.service is None or culprit.kind is not ChangeKind.DEPLOY or changed_at is None:
            return False
        elsewhere = (c.commit for c in self.changes or () if c.id != culprit.id and c.commit is not None)
        if any(one_commit(commit.sha, sha) for sha in elsewhere):
            return False
        deploys = [c.at for c in self._same_service() if c.kind is ChangeKind.DEPLOY and c.at < changed_at]
        ready = commit.at <= changed_at and (not deploys or commit.at > deploys[-1])
        return ready and lies_in(culprit.service, commit.files)

    def _running(self) -> str | None:
        if self.history:
            return self.history[-1].version if self.deployed == self.history[-1] else None
        if self.incident.world is not World.RECORDED or self.culprit is None:
            return None
        return self.culprit.version or (self.recorded.version if self.recorded is not None else None)

    def _before_deployed(self, history: tuple[Deployed, ...]) -> str | None:
        if self.deployed is None:
            return None
        if self.deployed.previous_version is not None:
            return self.deployed.previous_version
        place = history.index(self.deployed)
        return history[place - 1].version if place > 0 else None

    def _same_service(self) -> tuple[Change, ...]:
        """Return the recorded other changes of the change's service, oldest first."""
        culprit = self.culprit
        if culprit is None or culprit.service is None:
            return ()
        others = (c for c in self.changes or () if c.service == culprit.service and c.id != culprit.id)
        return tuple(sorted(others, key=lambda c: c.at))


def _is(deployed: Deployed, culprit: CulpritChange) -> bool:
    """Tell whether they are one change: by its id, else by its version."""
    if deployed.change is not None and culprit.id is not None:
        return deployed.change == culprit.id
    return culprit.version is not None and deployed.version == culprit.version
