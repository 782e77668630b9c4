"""A trail that somebody has changed behind its back."""

from pathlib import Path

import pytest
from sqlalchemy import text

from incident.facts import FACT
from storage.audit import BEGINNING, Entry, SqlAudit
from storage.audited import ITSELF, PASSED_OVER, TOLD
from storage.database import Database
from storage.store import SqlStore
from storage.tampering import Flaw, verify
from tests.incident import made
from tests.incident.made import REACHED, incident

RESOLVED = REACHED["resolved"][1]
KINDS = [fact.kind for fact in RESOLVED if fact.kind in TOLD]


async def grown(database: Database) -> None:
    store = SqlStore(database)
    one = incident()
    await store.open(one)
    for fact in RESOLVED:
        one = await store.append(one, fact)


async def behind_its_back(database: Database, *deeds: str, **known: str) -> None:
    """Do what only somebody can who owns the database: without its triggers."""
    postgresql = ("ALTER TABLE audit DISABLE TRIGGER audit_append_only",)
    sqlite = ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
    async with database.writing() as connection:
        for deed in (*(sqlite if database.is_sqlite else postgresql), *deeds):
            await connection.execute(text(deed), known)


async def flaws(database: Database) -> list[tuple[int | None, str]]:
    return [(flaw.seq, flaw.why) for flaw in (await verify(database)).flaws]


def test_each_kind_of_fact_is_told_or_passed_over() -> None:
    variants = FACT.json_schema()["discriminator"]["mapping"]
    assert {*TOLD, *PASSED_OVER} == set(variants)
    assert not {*TOLD} & PASSED_OVER


async def test_what_was_decided_is_told_with_its_fact_and_the_trail_is_whole(database: Database) -> None:
    await grown(database)
    entries = await SqlAudit(database).entries(incident_id="INC-1")
    assert [each.entry.kind for each in entries] == KINDS
    answer = next(each.entry for each in entries if each.entry.kind == "approval")
    assert (answer.by, answer.what["decision"], answer.what["digest"]) == ("U1", "approved", made.PLAN.digest)
    assert {each.entry.by for each in entries} == {"U1", ITSELF}
    assert await verify(database) == (len(KINDS), entries[-1].hash, ())


async def test_an_empty_trail_is_whole(database: Database) -> None:
    assert await verify(database) == (0, BEGINNING, ())


@pytest.mark.parametrize(
    ("deed", "found"),
    [
        ("UPDATE audit SET by = 'U0EVE' WHERE seq = 2", (2, "the entry isn't what was entered")),
        ("UPDATE audit SET what = '{' WHERE seq = 2", (2, "the entry can't be read")),
        ("UPDATE facts SET body = replace(body, 'U1', 'U2') WHERE seq = 4", (2, "fact 4 of INC-1 (approval) isn't")),
    ],
)
async def test_what_was_changed_is_named(database: Database, deed: str, found: tuple[int, str]) -> None:
    await grown(database)
    await behind_its_back(database, deed)
    seq, why = (await flaws(database))[0]
    assert (seq, why[: len(found[1])]) == found


async def test_an_entry_that_is_gone_from_the_middle_is_named_and_so_is_its_fact(database: Database) -> None:
    await grown(database)
    await behind_its_back(database, "DELETE FROM audit WHERE seq = 2")
    assert await flaws(database) == [
        (3, "entries 2 to 2 are missing"),
        (3, "the entry before it isn't the one that was there when it was entered"),
        (None, "fact 4 of INC-1 (approval) has no entry"),
    ]


async def test_an_end_that_was_cut_off_is_noticed_by_the_facts_that_have_no_entry(database: Database) -> None:
    await grown(database)
    await behind_its_back(database, "DELETE FROM audit WHERE seq > 3")
    assert [why for _, why in await flaws(database)] == [
        "fact 6 of INC-1 (rollback_ended) has no entry",
        "fact 7 of INC-1 (check) has no entry",
    ]


async def test_a_fact_that_is_gone_is_named(database: Database) -> None:
    await grown(database)
    await behind_its_back(database, "DELETE FROM facts WHERE seq = 4")
    assert Flaw(2, "fact 4 of INC-1 is gone") in (await verify(database)).flaws


async def test_an_entry_that_was_written_anew_with_its_hash_breaks_the_chain_after_it(
    database: Database, tmp_path: Path
) -> None:
    await grown(database)
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}") as other:
        await other.upgrade()
        first, second = (await SqlAudit(database).entries())[:2]
        forged = second.entry.model_copy(update={"by": "U0EVE"})
        await SqlAudit(other).enter(first.entry, forged)
        (_, theirs) = await SqlAudit(other).entries()
    await behind_its_back(database, "UPDATE audit SET by = 'U0EVE', hash = :hash WHERE seq = 2", hash=theirs.hash)
    assert await flaws(database) == [(3, "the entry before it isn't the one that was there when it was entered")]


async def test_facts_that_are_older_than_the_trail_need_no_entries(database: Database) -> None:
    await grown(database)
    await behind_its_back(database, "DELETE FROM audit")
    await SqlAudit(database).enter(Entry(at=made.LATER.replace(year=2999), kind="paused", by="U0ADA"))
    assert (await verify(database)).flaws == ()
