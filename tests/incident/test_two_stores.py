"""Two replicas on one PostgreSQL act on one incident at the same moment: one effect, and each learns of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from incident.facts import Decision, RollbackStarted
from incident.hands import Hands
from incident.model import Incident, OutOfOrder
from incident.responder import Responder
from incident.status import Status, World
from storage.database import Database
from storage.store import SqlStore
from tests.incident import made
from tests.incident.shop import Shop, run, unsure, yes
from tests.postgres import Server


@pytest.fixture
async def both(hands: Hands, postgresql: Server) -> AsyncIterator[tuple[Hands, Hands]]:
    url = postgresql.database()
    async with Database(url) as one, Database(url) as other:
        await one.upgrade()
        yield replace(unsure(hands), store=SqlStore(one)), replace(unsure(hands), store=SqlStore(other))


async def test_two_yeses_at_two_replicas_are_one_dispatch(both: tuple[Hands, Hands], shop: Shop) -> None:
    waiting = await run(both[0])
    answers = [Responder(hands).decide(waiting, yes(shop, waiting)) for hands in both]
    done = await asyncio.gather(*answers, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Incident", "OutOfOrder"]
    (decided,) = (each for each in done if isinstance(each, Incident))
    over = await asyncio.gather(*(Responder(hands).advance(decided) for hands in both))
    assert {each.status for each in over} == {Status.RESOLVED}
    assert len(set(shop.asked)) == 1
    assert len((await both[1].store.load(waiting.id)).every(RollbackStarted)) == 1


async def test_a_yes_and_a_no_at_two_replicas_are_one_answer(both: tuple[Hands, Hands], shop: Shop) -> None:
    waiting = await run(both[0])
    no = yes(shop, waiting).model_copy(update={"decision": Decision.REJECTED, "by": "U2"})
    answers = (Responder(both[0]).decide(waiting, yes(shop, waiting)), Responder(both[1]).decide(waiting, no))
    done = await asyncio.gather(*answers, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Incident", "OutOfOrder"]
    refused = next(each for each in done if isinstance(each, OutOfOrder))
    assert waiting.id in str(refused)


async def test_the_same_page_at_two_replicas_is_one_incident(both: tuple[Hands, Hands]) -> None:
    opening = (Responder(each).open(made.ALERT, "shop", World.REAL, "production") for each in both)
    one, other = await asyncio.gather(*opening)
    assert one.id == other.id
    assert sorted([len(one.facts), len(other.facts)]) == [0, 1]
