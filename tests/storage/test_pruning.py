from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from incident.facts import Fact
from storage.database import Database
from storage.memory import Origin, SqlMemory, card_key
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from storage.pruning import KEPT, prune
from storage.store import SqlStore
from tests.incident import made

THEN = datetime(2026, 11, 1, 9, tzinfo=UTC)
LATER = THEN + KEPT + timedelta(minutes=1)
CARD, TURN, FILE = card_key("INC-1"), "INC-1:1:0", "INC-1:2:0"


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)


async def told(database: Database, outbox: SqlOutbox, facts: Sequence[Fact], shown: int) -> None:
    """An incident, of whose facts the first ``shown`` were shown at `THEN`, and its thread, all of it sent."""
    store = SqlStore(database, lambda: THEN)
    incident = made.incident()
    await store.beginning_at(Origin("C1")).open(incident)
    for fact in facts:
        incident = await store.append(incident, fact)
    for seq in range(shown + 1):
        await store.mark_shown(incident.id, seq)
    for key, kind in ((CARD, Kind.POST), (TURN, Kind.POST), (FILE, Kind.UPLOAD)):
        await outbox.put(Parcel(key, "C1", kind, {"text": key}, "INC-1", version=key == CARD, content=b"%PDF"))
        await outbox.take(key)
        await outbox.sent(key, f"1.{key}")


async def kept(outbox: SqlOutbox) -> set[str]:
    """The keys that are still known: what is put anew under them doesn't wait."""
    known = set()
    for key in (CARD, TURN, FILE):
        await outbox.put(Parcel(key, "C1", Kind.POST, {"text": key}, "INC-1"))
        known |= {key} if await outbox.first("C1") is None else set()
        if waiting := await outbox.first("C1"):
            await outbox.failed(waiting.key, "looked at")
    return known


RESOLVED = made.REACHED["resolved"][1]


async def test_of_an_incident_that_ended_long_ago_the_card_is_kept_by_which_its_thread_is_found(
    database: Database, outbox: SqlOutbox
) -> None:
    await told(database, outbox, RESOLVED, len(RESOLVED))
    assert await SqlOutbox(database, lambda: LATER).prune() == 2
    assert await kept(outbox) == {CARD}
    assert await SqlMemory(database).incidents_in("C1", f"1.{CARD}") == ("INC-1",)


@pytest.mark.parametrize(
    ("facts", "shown", "now"),
    [
        (RESOLVED, len(RESOLVED), THEN + KEPT - timedelta(minutes=1)),
        (RESOLVED, len(RESOLVED) - 1, LATER),
        (made.ASKED, len(made.ASKED), LATER),
    ],
    ids=["not long enough ago", "not shown to its end", "not ended"],
)
async def test_nothing_goes_that_may_still_be_asked_for(
    database: Database, outbox: SqlOutbox, facts: Sequence[Fact], shown: int, now: datetime
) -> None:
    await told(database, outbox, facts, shown)
    assert await SqlOutbox(database, lambda: now).prune() == 0
    assert await kept(outbox) == {CARD, TURN, FILE}


async def test_nothing_goes_of_an_incident_of_which_something_still_waits(
    database: Database, outbox: SqlOutbox
) -> None:
    await told(database, outbox, RESOLVED, len(RESOLVED))
    await outbox.put(Parcel("INC-1:9:0", "C1", Kind.UPLOAD, {"filename": "late.png"}, "INC-1"))
    assert await SqlOutbox(database, lambda: LATER).prune() == 0
    await outbox.failed("INC-1:9:0", "it can't be drawn")
    assert await SqlOutbox(database, lambda: LATER).prune() == 3


async def test_much_goes_in_small_portions(database: Database, outbox: SqlOutbox) -> None:
    await told(database, outbox, RESOLVED, len(RESOLVED))
    more = [Parcel(f"INC-1:9:{n}", "C1", Kind.POST, {"text": "x"}, "INC-1") for n in range(10)]
    await outbox.put(*more)
    for parcel in more:
        await outbox.failed(parcel.key, "gone")
    assert await prune(database, LATER - KEPT, batch=5) == len(more) + 2
