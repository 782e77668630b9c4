"""Two real servers, one PostgreSQL, one workspace: the one that works is killed, and the other one goes on."""

from pathlib import Path

from scene import ADA, BEN, INCIDENTS, Scene, unhealed
from served import slack

from bot.config import Settings
from bot.kept import open_storage
from incident.facts import Agent, RollbackStarted, Turn
from incident.status import Status
from tests.postgres import Server
from tests.replicas import doubled, replicas


async def test_what_the_killed_one_worked_on_the_other_one_ends_and_nothing_is_said_or_done_twice(
    scene: Scene, tmp_path: Path, postgresql: Server
) -> None:
    url = postgresql.database()
    async with replicas(tmp_path, url, slack(scene)) as both:
        await scene.command(ADA, "/investigate payment-declines")
        working = await both.busy()
        await scene.until(lambda: len(scene.messages(INCIDENTS)) > 1)
        await both.kill(working)
        card = await scene.question(INCIDENTS)
        await scene.press(BEN, card, "approve", INCIDENTS)
        await scene.until(lambda: next((m for m in scene.messages(INCIDENTS) if unhealed(m["text"])), None))
        (survivor,) = both.alive.values()
        code, errors = await survivor.end()
    assert (code, "Traceback" in errors) == (0, False)
    async with open_storage(Settings(database_url=url)) as kept:
        (incident,) = await kept.store.recent(10)
    assert incident.status is Status.HANDED_OVER
    assert len(incident.every(RollbackStarted)) == 1
    assert {turn.agent for turn in incident.every(Turn)} == set(Agent)
    assert doubled(scene.workspace, "incidents") == []
