"""Which commit reached production with which deployment, and whose code a file is."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from agents.analysis.diffs import INERT, Stuff, stuff
from agents.analysis.observations import ChangeSeen, CommitSeen, Seen
from incident.change import ChangeKind
from incident.patches import bare, one_commit

SHARED = re.compile(
    r"^(?:pkg|libs?|common|shared|internal|core|packages|vendor|platform|crates|modules|base)(?:/|$)", re.IGNORECASE
)
CARRIES = frozenset({ChangeKind.DEPLOY, ChangeKind.INFRA, ChangeKind.CONFIG})
PATIENCE = timedelta(days=14)
SHORTEST = 5
"""Letters that two names have to share before one may be the other cut short."""


class Shipped(NamedTuple):
    """A change, the commit it brought, or both. ``sure`` is how sure it is that they belong together, 0 to 1."""

    change: Seen | None
    commit: Seen | None
    sure: float = 1.0

    @property
    def deployed(self) -> ChangeSeen | None:
        """The change, typed."""
        return self.change.what if self.change and isinstance(self.change.what, ChangeSeen) else None

    @property
    def committed(self) -> CommitSeen | None:
        """The commit, typed."""
        return self.commit.what if self.commit and isinstance(self.commit.what, CommitSeen) else None

    @property
    def at(self) -> datetime:
        """When it reached production, or at least was written."""
        found = self.deployed or self.committed
        if found is None:  # neither is never made
            message = "a shipped change holds a change or a commit"
            raise ValueError(message)
        return found.at

    @property
    def service(self) -> str | None:
        """Whom it was deployed to."""
        return self.deployed.service if self.deployed else None


def owner(files: Iterable[str], services: Iterable[str]) -> str | None:
    """Return the service in whose folder the files lie, None for shared code."""
    names = {bare(service): service for service in services}
    for path in files:
        if SHARED.match(path) and not any(bare(part) in names for part in path.split("/")[1:-1]):
            continue
        for part in path.split("/")[:-1]:
            found = names.get(bare(part)) or next((s for b, s in names.items() if _abbreviates(bare(part), b)), None)
            if found:
                return found
    return None


def _abbreviates(part: str, name: str) -> bool:
    """Tell whether a folder's name is a service's name cut short, or the other way round: recommend, recommendation."""
    short, long = sorted((part, name), key=len)
    return len(short) >= SHORTEST and long.startswith(short)


def inert(commit: CommitSeen) -> bool:
    """Tell whether a commit touches nothing that a running backend can feel."""
    return bool(commit.files) and all(stuff(path) in INERT for path in commit.files)


def shipments(seen: Sequence[Seen], services: frozenset[str], until: datetime) -> tuple[Shipped, ...]:
    """Pair changes with commits: by the commit a change names, else by the next deployment of whose code it is.

    A commit that no deployment up to ``until`` can have carried is left out where deployments are recorded.
    """
    changes = sorted((s for s in seen if isinstance(s.what, ChangeSeen)), key=lambda s: s.what.at)  # type: ignore[union-attr]
    commits = [s for s in seen if isinstance(s.what, CommitSeen) and s.what.at <= until]
    carried = {s.what.commit: s for s in changes if isinstance(s.what, ChangeSeen) and s.what.commit}
    found = [_pair(commit, carried, changes, services, until) for commit in commits]
    named = {p.change.id for p in found if p and p.change and p.sure == 1.0}
    alone = [Shipped(s, None) for s in changes if s.id not in named]
    return (*(p for p in found if p), *alone)


def _pair(
    commit: Seen, carried: dict[str, Seen], changes: Sequence[Seen], services: frozenset[str], until: datetime
) -> Shipped | None:
    made = commit.what
    if not isinstance(made, CommitSeen):
        return None
    named = next((s for sha, s in carried.items() if one_commit(made.sha, sha)), None)
    named = named or next((s for s in changes if isinstance(s.what, ChangeSeen) and s.what.id == made.shipped_by), None)
    if named:
        return Shipped(named, commit)
    carriers = [s for s in changes if isinstance(s.what, ChangeSeen) and s.what.change_kind in CARRIES]
    if not carriers:
        return Shipped(None, commit, 0.5)
    whose = owner(made.files, services)
    after = [
        s for s in carriers if isinstance(s.what, ChangeSeen) and made.at <= s.what.at <= min(until, made.at + PATIENCE)
    ]
    fits = [s for s in after if isinstance(s.what, ChangeSeen) and (whose is None or s.what.service == whose)]
    return Shipped(fits[0], commit, 0.9 if whose else 0.5) if fits else None


def touches(commit: CommitSeen) -> frozenset[Stuff]:
    """Return what the commit's files are made of."""
    return frozenset(stuff(path) for path in commit.files)
