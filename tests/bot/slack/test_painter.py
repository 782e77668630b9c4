"""Files that are named first and drawn later: none is lost, none comes twice, whatever happens in between."""

import asyncio

from bot.report import PdfFailed
from bot.slack.chat import SlackChat
from bot.slack.delivery import Delivery
from bot.slack.painter import painting
from bot.thread.draw import painted as really_painted
from bot.workspace.faults import Fault
from bot.workspace.server import Workspace
from incident.model import Incident
from storage.database import Database
from storage.memory import Origin, SqlMemory
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from storage.store import SqlStore
from tests.bot.slack.test_chat import OPTIONS, REAL, show
from tests.bot.slack.wire import ALERTS, INCIDENTS, QUICK, client_of, painted, post, said, settled
from tests.incident import made


def named(seq: int, name: str) -> Parcel:
    """A file that is still to be drawn."""
    body = {"filename": name, "title": f"The {name}", "alt_txt": name}
    return Parcel(f"INC-1:{seq}:0", ALERTS, Kind.UPLOAD, body, "INC-1")


async def test_the_pictures_and_reports_of_an_incident_are_drawn_from_what_is_stored(
    workspace: Workspace, outbox: SqlOutbox, database: Database
) -> None:
    store, memory, bare = SqlStore(database), SqlMemory(database), made.incident()
    await store.beginning_at(Origin(INCIDENTS)).open(bare)
    incident = bare
    for fact in made.REACHED["resolved"][1]:
        incident = await store.append(incident, fact)
    await show(SlackChat(outbox, memory, REAL), bare, incident.facts)

    async def from_the_store(incident_id: str, seq: int, name: str) -> bytes:
        stored: Incident = await store.load(incident_id)
        return await asyncio.to_thread(really_painted, stored, seq, name, OPTIONS)

    async with Delivery(outbox, client_of(workspace), QUICK), painting(outbox, from_the_store):
        await settled(outbox)

    assert [(file.title, file.body[:4]) for file in workspace.team.files.values()] == [
        ("Draft report of INC-1", b"%PDF"),
        ("Report of INC-1", b"%PDF"),
    ]
    assert await outbox.refused() == {}


async def test_what_can_not_be_drawn_is_said_and_those_behind_it_are_drawn(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    async def fails_once(incident_id: str, seq: int, name: str) -> bytes:
        if seq == 1:
            message = "the PDF can't be made: no letters"
            raise PdfFailed(message)
        return await painted(incident_id, seq, name)

    await outbox.put(named(1, "INC-1.pdf"), named(2, "chart.png"))
    async with Delivery(outbox, client_of(workspace), QUICK), painting(outbox, fails_once):
        await settled(outbox)

    sorry, chart = said(workspace)
    assert sorry.startswith("“The INC-1.pdf” could not be posted here: the PDF can't be made: no letters. Write `rca ")
    assert chart == "chart.png"


async def test_a_painter_that_is_left_in_the_middle_leaves_the_file_to_the_next_one(
    workspace: Workspace, database: Database
) -> None:
    begun = asyncio.Event()

    async def never_ends(_incident_id: str, _seq: int, _name: str) -> bytes:
        begun.set()
        return await asyncio.get_running_loop().create_future()

    outbox = SqlOutbox(database)
    await outbox.put(named(1, "chart.png"), post("turn"))
    async with Delivery(outbox, client_of(workspace), QUICK):
        async with painting(outbox, never_ends):
            await begun.wait()
            await workspace.until(lambda: said(workspace) == ["turn"])
        async with painting(outbox, painted):
            await settled(outbox)

    assert said(workspace) == ["turn", "chart.png"]


async def test_a_file_that_is_drawn_twice_is_sent_as_it_was_drawn_first(outbox: SqlOutbox) -> None:
    await outbox.put(chart := named(1, "chart.png"))
    for drawn in (b"as it was", b"as two painters at once would draw it"):
        await outbox.drawn(chart.key, drawn)

    waiting = await outbox.first(ALERTS)
    assert waiting is not None
    assert waiting.content == b"as it was"


async def test_a_file_whose_upload_is_in_doubt_is_not_drawn_anew(workspace: Workspace, outbox: SqlOutbox) -> None:
    times = 0

    async def counted(incident_id: str, seq: int, name: str) -> bytes:
        nonlocal times
        times += 1
        return await painted(incident_id, seq, f"{name} {times}")

    workspace.faults.add(Fault("files.completeUploadExternal", "lost"))
    await outbox.put(named(1, "chart.png"))
    async with Delivery(outbox, client_of(workspace), QUICK), painting(outbox, counted):
        await settled(outbox)

    assert (said(workspace), times) == (["chart.png"], 1)


async def test_a_file_that_was_given_up_undrawn_is_drawn_once_the_way_is_free(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    await outbox.put(chart := named(1, "chart.png"))
    await outbox.failed(chart.key, "no way")
    async with Delivery(outbox, client_of(workspace), QUICK), painting(outbox, painted):
        await outbox.again(ALERTS)
        await settled(outbox)

    assert said(workspace) == ["chart.png"]
