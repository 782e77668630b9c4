"""SIGTERM while a rollback is being dispatched: whoever leaves waits for the answer, and nobody sends again."""

import signal
from collections.abc import Mapping
from pathlib import Path

from scene import ADA, INCIDENTS, Scene
from served import serve, slack

from bot.config import Settings
from bot.kept import open_storage
from incident.facts import RollbackSeen, RollbackSent
from incident.model import Incident
from incident.status import Status
from integrations.github.rehearsal import TOPIC
from tests.github_standin import READS, REPOSITORY, SENDS, GitHub, Manner

REHEARSED = "--rehearse-on-github"


def on_github(github: GitHub) -> Mapping[str, str]:
    return {
        "SFA_GITHUB_API_URL": github.url,
        "SFA_GITHUB_ROLLBACK_REPO": REPOSITORY,
        "SFA_GITHUB_TOKEN": READS,
        "SFA_GITHUB_DISPATCH_TOKEN": SENDS,
    }


async def stored(folder: Path) -> Incident:
    url = f"sqlite+aiosqlite:///{folder / 'first-responder.db'}"
    async with open_storage(Settings(database_url=url)) as kept:
        (incident,) = await kept.store.recent(10)
        return incident


async def test_sigterm_does_not_cut_a_dispatch_that_github_has_not_answered(scene: Scene, tmp_path: Path) -> None:
    async with GitHub(manner=Manner(dispatch="late", topics=[TOPIC])) as github:
        settings = {**slack(scene), **on_github(github)}
        async with serve(tmp_path, settings, REHEARSED) as served:
            await scene.command(ADA, "/investigate checkout-latency")
            await scene.until(lambda: github.dispatches)
            served.process.send_signal(signal.SIGTERM)
            assert served.process.stdout is not None
            assert b"ending" in await served.process.stdout.readline()
            github.answering.set()
            await served.process.communicate()
            assert (served.process.returncode, "Traceback" in served.log.read_text()) == (0, False)
        left = await stored(tmp_path)
        assert left.every(RollbackSent)
        assert left.every(RollbackSeen)[0].run == str(github.runs[0]["id"])
        async with serve(tmp_path, settings, REHEARSED) as served:
            await scene.until(lambda: next((m for m in scene.messages(INCIDENTS) if "Resolved" in m["text"]), None))
            assert (await served.end())[0] == 0
        assert (await stored(tmp_path)).status is Status.RESOLVED
        assert list(github.accepted.values()) == [1]
