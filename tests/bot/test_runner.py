"""The runner on real storage, with a team that takes its time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.crew import Crew
from bot.kept import open_storage
from bot.runner import Runner
from incident.facts import AlertResolved, Closed, Fact, Owned, Remark, Stopped
from incident.model import Incident, OutOfOrder
from incident.status import Status
from storage.memory import Origin
from tests.bot.slow import HERE, Seen, place, slow_crew


class Dying:
    """A chat in which the process ends when an incident is opened."""

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        if fact is None:
            raise ProcessEnded(incident.id, seq)


class ProcessEnded(Exception):
    pass


@pytest.fixture
async def seen() -> Seen:
    return Seen()


@pytest.fixture
async def crew(tmp_path: Path, seen: Seen) -> AsyncIterator[Crew]:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    async with open_storage(settings) as storage:
        yield slow_crew(storage, seen)


@pytest.fixture
async def runner(crew: Crew) -> AsyncIterator[Runner]:
    runner = Runner(crew)
    await runner.resume()
    yield runner
    await runner.close()


async def test_what_is_done_every_so_often_is_done_at_the_start(crew: Crew) -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    runner = Runner(crew)
    runner.every(timedelta(days=1), work)
    await runner.resume()
    await done.wait()
    await runner.close()


async def test_what_is_done_every_so_often_ends_quietly_with_the_runner(
    crew: Crew, caplog: pytest.LogCaptureFixture
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.set()

    runner = Runner(crew)
    runner.every(timedelta(days=1), work)
    await runner.resume()
    await begun.wait()
    await runner.close()
    assert ended.is_set()
    assert caplog.records == []


async def test_a_stop_ends_the_team_and_keeps_what_it_has_found(runner: Runner, seen: Seen) -> None:
    incident = await runner.investigate(place(), HERE)
    await seen.until("turn")
    stopped = await runner.stop(incident.id, "U0ADA")
    assert stopped.status is Status.REPORTED
    assert [fact.kind for fact in stopped.facts] == ["turn", "stopped"]
    await seen.until("stopped")
    await runner.at_rest()
    with pytest.raises(OutOfOrder):
        await runner.stop(incident.id, "U0BEN")


async def test_what_is_said_meanwhile_is_kept_and_the_team_goes_on(runner: Runner, seen: Seen, crew: Crew) -> None:
    incident = await runner.investigate(place(), HERE)
    await seen.until("turn")
    await asyncio.gather(
        runner.note(incident.id, lambda now: Remark(at=now, by="U0BEN", text="it began at noon")),
        runner.note(incident.id, lambda now: Owned(at=now, by="U0ADA")),
    )
    assert runner.running == 1
    stored = await crew.store.load(incident.id)
    assert {fact.kind for fact in stored.facts} == {"turn", "remark", "owned"}
    assert stored.status is Status.INVESTIGATING


async def test_the_same_problem_is_worked_on_once(runner: Runner, seen: Seen) -> None:
    first = await runner.investigate(place(), HERE)
    await seen.until("turn")
    again = await runner.investigate(place(), Origin("C0OTHER"))
    assert again.id == first.id
    assert runner.running == 1


async def test_an_end_in_the_middle_is_no_end_the_next_process_goes_on(crew: Crew, seen: Seen) -> None:
    first = Runner(crew)
    incident = await first.investigate(place(), HERE)
    await seen.until("turn")
    await first.close()
    assert first.running == 0
    second = Runner(crew)
    await second.resume()
    assert second.running == 1
    await second.stop(incident.id, "U0ADA")
    stored = await crew.store.load(incident.id)
    assert [fact.kind for fact in stored.facts] == ["turn", "stopped"]
    await second.close()


async def test_an_incident_whose_process_ended_right_after_opening_it_has_its_thread_and_is_gone_on_with(
    crew: Crew, seen: Seen
) -> None:
    with pytest.raises(ProcessEnded):
        await Runner(crew._replace(chat=Dying())).investigate(place(), HERE)
    later = Runner(crew)
    await later.resume()
    assert later.running == 1
    await seen.until("turn")
    assert [kind for _, _, kind in seen.shown] == ["opened", "turn"]
    await later.close()


async def test_a_second_look_whose_process_ended_right_after_opening_it_knows_the_remarks(
    crew: Crew, seen: Seen
) -> None:
    first = Runner(crew)
    incident = await first.investigate(place(), HERE)
    await seen.until("turn")
    earlier = await first.stop(incident.id, "U0ADA")
    await first.close()
    remarks = tuple(Remark(at=datetime.now(UTC), by="U0BEN", text=said) for said in ("it began at noon", "on friday"))
    with pytest.raises(ProcessEnded):
        await Runner(crew._replace(chat=Dying())).look_again(earlier, "U0ADA", remarks, HERE)
    later = Runner(crew)
    await later.resume()
    (fresh,) = await crew.store.unfinished()
    assert [remark.text for remark in fresh.every(Remark)] == ["it began at noon", "on friday"]
    assert (fresh.follows, later.running) == (earlier.id, 1)
    await later.close()


async def test_what_was_begun_elsewhere_is_left_alone(crew: Crew) -> None:
    fired = place()
    alert = Incident(
        id="INC-SHELL",
        target="cart",
        world=fired.world,
        environment="production",
        alert=fired.alert,
        opened_at=datetime.now(UTC),
    )
    await crew.store.open(alert)
    runner = Runner(crew)
    await runner.resume()
    assert runner.running == 0
    await runner.close()


async def test_what_could_not_be_shown_before_the_end_is_shown_after_it(crew: Crew, seen: Seen) -> None:
    runner = Runner(crew)
    incident = await runner.investigate(place(), HERE)
    await seen.until("turn")
    await runner.close()
    stopped = await crew.store.append(await crew.store.load(incident.id), Stopped(at=datetime.now(UTC), by="U0ADA"))
    assert stopped.status.ended
    later = Runner(crew)
    await later.resume()
    await seen.until("stopped")
    await later.close()


async def test_what_aged_or_stayed_resolved_is_closed_by_the_timer_and_what_did_not_stays(
    crew: Crew, seen: Seen
) -> None:
    now = datetime.now(UTC)
    hours, healed = timedelta(hours=2), AlertResolved(at=now - timedelta(hours=2))
    await ended_before(crew, "INC-FRESH", hours)
    await ended_before(crew, "INC-AGED", timedelta(days=8))
    await ended_before(crew, "INC-HEALED", hours, healed)
    runner = Runner(crew)
    await runner.resume()
    while len(seen.shown) < 2:
        seen.more.clear()
        await seen.more.wait()
    await runner.close()
    last = {each.id: each.last(Closed) for each in await crew.store.recent()}
    assert {name: closed.reason if closed else None for name, closed in last.items()} == {
        "INC-FRESH": None,
        "INC-AGED": "Nothing has happened for a week.",
        "INC-HEALED": "Its alert has stayed resolved for an hour.",
    }


async def ended_before(crew: Crew, name: str, ago: timedelta, *more: Fact) -> None:
    """Store an incident that was stopped so long ago."""
    fired, then = place(name), datetime.now(UTC) - ago
    alert = {"target": "cart", "world": fired.world, "environment": "production", "alert": fired.alert}
    incident = Incident.model_validate({"id": name, "opened_at": then, **alert})
    await crew.store.open(incident)
    for fact in (Stopped(at=then, by="U0ADA"), *more):
        incident = await crew.store.append(incident, fact)
