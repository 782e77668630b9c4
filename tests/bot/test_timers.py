"""Times that people were given: they go on where they were, also in another process, and end within a second."""

import asyncio
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import Place
from bot.config import Settings
from bot.crew import Crew
from bot.kept import Storage, open_storage
from bot.places import Places
from bot.runner import Runner
from bot.working import Working
from incident.facts import (
    Action,
    Approval,
    Check,
    Decision,
    Fact,
    Outcome,
    Plan,
    RollbackEnded,
    RollbackStarted,
    Verdict,
)  # fmt: skip
from incident.model import Incident
from incident.policy import Policy, unchanging
from incident.ports import Deployed, Dispatched, Send, Tell
from incident.status import Status, World
from storage.memory import Origin
from tests.incident import made

ROOT = Path(__file__).parents[2]
HERE = Origin("C0INCIDENTS")

PROGRAM = """
import asyncio, sys
from datetime import timedelta
from bot.app import team
from bot.beginning import late
from bot.config import Settings
from bot.crew import Crew
from bot.kept import open_storage
from bot.places import Places
from bot.runner import Answer, Runner
from bot.working import Working
from incident.facts import Decision, Verdict
from incident.policy import Policy
from storage.memory import Origin

class Told:
    async def show(self, incident, fact, seq):
        print(incident.id, seq, fact.kind if fact else "opened", incident.status, flush=True)

async def main(url, *approved):
    settings, policy = Settings(database_url=url), Policy()

    async def rules():
        return policy

    async with open_storage(settings) as kept:
        keeping = (kept.store, kept.leases)
        crew = Crew(*keeping, Told(), Places(), rules, lambda p, w: team(p, settings, w), Working())
        runner = Runner(crew)
        await runner.resume()
        for name in approved:
            digest = (await kept.store.load(name)).last(Verdict).plan.digest
            await runner.decide(name, Answer("U0ADA", Decision.APPROVED, digest))
        if not await kept.store.recent():
            for seconds, asks in ((3600, True), (4, True), (4, False)):
                length = timedelta(seconds=seconds)
                policy = Policy(approval_ttl=length, veto_window=length)
                place = await crew.places.named("checkout-latency")
                alert = late(place.alert) if asks else place.alert
                begun = await runner.investigate(place._replace(alert=alert), Origin("C0INCIDENTS"))
                while (await kept.store.load(begun.id)).last(Verdict) is None:
                    await asyncio.sleep(0.02)
        await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


async def begun(url: str, *approved: str) -> asyncio.subprocess.Process:
    arguments = (sys.executable, "-c", PROGRAM, url, *approved)
    return await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)


async def killed_at(process: asyncio.subprocess.Process, statuses: Collection[str], lines: list[list[str]]) -> None:
    """Read what it shows until three incidents have come to one of the statuses; kill it, and read the rest."""
    assert process.stdout is not None
    while len({line[0] for line in lines if line[3] in statuses}) < 3:
        line = await process.stdout.readline()
        assert line, "it ended by itself"
        lines.append(line.decode().split())
    process.kill()
    await process.wait()
    rest = (await process.stdout.read()).decode().splitlines(keepends=True)
    lines += [line.split() for line in rest if line.endswith("\n")]


async def test_a_process_killed_in_a_veto_window_and_in_two_questions_goes_on_with_the_stored_times(
    tmp_path: Path,
) -> None:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    lines: list[list[str]] = []
    await killed_at(await begun(settings.database_url), {"awaiting_veto", "awaiting_approval"}, lines)
    async with open_storage(settings) as kept:
        veto, _, later = await kept.store.recent()
    await killed_at(await begun(settings.database_url, later.id), {"resolved", "reported", "handed_over"}, lines)
    async with open_storage(settings) as kept:
        started, expired, approved = await kept.store.recent()
    assert [each.status for each in (approved, expired, started)] == [
        Status.RESOLVED, Status.REPORTED, Status.RESOLVED,
    ]  # fmt: skip
    _began_once_and_not_early(veto, started)
    assert [a.decision for a in expired.every(Approval)] == [Decision.EXPIRED]
    assert expired.last(RollbackStarted) is None
    assert any(name == expired.id and kind == "approval" for name, _, kind, _ in lines), "the expiry is told"
    assert [a.by for a in approved.every(Approval)] == ["U0ADA"]
    assert len(approved.every(RollbackStarted)) == 1


def _began_once_and_not_early(before: Incident, after: Incident) -> None:
    promised, kept = before.last(Verdict), after.last(Verdict)
    (began,) = after.every(RollbackStarted)
    assert promised is not None
    assert promised.expires_at is not None
    assert kept == promised
    assert began.at >= promised.expires_at
    assert after.last(Check) is not None


class Silent:
    """A chat in which nobody reads."""

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """Show nothing."""


class Slow:
    """A deployer that answers when it is let."""

    acts_on = World.SCENARIO

    def __init__(self) -> None:
        self.begun, self.let, self.cut = asyncio.Event(), asyncio.Event(), False

    async def history(self, _service: str, _environment: str) -> tuple[Deployed, ...]:
        return ()

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        raise AssertionError(plan, key, run, tell)

    @asynccontextmanager
    async def prepared(self, _plan: Plan, _key: str) -> AsyncIterator[Send]:
        yield self.send

    async def send(self) -> Dispatched:
        self.begun.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cut = True
            raise
        return Dispatched(Outcome.SUCCEEDED)


class Theirs(Places):
    """Places whose deployer is a slow one."""

    def __init__(self, slow: Slow) -> None:
        super().__init__()
        self._slow = slow

    async def again(self, incident: Incident) -> Place:
        return (await super().again(incident))._replace(deployer=self._slow)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")) as storage:
        yield storage


def runner(kept: Storage, places: Places) -> Runner:
    shown, rules = Silent(), unchanging(Policy())
    crew = Crew(kept.store, kept.leases, shown, places, rules, lambda _, __: None, Working())  # type: ignore[arg-type,return-value]
    return Runner(crew)


async def waiting(kept: Storage, *more: Fact) -> Incident:
    """Store an incident in the middle of a long veto window, and what came after it."""
    place = await Places().named("quiet-day")
    now = datetime.now(UTC)
    told = {"target": "quiet-day", "world": World.SCENARIO, "environment": place.environment, "alert": place.alert}
    incident = Incident.model_validate({"id": "INC-1", "opened_at": now, **told})
    plan = made.PLAN.model_copy(update={"environment": place.environment})
    verdict = made.verdict(Action.ROLLBACK, plan=plan).model_copy(update={"expires_at": now + timedelta(hours=1)})
    await kept.store.beginning_at(HERE).open(incident)
    for fact in (made.TURN, made.DIAGNOSIS, verdict, *more):
        incident = await kept.store.append(incident, fact)
    return incident


async def test_a_stop_in_the_middle_of_a_veto_window_ends_the_wait_at_once(kept: Storage) -> None:
    incident = await waiting(kept)
    working = runner(kept, Places())
    await working.resume()
    assert working.running
    stopped = await working.stop(incident.id, "U0ADA")
    await working.at_rest()
    assert (stopped.status, stopped.last(RollbackStarted)) == (Status.REPORTED, None)
    await working.close()


async def test_the_end_of_the_process_leaves_a_dispatch_the_time_to_be_answered(kept: Storage) -> None:
    plan = made.PLAN.model_copy(update={"environment": "production"})
    later = datetime.now(UTC) + timedelta(hours=2)
    await waiting(kept, RollbackStarted(at=later, key="key-1", plan=plan))
    slow = Slow()
    working = runner(kept, Theirs(slow))
    await working.resume()
    await slow.begun.wait()
    closing = asyncio.create_task(working.close())
    await asyncio.sleep(0)
    slow.let.set()
    await closing
    ended = (await kept.store.load("INC-1")).last(RollbackEnded)
    assert ended is not None
    assert (ended.outcome, slow.cut, working.running) == (Outcome.SUCCEEDED, False, 0)
