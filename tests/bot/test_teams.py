"""When teams begin, with a real outbox; the teams are lists."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.nowhere import Nowhere
from bot.teams import LOOK_EVERY, Queued, Teams
from incident.facts import Diagnosis, Remark, Turn
from incident.model import Incident
from incident.ports import Heard, Telemetry
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from tests.bot.report_cases import resolved


class Listed:
    """Yields what an incident was found to be, and notes how many do at once."""

    def __init__(self, together: int = 1) -> None:
        self.begun, self.busy, self.most = 0, 0, 0
        self._together = asyncio.Barrier(together)

    async def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncGenerator[Turn | Diagnosis, None]:
        del telemetry, heard
        self.begun, self.busy = self.begun + 1, self.busy + 1
        self.most = max(self.most, self.busy)
        try:
            for turn in incident.every(Turn):
                await self._together.wait()
                yield turn
        finally:
            self.busy -= 1


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[SqlOutbox]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}") as database:
        await database.upgrade()
        yield SqlOutbox(database)


async def silence() -> tuple[Remark, ...]:
    return ()


async def turns(queued: Queued) -> int:
    return len([fact async for fact in queued.investigate(resolved(), Nowhere(), silence)])


async def test_of_many_incidents_at_once_only_so_many_are_worked_on_and_all_are_in_the_end(outbox: SqlOutbox) -> None:
    listed, teams = Listed(together=2), Teams(outbox, at_once=2)
    found = await asyncio.gather(*(turns(Queued(listed, teams)) for _ in range(6)))
    assert min(found) > 0
    assert (listed.begun, listed.most, listed.busy) == (6, 2, 0)


async def test_one_that_is_left_early_makes_room_for_the_next(outbox: SqlOutbox) -> None:
    listed, teams = Listed(), Teams(outbox, at_once=1)
    async with aclosing(Queued(listed, teams).investigate(resolved(), Nowhere(), silence)) as facts:
        await anext(facts)
    assert listed.busy == 0
    assert await turns(Queued(listed, teams)) > 0


async def test_a_team_begins_when_nothing_is_left_to_be_said(outbox: SqlOutbox) -> None:
    listed = Listed()
    await outbox.put(Parcel("INC-1:card", "C1", Kind.POST, {"text": "looking into it"}, "INC-1"))
    work = asyncio.create_task(turns(Queued(listed, Teams(outbox))))
    await asyncio.wait({work}, timeout=LOOK_EVERY)
    assert listed.begun == 0
    await outbox.take("INC-1:card")
    await outbox.sent("INC-1:card", "1.0")
    assert await work > 0


async def test_what_can_not_be_said_holds_up_no_team(outbox: SqlOutbox) -> None:
    await outbox.put(Parcel("INC-1:card", "C1", Kind.POST, {"text": "nobody hears it"}, "INC-1"))
    assert await turns(Queued(Listed(), Teams(outbox))) > 0
