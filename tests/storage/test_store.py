"""The store on real SQLite files: restarts, races, crashes."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from incident.alert import Alert
from incident.facts import Action, Outcome, Remark, RollbackStarted
from incident.model import Incident, OutOfOrder
from incident.ports import AlreadyOpen, Busy, LostRace, UnknownIncident
from incident.status import WORLD_LABEL, Status, World
from storage.database import Database
from storage.store import SqlStore
from tests.incident import made
from tests.incident.made import REACHED, approval, ended, incident, verdict

APPROVED = (made.TURN, made.DIAGNOSIS, made.asking_for_real(), approval())


def real(name: str, service: str = "shop") -> Incident:
    alert = made.ALERT.model_copy(update={"service": service})
    return incident(World.REAL, name).model_copy(update={"alert": alert})


async def grown(store: SqlStore, bare: Incident, *facts: object) -> Incident:
    await store.open(bare)
    for fact in facts:
        bare = await store.append(bare, fact)  # type: ignore[arg-type]
    return bare


@pytest.mark.parametrize("where", REACHED)
async def test_an_incident_survives_a_restart_in_every_status(url: str, where: str) -> None:
    async with Database(url) as database:
        await database.upgrade()
        before = await grown(SqlStore(database), incident(), *REACHED[where][1])
    async with Database(url) as database:
        after = await SqlStore(database).load("INC-1")
    assert after == before
    assert after.status is REACHED[where][0]


async def test_moments_come_back_exactly(database: Database) -> None:
    store = SqlStore(database)
    moment = datetime(2026, 3, 1, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    await grown(
        store,
        incident().model_copy(update={"opened_at": moment.astimezone(UTC)}),
        Remark(at=moment, by="U1", text="é\x00 ☃"),
    )
    loaded = await store.load("INC-1")
    assert (loaded.opened_at, loaded.facts[0].at) == (moment, moment)
    assert loaded.opened_at.tzinfo is UTC


async def test_of_two_writers_at_once_one_loses(url: str, database: Database) -> None:
    mine = await grown(SqlStore(database), incident())
    async with Database(url) as second:
        stores = (SqlStore(database), SqlStore(second))
        done = await asyncio.gather(*(s.append(mine, made.OWNED) for s in stores), return_exceptions=True)
    assert sorted(type(d).__name__ for d in done) == ["Incident", "LostRace"]
    assert len((await SqlStore(database).load("INC-1")).facts) == 1


async def test_the_same_problem_opened_twice_at_once_is_one_incident(url: str, database: Database) -> None:
    async with Database(url) as second:
        opening = (SqlStore(database).open(real("INC-1")), SqlStore(second).open(real("INC-2")))
        done = await asyncio.gather(*opening, return_exceptions=True)
    lost = [d for d in done if d is not None]
    assert [type(d) for d in lost] == [AlreadyOpen]
    (held,) = await SqlStore(database).recent()
    assert str(lost[0]) == held.id


async def test_an_id_that_is_taken_is_refused(database: Database) -> None:
    store = SqlStore(database)
    await store.open(real("INC-1"))
    with pytest.raises(LostRace):
        await store.open(real("INC-1", service="other"))


async def test_a_fingerprint_is_free_again_once_its_incident_is_closed(database: Database) -> None:
    store = SqlStore(database)
    await grown(store, real("INC-1"), *REACHED["closed"][1])
    await store.open(real("INC-2"))
    newest = await store.latest(real("INC-9").fingerprint)
    assert newest is not None
    assert newest.id == "INC-2"


async def test_a_refire_after_the_end_does_not_steal_the_fingerprint_of_a_newer_incident(database: Database) -> None:
    store = SqlStore(database)
    closed = await grown(store, real("INC-1"), *REACHED["closed"][1])
    await store.open(real("INC-2"))
    with pytest.raises(AlreadyOpen, match="INC-2"):
        await store.append(closed, made.SEEN_AGAIN)
    assert (await store.load("INC-1")).status is Status.CLOSED


async def test_a_second_rollback_of_a_service_is_refused_while_one_is_under_way(database: Database) -> None:
    store = SqlStore(database)
    first = await grown(store, real("INC-1"), *APPROVED, made.STARTED)
    waiting = await grown(store, real("INC-2", "web"), *APPROVED)
    rival = made.STARTED.model_copy(update={"key": "key-2"})
    with pytest.raises(Busy, match="shop"):
        await store.append(waiting, rival)
    assert (await store.load("INC-2")).status is Status.ROLLING_BACK
    await store.append(first, ended(Outcome.FAILED))
    assert (await store.append(waiting, rival)).last(RollbackStarted) == rival


async def test_a_rollback_whose_end_is_unknown_keeps_its_place_until_it_is_closed(database: Database) -> None:
    store = SqlStore(database)
    lost = await grown(store, real("INC-1"), *APPROVED, made.STARTED, ended(Outcome.UNKNOWN))
    waiting = await grown(store, real("INC-2", "web"), *APPROVED)
    rival = made.STARTED.model_copy(update={"key": "key-2"})
    with pytest.raises(Busy):
        await store.append(waiting, rival)
    await store.append(lost, made.CLOSED)
    assert (await store.append(waiting, rival)).acting


async def test_two_made_up_worlds_do_not_stand_in_each_others_way(database: Database) -> None:
    store = SqlStore(database)
    await grown(store, incident(name="INC-1"), *made.RUNNING)
    other = await grown(store, incident(name="INC-2"), *made.ASKED, approval())
    assert (await store.append(other, made.STARTED.model_copy(update={"key": "key-2"}))).acting


async def test_alerts_of_one_made_up_world_join(database: Database) -> None:
    labelled: Alert = made.ALERT.model_copy(update={"labels": {WORLD_LABEL: "w1"}})
    store = SqlStore(database)
    await store.open(incident(name="INC-1").model_copy(update={"alert": labelled}))
    with pytest.raises(AlreadyOpen, match="INC-1"):
        await store.open(incident(name="INC-2").model_copy(update={"alert": labelled}))


async def test_what_was_stored_and_not_shown_is_known_after_a_crash(url: str) -> None:
    async with Database(url) as database:
        await database.upgrade()
        store = SqlStore(database)
        await grown(store, incident(), made.TURN, made.DIAGNOSIS)
        await store.mark_shown("INC-1", 0)
        await store.mark_shown("INC-1", 1)
    async with Database(url) as database:
        assert list(await SqlStore(database).unshown("INC-1")) == [2]


async def test_a_fact_that_cannot_follow_is_not_stored(database: Database) -> None:
    store = SqlStore(database)
    bare = await grown(store, incident())
    with pytest.raises(OutOfOrder):
        await store.append(bare, verdict(Action.ASK))
    assert (await store.load("INC-1")).facts == ()


async def test_an_unknown_id_says_so(database: Database) -> None:
    with pytest.raises(UnknownIncident, match="INC-0"):
        await SqlStore(database).load("INC-0")


async def test_the_newest_incident_is_the_one_stored_last_whenever_it_happened(database: Database) -> None:
    store = SqlStore(database)
    for days, name in enumerate(("INC-ZZZZ1", "INC-AAAA2")):
        await store.open(
            real(name).model_copy(update={"opened_at": made.T - timedelta(days=days), "environment": name})
        )
    assert [i.id for i in await store.recent(1)] == ["INC-AAAA2"]


async def test_incidents_are_found_by_part_of_their_id_service_or_target_newest_first(database: Database) -> None:
    store = SqlStore(database)
    for day, (name, service) in enumerate([("INC-AAAA1", "shop"), ("INC-AAAB2", "web"), ("INC-CCCC3", "shop")]):
        opened = real(name, service).model_copy(update={"opened_at": made.T + timedelta(days=day)})
        await store.open(opened.model_copy(update={"environment": name}))
    assert [i.id for i in await store.find("inc-aaa")] == ["INC-AAAB2", "INC-AAAA1"]
    assert [i.id for i in await store.find("WE")] == ["INC-AAAB2"]
    assert [i.id for i in await store.find("Sho")] == ["INC-CCCC3", "INC-AAAB2", "INC-AAAA1"]  # all by target
    assert await store.find("%") == ()
    assert [i.id for i in await store.recent(2)] == ["INC-CCCC3", "INC-AAAB2"]


async def test_unfinished_incidents_are_those_that_go_on_by_themselves(database: Database) -> None:
    store = SqlStore(database)
    for n, (_, facts) in enumerate(REACHED.values()):
        told = [f.model_copy(update={"key": f"k{n}"}) if hasattr(f, "key") else f for f in facts]
        await grown(store, incident(name=f"INC-{n}"), *told)
    assert {i.status.ended for i in await store.unfinished()} == {False}
    assert len(await store.unfinished()) == 9


async def test_what_has_ended_and_is_silent_can_be_found_and_nothing_else(database: Database) -> None:
    store, day = SqlStore(database), timedelta(days=1)
    old = [fact.model_copy(update={"at": made.T - 9 * day}) for fact in REACHED["reported"][1]]
    aged = await grown(store, real("INC-AGED"), *old)
    healed = await grown(store, real("INC-HEALED", "cart"), *REACHED["reported"][1], made.HEALED)
    await grown(store, real("INC-FRESH", "db"), *REACHED["reported"][1])
    await grown(store, real("INC-DONE", "web"), *old, made.CLOSED)
    await grown(store, real("INC-OPEN", "mail"), made.TURN.model_copy(update={"at": made.T - 9 * day}))
    found = await store.idle(made.T + timedelta(minutes=1), made.T - 7 * day)
    assert {each.id for each in found} == {aged.id, healed.id}
    assert [each.id for each in await store.idle(made.T, made.T - 7 * day)] == [aged.id]


async def test_a_name_with_a_character_that_no_database_keeps_is_stored_and_found(database: Database) -> None:
    store = SqlStore(database)
    await store.open(real("INC-1", service="sh\x00op"))
    assert [i.id for i in await store.find("sh\x00op")] == ["INC-1"]
    assert (await store.load("INC-1")).alert.service == "sh\x00op"
