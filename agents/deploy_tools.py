"""What the deploy specialist may ask: what was changed, what was committed, what providers and platforms said."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Protocol, TypeVar

import orjson

from agents.analysis.observations import ChangeSeen, CommitSeen, EventSeen
from agents.metric_tools import Service, Since, Until
from agents.tools import Bench, Call, Question, Reply
from incident.change import Change, Commit, Event
from incident.evidence import Source
from incident.facts import Agent
from incident.ports import NotRecorded, Unreadable

SHOWN = 60
"""Changes, commits or events in one answer: those nearest to the alert."""
FILES = 40
Text = Annotated[str, "what the message, the files or the diff contain; empty: every commit"]


class _Dated(Protocol):
    @property
    def at(self) -> datetime: ...


Happening = TypeVar("Happening", bound=_Dated)


class DeployTools(Bench):
    """Changes, commits and other people's word."""

    agent = Agent.DEPLOY

    def tools(self) -> tuple[Callable[..., Awaitable[str]], ...]:
        """Return the tools that the specialist is given."""
        return (self.changes, self.commits, self.status_events)

    async def changes(self, service: Service = "", since: Since = "", until: Until = "") -> str:
        """Which deploys, config changes, flags, scalings and rollbacks reached production, oldest first."""
        call = self._call("changes", Source.CHANGES)
        return await self.ask(call._replace(service=service, since=since, until=until), self._changed)

    async def commits(self, text: Text = "", since: Since = "", until: Until = "") -> str:
        """Which commits were made, with files, the beginning of the diff, and the change that shipped them."""
        call = self._call("commits", Source.COMMITS)
        return await self.ask(call._replace(name="text", text=text, since=since, until=until), self._committed)

    async def status_events(self, service: Service = "", since: Since = "", until: Until = "") -> str:
        """What providers' status pages and the platform (Kubernetes, say) said."""
        call = self._call("status_events", Source.EVENTS)
        return await self.ask(call._replace(service=service, since=since, until=until), self._told)

    def _call(self, tool: str, source: Source) -> Call:
        return Call(tool, source, self.desk.scope.change_window(self.desk.alert))

    async def _changed(self, asked: Question) -> Reply:
        found = [c for c in await self.desk.changes() if asked.about(c.service) and c.at in asked.window]
        kept = self._nearest(found)
        return Reply([_change(c) for c in kept], len(found) - len(kept))

    async def _committed(self, asked: Question) -> Reply:
        wanted = asked.text.casefold()
        found = [c for c in await self.desk.commits() if c.at in asked.window and wanted in _words(c)]
        kept, shipped = self._nearest(found), await self._shipped()
        return Reply([_commit(c, shipped) for c in kept], len(found) - len(kept))

    async def _told(self, asked: Question) -> Reply:
        found = [e for e in await self.desk.events() if asked.about(e.service, e.source) and e.at in asked.window]
        kept = self._nearest(found)
        return Reply([_event(e) for e in kept], len(found) - len(kept))

    async def _shipped(self) -> Sequence[Change]:
        try:
            return await self.desk.changes()
        except (NotRecorded, Unreadable):
            return ()

    def _nearest(self, found: Iterable[Happening]) -> list[Happening]:
        """Keep what happened closest to the alert, in order of time."""
        near = sorted(found, key=lambda h: abs((self.desk.alert.fired_at - h.at).total_seconds()))[:SHOWN]
        return sorted(near, key=lambda h: h.at)


def _change(change: Change) -> ChangeSeen:
    return ChangeSeen(
        id=change.id,
        at=change.at,
        service=change.service,
        change_kind=change.kind,
        title=change.title,
        version=change.version,
        previous_version=change.previous_version,
        commit=change.commit,
        reversible=change.reversible,
        author=change.author,
        details=_told_more(change),
    )


def _told_more(change: Change) -> str:
    """Write attributes as ``key: value; key: value``; what is nested stays JSON."""
    said = ((name, v if isinstance(v, str) else orjson.dumps(v).decode()) for name, v in change.attributes.items())
    return "; ".join(f"{name}: {value}" for name, value in said if value)


def _commit(commit: Commit, changes: Sequence[Change]) -> CommitSeen:
    named = (c.id for c in changes if c.commit and (commit.sha.startswith(c.commit) or c.commit.startswith(commit.sha)))
    return CommitSeen(
        sha=commit.sha,
        at=commit.at,
        message=commit.message,
        files=commit.files[:FILES],
        diff=commit.diff,
        shipped_by=next(named, None),
        author=commit.author,
    )


def _event(event: Event) -> EventSeen:
    return EventSeen(
        at=event.at, source=event.source, service=event.service, status=event.status, message=event.message
    )


def _words(commit: Commit) -> str:
    return "\n".join((commit.sha, commit.message, *commit.files, commit.diff or "")).casefold()
