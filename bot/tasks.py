"""One task at a time for each incident: every one is owned here, and ends within a second when it has to."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from incident.unbroken import LEAVING

CANCELS, GRACE = 8, 0.1
"""AutoGen's team may begin to wait for itself while it is being cancelled: it is cancelled again each 0.1 seconds."""


class Tasks:
    """Does ``work`` on incidents, which must not raise."""

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._tasks: dict[str, list[asyncio.Task[None]]] = {}

    @property
    def running(self) -> int:
        """How many incidents are worked on at this moment."""
        return len(self._tasks)

    def busy(self, incident_id: str) -> bool:
        """Tell whether an incident is worked on."""
        return incident_id in self._tasks

    def go_on(self, incident_id: str) -> None:
        """Work on it once more, after what is being done on it now."""
        waiting = self._tasks.setdefault(incident_id, [])
        task = asyncio.create_task(self._after(tuple(waiting), incident_id), name=incident_id)
        waiting.append(task)
        task.add_done_callback(lambda done: self._forget(incident_id, done))

    async def end(self, incident_id: str) -> None:
        """End the work on an incident within a second."""
        await asyncio.gather(*map(_ended, self._tasks.get(incident_id, ())))

    async def at_rest(self) -> None:
        """Wait until nothing is worked on."""
        while tasks := self._all():
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """End all work; a dispatch that is under way has the time to be answered."""
        tasks = self._all()
        await asyncio.gather(*map(_ended, tasks))
        if left := {task for task in tasks if not task.done()}:
            await asyncio.wait(left, timeout=LEAVING)

    async def _after(self, before: Collection[asyncio.Task[None]], incident_id: str) -> None:
        if before:
            await asyncio.wait(before)
        await self._work(incident_id)

    def _all(self) -> set[asyncio.Task[None]]:
        return {task for tasks in self._tasks.values() for task in tasks}

    def _forget(self, incident_id: str, task: asyncio.Task[None]) -> None:
        self._tasks[incident_id].remove(task)
        if not self._tasks[incident_id]:
            del self._tasks[incident_id]


async def _ended(task: asyncio.Task[None]) -> None:
    for _ in range(CANCELS):
        if task.done():
            return
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE)
