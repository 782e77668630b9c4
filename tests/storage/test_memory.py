import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from incident.alert import Alert, Severity
from incident.model import Incident
from incident.ports import AlreadyOpen
from incident.status import World
from storage.database import Database
from storage.memory import EVENTS_KEPT, Mute, Origin, SqlMemory, Thread, card_key
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from storage.store import SqlStore
from tests.clock import Clock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock[datetime]:
    return Clock(NOON)


@pytest.fixture
def memory(database: Database, clock: Clock[datetime]) -> SqlMemory:
    return SqlMemory(database, clock)


async def opened(database: Database, incident_id: str, origin: Origin, minute: int = 0) -> None:
    alert = Alert(service=incident_id, name="slow", summary="slow", fired_at=NOON, severity=Severity.HIGH)
    incident = Incident(
        id=incident_id,
        target="checkout",
        world=World.REAL,
        environment="production",
        alert=alert,
        opened_at=NOON + timedelta(minutes=minute),
    )
    await SqlStore(database).beginning_at(origin).open(incident)


async def test_an_incident_under_an_alert_has_its_thread_there(database: Database, memory: SqlMemory) -> None:
    await opened(database, "INC-1", Origin("C1", "7.000001"))

    thread = await memory.thread("INC-1")
    assert thread == Thread("C1", "7.000001", None)
    assert thread.thread_ts == "7.000001"


async def test_an_incident_of_its_own_has_its_thread_under_its_card(database: Database, memory: SqlMemory) -> None:
    outbox = SqlOutbox(database)
    await opened(database, "INC-1", Origin("C1"))
    assert (await memory.thread("INC-1")) == Thread("C1", None, None)
    await outbox.put(Parcel(card_key("INC-1"), "C1", Kind.POST, {"text": "card"}))
    await outbox.sent(card_key("INC-1"), "8.000001")

    thread = await memory.thread("INC-1")
    assert thread is not None
    assert thread.thread_ts == "8.000001"
    assert await memory.incidents_in("C1", "8.000001") == ("INC-1",)
    assert await memory.incidents_in("C2", "8.000001") == ()


async def test_an_incident_that_could_not_be_opened_leaves_no_thread_behind(
    database: Database, memory: SqlMemory
) -> None:
    await opened(database, "INC-1", Origin("C1", "7.000001"))
    with pytest.raises(AlreadyOpen):
        await opened(database, "INC-1", Origin("C2", "8.000001"))

    assert (await memory.thread("INC-1")) == Thread("C1", "7.000001", None)
    assert await memory.thread("INC-2") is None
    assert await memory.incidents_in("C2", "8.000001") == ()


async def test_a_message_that_brought_several_alerts_leads_to_all_newest_first(
    database: Database, memory: SqlMemory
) -> None:
    for number, name in enumerate(("INC-B", "INC-A", "INC-C")):
        await opened(database, name, Origin("C1", "7.000001"), number)

    assert await memory.incidents_in("C1", "7.000001") == ("INC-C", "INC-A", "INC-B")


async def test_an_event_is_heard_once_also_when_it_comes_twice_at_once(memory: SqlMemory) -> None:
    assert sorted(await asyncio.gather(*(memory.first_time("Ev1") for _ in range(5)))) == [False] * 4 + [True]
    assert await memory.first_time("Ev2")


async def test_an_event_is_forgotten_after_nobody_reads_of_it_again(memory: SqlMemory, clock: Clock[datetime]) -> None:
    assert await memory.heard_at("Ev1") is None
    await memory.first_time("Ev1")
    clock.now += EVENTS_KEPT - timedelta(minutes=1)
    assert not await memory.first_time("Ev1")
    assert await memory.heard_at("Ev1") == NOON
    clock.now += timedelta(minutes=2)
    assert await memory.first_time("Ev1")


async def test_a_read_mark_never_moves_back(memory: SqlMemory) -> None:
    assert await memory.last_read("C1") is None
    for ts in ("1700000002.000100", "1700000001.000100", "1700000002.000200"):
        await memory.mark_read("C1", ts)
    await memory.mark_read("C1", "1700000002.000100")

    assert await memory.last_read("C1") == "1700000002.000200"


async def test_a_mute_ends_and_the_latest_word_counts(memory: SqlMemory, clock: Clock[datetime]) -> None:
    long = Mute("f" * 16, "U0BEN", NOON + timedelta(hours=2))
    await memory.mute(Mute("f" * 16, "U0ADA", NOON + timedelta(hours=1)))
    await memory.mute(long)
    assert await memory.muted("f" * 16) == long
    assert await memory.mutes() == (long,)

    clock.now += timedelta(hours=2)
    assert await memory.muted("f" * 16) is None


async def test_a_mute_can_be_lifted(memory: SqlMemory) -> None:
    await memory.mute(Mute("f" * 16, "U0ADA", NOON + timedelta(hours=1)))
    await memory.mute(Mute("f" * 16, "U0BEN", NOON))

    assert await memory.mutes() == ()
