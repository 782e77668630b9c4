"""The work on incidents, one task at a time for each."""

import asyncio

from bot.tasks import Tasks


async def forever(_: str) -> None:
    await asyncio.Event().wait()


async def test_what_is_being_done_ends_with_what_waits_its_turn_behind_it() -> None:
    tasks = Tasks(forever)
    for _ in range(3):
        tasks.go_on("INC-1")
    await asyncio.sleep(0)
    assert (tasks.busy("INC-1"), tasks.running) == (True, 1)
    await tasks.end("INC-1")
    assert (tasks.busy("INC-1"), tasks.running) == (False, 0)


async def test_closing_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    tasks = Tasks(forever)
    for incident_id in ("INC-1", "INC-2", "INC-1"):
        tasks.go_on(incident_id)
    await asyncio.sleep(0)
    await tasks.close()
    assert asyncio.all_tasks() == before
