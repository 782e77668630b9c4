"""Delivery over the wire when all goes well: order, lanes, edits, files, reactions."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.delivery import Delivery
from bot.slack.pace import Lane, Pace
from bot.workspace.faults import Fault
from bot.workspace.server import Workspace
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from tests.bot.slack.wire import ALERTS, INCIDENTS, QUICK, post, said, settled, upload

pytestmark = pytest.mark.usefixtures("delivery")


async def test_a_thread_is_posted_in_order_under_its_root(workspace: Workspace, outbox: SqlOutbox) -> None:
    keys = ["card", *(f"turn {number}" for number in range(20))]
    await outbox.put(*(post(key, thread_of=None if key == "card" else "card") for key in keys))
    await settled(outbox)

    root, *replies = workspace.channel(ALERTS).messages.values()
    assert said(workspace) == keys
    assert (root.is_reply, {reply.thread_ts for reply in replies}) == (False, {root.ts})


async def test_every_message_carries_its_key_and_unfurls_nothing(workspace: Workspace, outbox: SqlOutbox) -> None:
    spoken = {"username": "Log agent", "icon_emoji": ":mag:"}
    await outbox.put(post("INC-1:3:0", body=spoken))
    await settled(outbox)

    (message,) = workspace.channel(ALERTS).messages.values()
    assert message.metadata == {"event_type": "first_responder", "event_payload": {"key": "INC-1:3:0"}}
    assert (message.content["username"], message.content["icons"]) == ("Log agent", {"emoji": ":mag:"})


async def test_a_channel_that_has_to_wait_holds_up_no_other(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "hang"))
    await outbox.put(post("stuck"))
    await workspace.until(lambda: not len(workspace.faults))
    await outbox.put(post("free", INCIDENTS))
    await workspace.until(lambda: said(workspace, INCIDENTS))

    assert said(workspace) == []
    await settled(outbox)
    assert said(workspace) == ["stuck"]


async def test_what_is_urgent_overtakes_what_waits(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "429", retry_after=1))
    await outbox.put(post("card"), *(post(f"turn {number}", thread_of="card") for number in range(3)))
    await workspace.until(lambda: not len(workspace.faults))
    await outbox.put(post("approve?", thread_of="card", urgent=True))
    await settled(outbox)

    assert said(workspace) == ["card", "approve?", "turn 0", "turn 1", "turn 2"]


async def test_of_many_edits_the_last_is_made(workspace: Workspace, outbox: SqlOutbox) -> None:
    await outbox.put(post("card", version=1))
    await settled(outbox)
    workspace.faults.add(Fault("chat.update", "429", retry_after=1), Fault("chat.update", "error", code="one too many"))
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": "at first"}, version=2))
    await workspace.until(lambda: len(workspace.faults) == 1)
    for version in range(3, 30):
        await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": f"version {version}"}, version=version))
    await workspace.until(lambda: not len(workspace.faults))
    await settled(outbox)

    assert (said(workspace), await outbox.refused()) == (["card"], {"card": "one too many"})
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": "at last"}, version=30))
    await settled(outbox)
    assert said(workspace) == ["at last"]


async def test_edits_hold_up_no_messages(workspace: Workspace, outbox: SqlOutbox) -> None:
    await outbox.put(post("card", version=1))
    await settled(outbox)
    workspace.faults.add(Fault("chat.update", "hang"))
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": "newer"}, version=2))
    await workspace.until(lambda: not len(workspace.faults))
    await outbox.put(post("turn", thread_of="card"))
    await workspace.until(lambda: said(workspace) == ["card", "turn"])
    await settled(outbox)

    assert said(workspace) == ["newer", "turn"]


async def test_a_file_can_be_seen_before_what_comes_next(workspace: Workspace, outbox: SqlOutbox) -> None:
    await outbox.put(post("card"), upload("chart", thread_of="card"), post("turn", thread_of="card"))
    await settled(outbox)

    assert said(workspace) == ["card", "chart.pdf", "turn"]
    (file,) = workspace.team.files.values()
    assert (file.title, file.alt_text, file.body) == ("The report", "A report", b"%PDF-1.7")


async def test_a_reaction_is_put_and_taken_back_and_may_be_there_already(
    workspace: Workspace, outbox: SqlOutbox, client: AsyncWebClient
) -> None:
    ts = workspace.post("AALERTM", "alerts", text="[FIRING]")
    await client.reactions_add(channel=ALERTS, timestamp=ts, name="eyes")
    for kind, name in ((Kind.REACT, "eyes"), (Kind.UNREACT, "eyes"), (Kind.REACT, "white_check_mark")):
        await outbox.put(Parcel(f"{kind} {name}", ALERTS, kind, {"timestamp": ts, "name": name}))
    await outbox.put(Parcel("once more", ALERTS, Kind.UNREACT, {"timestamp": ts, "name": "eyes"}))
    await settled(outbox)

    assert workspace.channel(ALERTS).messages[ts].reactions == {"white_check_mark": ["UFRBOT"]}
    assert await outbox.refused() == {}


async def test_a_word_to_one_person_is_seen_by_that_person_only(workspace: Workspace, outbox: SqlOutbox) -> None:
    await outbox.put(Parcel("hint", ALERTS, Kind.EPHEMERAL, {"user": "U0CLEO", "text": "only Ada may"}))
    await settled(outbox)

    (message,) = workspace.channel(ALERTS).messages.values()
    assert (message.only_for, message.content["text"]) == ("U0CLEO", "only Ada may")


async def test_a_client_that_repeats_calls_by_itself_is_not_taken(workspace: Workspace, outbox: SqlOutbox) -> None:
    with pytest.raises(ValueError, match=r"retry_handlers=\[\]"):
        Delivery(outbox, AsyncWebClient(workspace.bot_token, base_url=workspace.api_url), QUICK)


def test_a_lane_lets_a_burst_through_and_then_keeps_its_pace() -> None:
    lane = Lane(Pace(), every=60.0, burst=2)

    assert [lane.take(counted=True) for _ in range(2)] == [0, 0]
    assert 50 < lane.take(counted=True) <= 60
    assert lane.take(counted=False) == 0


def test_a_lane_pauses_ever_longer_while_one_parcel_goes_wrong() -> None:
    lane = Lane(Pace(first_pause=100.0, longest_pause=300.0), every=1.0, burst=1)
    pauses = [(lane.went_wrong("a"), round(lane.take(counted=False), -2)) for _ in range(3)]

    assert pauses == [(1, 100), (2, 200), (3, 300)]
    assert lane.went_wrong("b") == 1
    lane.went_well()
    assert lane.went_wrong("b") == 1
