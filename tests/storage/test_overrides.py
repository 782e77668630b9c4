"""Settings that admins have changed, on real SQLite: shared by processes, and each change is in the audit trail."""

from datetime import UTC, datetime

import pytest

from storage.audit import SqlAudit
from storage.database import Database
from storage.overrides import Change, ChangedMeanwhile, Override, SqlOverrides
from storage.tampering import verify

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
REPORT = Change("mode", "ask", "report")


def clock() -> datetime:
    return NOW


async def told(database: Database) -> list[tuple[str, str, object]]:
    entries = [kept.entry for kept in await SqlAudit(database).entries()]
    return [(entry.kind, entry.by, entry.what["to"]) for entry in entries]


async def test_a_change_is_seen_by_other_processes_and_is_entered_with_it(url: str, database: Database) -> None:
    await SqlOverrides(database, clock).change("U0ADA", [REPORT, Change("approvers", [], ["U0BEN"])], {})
    async with Database(url) as other:
        there = await SqlOverrides(other).all()
    assert there == {"mode": Override("report", "U0ADA", NOW), "approvers": Override(["U0BEN"], "U0ADA", NOW)}
    assert await told(database) == [("setting_changed", "U0ADA", "report"), ("setting_changed", "U0ADA", ["U0BEN"])]
    assert (await verify(database)).flaws == ()


async def test_a_reset_takes_it_back(database: Database) -> None:
    overrides = SqlOverrides(database, clock)
    await overrides.change("U0ADA", [REPORT], {})
    await overrides.change("U0BEN", [Change("mode", "report", "ask", reset=True)], await overrides.all())
    assert await overrides.all() == {}
    assert await told(database) == [("setting_changed", "U0ADA", "report"), ("setting_changed", "U0BEN", "ask")]


async def test_who_looked_at_what_no_longer_holds_changes_nothing_and_enters_nothing(database: Database) -> None:
    overrides = SqlOverrides(database, clock)
    await overrides.change("U0ADA", [REPORT], {})
    with pytest.raises(ChangedMeanwhile):
        await overrides.change("U0BEN", [Change("mode", "ask", "off")], {})
    assert (await overrides.all())["mode"].value == "report"
    assert await told(database) == [("setting_changed", "U0ADA", "report")]


async def test_what_was_refused_is_entered_and_changes_nothing(database: Database) -> None:
    overrides = SqlOverrides(database, clock)
    await overrides.refuse("U0CLEO", [Change("mode", "ask", "auto")], "not an admin")
    assert await overrides.all() == {}
    assert await told(database) == [("setting_refused", "U0CLEO", "auto")]
