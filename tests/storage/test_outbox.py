from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.database import Database
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel, Waiting


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database, lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))


def post(key: str, text: str = "", channel: str = "C1", **more: Any) -> Parcel:  # noqa: ANN401 - what a Parcel has
    return Parcel(key, channel, Kind.POST, {"text": text or key}, **more)


async def deliver(outbox: SqlOutbox, channel: str = "C1") -> list[str]:
    """Send all that waits, and return the keys in order."""
    keys: list[str] = []
    while parcel := await outbox.first(channel):
        await outbox.take(parcel.key)
        await outbox.sent(parcel.key, f"{len(keys)}.{parcel.key}")
        keys.append(parcel.key)
    return keys


async def first(outbox: SqlOutbox, channel: str = "C1") -> Waiting:
    found = await outbox.first(channel)
    assert found is not None
    return found


async def edit(outbox: SqlOutbox) -> Waiting:
    found = await outbox.first_edit()
    assert found is not None
    return found


async def test_parcels_leave_in_the_order_in_which_they_came(outbox: SqlOutbox) -> None:
    await outbox.put(post("c"), post("a"))
    await outbox.put(post("b"))

    assert await deliver(outbox) == ["c", "a", "b"]


async def test_a_key_is_taken_in_once(outbox: SqlOutbox) -> None:
    await outbox.put(post("a", "once"))
    await outbox.put(post("a", "twice"))
    assert (await first(outbox)).body == {"text": "once"}

    assert await deliver(outbox) == ["a"]
    await outbox.put(post("a", "thrice"))
    assert (await outbox.first("C1"), await outbox.first_edit()) == (None, None)


