"""The account of language models in real databases, with several connections that want the same at once."""

import asyncio

import pytest
from sqlalchemy import text, update

from incident.account import LAPSE
from incident.quota import DAY, Asked, Call, Caps, Granted, Heard, Wait
from storage.database import Database
from storage.quota import SqlQuota
from storage.tables import accounts

MODEL = "openai/gpt-oss-120b"


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def asked(tokens: int, name: str = "call") -> Asked:
    return Asked(id=name, incident="INC-1", rank=1, model=MODEL, tokens=tokens)


async def take(quota: SqlQuota, wanted: Asked) -> object:
    return await quota.change(lambda account, now: account.ask(wanted, Caps(), 0.0, now))


async def tokens_left(quota: SqlQuota) -> int | None:
    return (await quota.change(lambda account, now: (account, account.left(MODEL, Caps(), now)))).tokens_a_minute


async def test_of_many_replicas_that_take_at_once_only_so_many_are_let_as_there_is_room(
    url: str, database: Database
) -> None:
    async with Database(url) as other, Database(url) as third:
        quotas = [SqlQuota(each) for each in (database, other, third)]
        answers = await asyncio.gather(*(take(quotas[n % 3], asked(1000, f"call-{n}")) for n in range(21)))
    assert sum(isinstance(answer, Granted) for answer in answers) == 8
    assert await tokens_left(SqlQuota(database)) == 0


async def test_a_severe_incident_of_another_replica_comes_first(url: str, database: Database, time: Time) -> None:
    low, severe = asked(5000, "low"), asked(5000, "severe").model_copy(update={"rank": 0})
    async with Database(url) as other:
        one, two = SqlQuota(database, time), SqlQuota(other, time)
        await take(one, asked(8000))
        for quota, waits in ((one, low), (two, severe)):
            await quota.change(lambda account, now, waits=waits: account.ask(waits, Caps(), 60.0, now))
        await one.change(lambda account, _: (account.without("call"), None))
        refused = await one.change(lambda account, now: account.ask(low, Caps(), 60.0, now))
        assert (isinstance(refused, Wait), isinstance(await take(two, severe), Granted)) == (True, True)


async def test_what_one_replica_learns_and_settles_the_others_see(url: str, database: Database, time: Time) -> None:
    one = SqlQuota(database, time)
    await take(one, asked(5000))
    took = Call(id="call", incident="INC-1", model=MODEL, at=1000, tokens=1200)
    await one.change(lambda account, _: (account.entering(took), None))
    async with Database(url) as other:
        assert await tokens_left(SqlQuota(other, time)) == 6800
        said = Heard(tokens=250_000, tokens_left=200_000, tokens_reset=12)
        await SqlQuota(other, time).change(lambda account, now: (account.learn(MODEL, said, now), None))
    assert await tokens_left(one) == 200_000


async def test_what_a_process_that_died_has_held_is_free_again_for_the_others(
    url: str, database: Database, time: Time
) -> None:
    async with Database(url) as dying:
        await take(SqlQuota(dying, time), asked(8000))
    surviving = SqlQuota(database, time)
    time.now += LAPSE - 1
    assert await tokens_left(surviving) == 0
    time.now += 1
    assert await tokens_left(surviving) == 8000


async def test_calls_that_are_older_than_a_day_are_dropped(database: Database, time: Time) -> None:
    quota = SqlQuota(database, time)
    for number in range(5):
        took = Call(id=str(number), incident="INC-1", model=MODEL, at=time.now, tokens=100)
        await quota.change(lambda account, _, took=took: (account.entering(took), None))
        time.now += 3600
    time.now += DAY
    await take(quota, asked(10))
    assert [call.tokens for call in await quota.change(lambda account, _: (account, account.calls))] == [10]


async def test_the_clock_is_the_databases_where_several_share_one(database: Database) -> None:
    now = await SqlQuota(database).change(lambda account, now: (account, now))
    query = "SELECT unixepoch()" if database.is_sqlite else "SELECT extract(epoch from clock_timestamp())"
    async with database.reading() as connection:
        assert abs(float((await connection.execute(text(query))).scalar_one()) - now) < 60


async def test_an_account_that_cannot_be_read_begins_anew(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    await take(SqlQuota(database), asked(8000))
    async with database.writing() as connection:
        await connection.execute(update(accounts).values(body='{"calls": "many"}'))
    assert isinstance(await take(SqlQuota(database), asked(8000)), Granted)
    assert "begins anew" in caplog.text


async def test_looking_writes_nothing(database: Database) -> None:
    await tokens_left(SqlQuota(database))
    async with database.reading() as connection:
        assert (await connection.execute(accounts.select())).all() == []