async def test_what_was_tried_and_has_not_arrived_keeps_its_place_whatever_it_says_by_now(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", version=1), post("turn"))
    await outbox.take("card")
    await outbox.not_sent("card")
    await outbox.put(post("card", "newer", version=2))

    assert (await first(outbox)).body == {"text": "newer"}


async def test_channels_wait_for_themselves_only(outbox: SqlOutbox) -> None:
    await outbox.put(post("a"), post("b", channel="C2"))

    assert sorted(await outbox.channels()) == ["C1", "C2"]
    assert await deliver(outbox, "C2") == ["b"]
    assert await outbox.channels() == ("C1",)


async def test_what_is_urgent_overtakes_and_takes_the_root_of_its_thread_along(outbox: SqlOutbox) -> None:
    await outbox.put(post("other"), post("root"), post("turn", thread_of="root"))
    await outbox.put(post("question", thread_of="root", urgent=True))

    assert await deliver(outbox) == ["root", "question", "other", "turn"]


async def test_a_reply_learns_the_thread_from_the_message_that_began_it(outbox: SqlOutbox) -> None:
    await outbox.put(post("turn", thread_of="root"), post("root"))
    assert (await first(outbox)).key == "root"
    await outbox.take("root")
    await outbox.sent("root", "7.000001")

    assert (await first(outbox)).body == {"text": "turn", "thread_ts": "7.000001"}


async def test_a_reply_to_what_was_refused_is_an_orphan(outbox: SqlOutbox) -> None:
    await outbox.put(post("root"), post("turn", thread_of="root"))
    await outbox.failed("root", "channel_not_found")

    assert (await first(outbox)).orphaned
    assert await outbox.refused() == {"root": "channel_not_found"}


async def test_a_newer_version_takes_the_place_of_the_one_that_waits(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", "one", version=1), post("turn"))
    await outbox.put(post("card", "two", version=2))

    assert (await first(outbox)).body == {"text": "two"}
    assert await deliver(outbox) == ["card", "turn"]
    assert await outbox.first_edit() is None


async def test_an_older_version_that_comes_late_changes_nothing(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", "two", version=2))
    await outbox.put(post("card", "one", version=1))

    assert (await first(outbox)).body == {"text": "two"}


async def test_a_newer_version_of_what_was_sent_is_an_edit_of_it(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", "one", version=1))
    await deliver(outbox)
    await outbox.put(post("card", "two", version=2))
    await outbox.put(post("card", "three", version=3))

    assert await outbox.first("C1") is None
    waiting = await edit(outbox)
    assert (waiting.ts, waiting.body) == ("0.card", {"text": "three"})
    await outbox.take("card")
    await outbox.sent("card")
    assert await outbox.first_edit() is None


async def test_what_looks_the_same_is_not_edited(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", "one", version=1))
    await deliver(outbox)
    await outbox.put(post("card", "one", version=2))

    assert await outbox.first_edit() is None


async def test_what_changes_while_it_is_being_sent_is_edited_afterwards(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", "one", version=1))
    taken = await outbox.take("card")
    await outbox.put(post("card", "two", version=2))
    await outbox.sent("card", "7.000001")

    assert taken.body == {"text": "one"}
    assert (await edit(outbox)).body == {"text": "two"}


async def test_what_changes_before_it_is_taken_is_sent_as_it_is_by_then(outbox: SqlOutbox) -> None:
    await outbox.put(post("card", "one", version=1))
    await outbox.first("C1")
    await outbox.put(post("card", "two", version=2))

    assert (await outbox.take("card")).body == {"text": "two"}


async def test_edits_wait_their_turn_whatever_the_channel(outbox: SqlOutbox) -> None:
    await outbox.put(post("a", version=1), post("b", version=1, channel="C2"))
    await deliver(outbox)
    await deliver(outbox, "C2")
    await outbox.put(post("b", "b2", version=2, channel="C2"), post("a", "a2", version=2))
    await outbox.put(post("b", "b3", version=3, channel="C2"))

    assert (await edit(outbox)).body == {"text": "b3"}


async def test_what_a_dead_process_was_sending_is_in_doubt_since_the_first_try(database: Database) -> None:
    moments = iter([datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (9, 10)])
    await (outbox := SqlOutbox(database, lambda: next(moments))).put(post("a"))
    await outbox.take("a")
    await outbox.take("a")

    left = await first(SqlOutbox(database))
    assert (left.key, left.tried_at) == ("a", datetime(2026, 11, 24, 9, tzinfo=UTC))
    await outbox.not_sent("a")
    assert (await first(outbox)).tried_at is None


async def test_the_parts_of_what_was_too_long_stay_together(outbox: SqlOutbox) -> None:
    await outbox.put(post("a"), post("b", thread_of="root", incident_id="INC-1"), post("root"), post("c"))
    await outbox.split("b", [{"text": str(n)} for n in range(12)])

    assert await deliver(outbox) == ["a", "root", "b", *(f"b+{n:02}" for n in range(1, 12)), "c"]


async def test_what_is_said_instead_comes_in_its_place(outbox: SqlOutbox) -> None:
    await outbox.put(Parcel("file", "C1", Kind.UPLOAD, {"filename": "a.pdf"}, content=b"%PDF"), post("next"))
    await outbox.failed("file", "too large", {"text": "no file"})

    assert (await first(outbox)).body == {"text": "no file"}
    assert await deliver(outbox) == ["file+01", "next"]


async def test_a_file_is_kept_until_it_is_sent(outbox: SqlOutbox) -> None:
    await outbox.put(Parcel("file", "C1", Kind.UPLOAD, {"filename": "a.pdf"}, content=b"%PDF"))

    assert (await first(outbox)).content == b"%PDF"
    assert await deliver(outbox) == ["file"]


async def test_what_was_refused_waits_once_more_when_its_channel_opens(outbox: SqlOutbox) -> None:
    await outbox.put(post("root"), post("turn", thread_of="root"), post("elsewhere", channel="C2"))
    for key in ("root", "turn", "elsewhere"):
        await outbox.failed(key, "not_in_channel")
    await outbox.again("C1")

    assert await deliver(outbox) == ["root", "turn"]
    assert await outbox.refused() == {"elsewhere": "not_in_channel"}


async def test_a_card_that_was_refused_is_tried_again_in_its_next_version(outbox: SqlOutbox) -> None:
    card = post("card", "one", version=1)
    await outbox.put(card)
    await outbox.failed("card", "is_archived")
    await outbox.put(replace(card, body={"text": "two"}, version=2))

    assert await deliver(outbox) == ["card"]
    assert await outbox.refused() == {}


async def test_all_parcels_are_taken_in_or_none(outbox: SqlOutbox) -> None:
    with pytest.raises(TypeError):
        await outbox.put(post("a"), Parcel("b", "C1", Kind.POST, {"text": {1, 2}}))

    assert await outbox.first("C1") is None


async def test_there_is_news_when_something_was_put(outbox: SqlOutbox) -> None:
    assert not outbox.news.is_set()
    await outbox.put(post("a"))
    assert outbox.news.is_set()
