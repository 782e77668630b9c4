"""Facts become a thread in Slack: really drawn, stored, sent and kept current."""

from typing import Any

import pytest

from bot.slack.chat import Drawing, SlackChat
from bot.slack.delivery import Delivery
from bot.slack.painter import painting
from bot.slack.wrapping import Wrapping
from bot.thread.card import card
from bot.thread.draw import asked, draw, redrawn
from bot.thread.message import Message, Upload
from bot.thread.options import Options
from bot.workspace.courier import Pace as SlacksPace
from bot.workspace.server import Workspace
from bot.workspace.state import Message as Posted
from incident.diagnosis import Category
from incident.facts import Fact
from incident.model import Incident
from storage.database import Database
from storage.memory import Origin, SqlMemory, Thread, card_key
from storage.outbox import SqlOutbox
from storage.parcel import Kind
from storage.store import SqlStore
from tests.bot.slack.wire import ALERTS, INCIDENTS, QUICK, client_of, painted, said, settled
from tests.incident import made

OPTIONS = Options(approvers=("U0ADA",))


async def options() -> Options:
    return OPTIONS


REAL = Drawing(
    draw=draw,
    redrawn=redrawn,
    card=lambda incident, options: card(incident, {}, options),
    question=asked,
    options=options,
)
PLAIN = Drawing(
    draw=lambda _incident, fact, seq, _options: () if fact is None else (Message(f"{seq} {fact.kind}"),),
    redrawn=lambda _incident, _fact, _seq, _options: (),
    card=lambda incident, _options: Message(f"{incident.status} after {len(incident.facts)}"),
    question=lambda _incident, _options: (),
    options=options,
)


@pytest.fixture
def memory(database: Database) -> SqlMemory:
    return SqlMemory(database)


async def opened(database: Database, origin: Origin) -> Incident:
    bare = made.incident()
    await SqlStore(database).beginning_at(origin).open(bare)
    return bare


async def show(chat: SlackChat, bare: Incident, facts: tuple[Fact, ...]) -> Incident:
    """Show a whole incident as `Hands` does."""
    await chat.show(bare, None, 0)
    for seq, fact in enumerate(facts, 1):
        bare = bare.after(fact)
        await chat.show(bare, fact, seq)
    return bare


def buttons(message: Posted) -> list[str]:
    rows: list[dict[str, Any]] = [b for b in message.content.get("blocks", ()) if b["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


@pytest.mark.parametrize("where", made.REACHED)
@pytest.mark.usefixtures("delivery")
async def test_every_fact_is_taken_by_slack_as_it_is_drawn(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory, where: str
) -> None:
    bare = await opened(database, Origin(INCIDENTS))
    await show(SlackChat(outbox, memory, REAL), bare, made.REACHED[where][1])
    await settled(outbox)

    root, *replies = workspace.channel(INCIDENTS).messages.values()
    assert {reply.thread_ts for reply in replies} == {root.ts}
    assert "markdown" not in {block["type"] for m in (root, *replies) for block in m.content.get("blocks", ())}
    assert await outbox.refused() == {}


@pytest.mark.usefixtures("delivery")
async def test_a_question_that_was_answered_has_no_buttons_left(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    chat = SlackChat(outbox, memory, REAL)
    asked = await show(chat, await opened(database, Origin(INCIDENTS)), made.ASKED)
    await settled(outbox)
    (question,) = [m for m in workspace.channel(INCIDENTS).messages.values() if "approve" in buttons(m)]
    rejected = made.approval(made.Decision.REJECTED)
    await chat.show(asked.after(rejected), rejected, len(asked.facts) + 1)
    await settled(outbox)

    assert buttons(question) == []
    assert question.edited is not None


@pytest.mark.usefixtures("delivery")
async def test_under_an_alert_the_card_is_a_reply_and_the_alert_carries_how_it_stands(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    alert = workspace.post("AALERTM", ALERTS, text="[FIRING] checkout is slow")
    bare = await opened(database, Origin(ALERTS, alert))
    faces = []
    chat = SlackChat(outbox, memory, PLAIN)
    for _, facts in (made.REACHED["investigating"], made.REACHED["awaiting_approval"], made.REACHED["resolved"]):
        await show(chat, bare, facts)
        await settled(outbox)
        faces.append(list(workspace.channel(ALERTS).messages[alert].reactions))

    root, first, *_ = workspace.channel(ALERTS).messages.values()
    assert faces == [["eyes"], ["raising_hand"], ["white_check_mark"]]
    assert (root.ts, first.thread_ts, first.content["text"]) == (alert, alert, "resolved after 7")
    assert said(workspace)[2:] == [f"{seq} {fact.kind}" for seq, fact in enumerate(made.REACHED["resolved"][1], 1)]


REPORTED = made.REACHED["reported"][1]
WELL = (made.TURN, made.DIAGNOSIS.model_copy(update={"category": Category.NONE}), REPORTED[-1])


@pytest.mark.parametrize(
    ("facts", "face"),
    [
        (REPORTED, "raising_hand"),
        (WELL, "white_check_mark"),
        ((*REPORTED, made.HEALED), "white_check_mark"),
        ((*WELL, made.HEALED, made.SEEN_AGAIN), "raising_hand"),
    ],
    ids=["a person decides", "nothing is wrong any more", "whoever paged says it is over", "it pages again"],
)
def test_a_report_calls_for_nobody_once_the_problem_has_gone(facts: tuple[Fact, ...], face: str) -> None:
    incident, thread = made.incident().replay(facts), Thread(ALERTS, "7.000001", None)
    parcels = [p for seq in range(len(facts) + 1) for p in Wrapping(incident.at(seq), thread).reactions(seq)]
    assert parcels[-1].kind is Kind.REACT
    assert parcels[-1].body["name"] == face


async def test_showing_everything_again_after_a_crash_shows_nothing_twice(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    bare = await opened(database, Origin(INCIDENTS))
    chat = SlackChat(outbox, memory, PLAIN)
    incident = await show(chat, bare, made.RUNNING)
    async with Delivery(outbox, client_of(workspace), QUICK):
        await settled(outbox)
    before = said(workspace, INCIDENTS)
    async with Delivery(outbox, client_of(workspace), QUICK):
        for seq in range(len(incident.facts) + 1):
            await chat.show(incident.at(seq), incident.facts[seq - 1] if seq else None, seq)
        await settled(outbox)

    assert said(workspace, INCIDENTS) == before
    assert before[0] == "rolling_back after 5"


@pytest.mark.usefixtures("delivery")
async def test_the_card_is_brought_up_to_date_without_a_fact(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    working = iter(["reading logs", "reading metrics"])
    chat = SlackChat(outbox, memory, PLAIN._replace(card=lambda _incident, _options: Message(next(working))))
    bare = await opened(database, Origin(INCIDENTS))
    await chat.show(bare, None, 0)
    await settled(outbox)
    await chat.refresh(bare)
    await settled(outbox)

    assert said(workspace, INCIDENTS) == ["reading metrics"]


async def test_a_text_waits_for_no_picture_and_the_picture_follows_when_it_is_drawn(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    drawing = Upload("p99.png", "p99 of checkout", "p99 rises at 12:00", lambda: b"")
    told = (Message("cause", uploads=(drawing,)), Message("what next"))
    chat = SlackChat(outbox, memory, PLAIN._replace(draw=lambda _incident, fact, _seq, _options: told if fact else ()))
    await show(chat, await opened(database, Origin(INCIDENTS)), (made.TURN,))
    async with Delivery(outbox, client_of(workspace), QUICK):
        await workspace.until(lambda: "what next" in said(workspace, INCIDENTS))
        async with painting(outbox, painted):
            await settled(outbox)

    (chart,) = workspace.team.files.values()
    assert (chart.alt_text, chart.body) == ("p99 rises at 12:00", b"the picture p99.png")
    assert said(workspace, INCIDENTS) == ["investigating after 1", "cause", "what next", "p99.png"]


async def test_an_incident_that_has_no_thread_is_shown_nowhere(outbox: SqlOutbox, memory: SqlMemory) -> None:
    chat = SlackChat(outbox, memory, PLAIN)
    await chat.show(made.incident(), None, 0)
    await chat.refresh(made.incident())

    assert await outbox.channels() == ()


async def test_the_thread_of_a_card_is_known_by_its_message(
    workspace: Workspace, outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    bare = await opened(database, Origin(INCIDENTS))
    async with Delivery(outbox, client_of(workspace), QUICK):
        await SlackChat(outbox, memory, PLAIN).show(bare, None, 0)
        await settled(outbox)

    (root,) = workspace.channel(INCIDENTS).messages.values()
    assert root.metadata is not None
    assert root.metadata["event_payload"] == {"key": card_key("INC-1")}
    assert await memory.incidents_in(INCIDENTS, root.ts) == ("INC-1",)


async def test_where_slack_knows_no_agent_sessions_nothing_is_missed(
    outbox: SqlOutbox, database: Database, memory: SqlMemory
) -> None:
    quick = SlacksPace(sharing=0.05, limits=600.0)
    async with Workspace(agent_sessions=False, pace=quick) as without, Delivery(outbox, client_of(without), QUICK):
        bare = await opened(database, Origin(INCIDENTS))
        await show(SlackChat(outbox, memory, PLAIN), bare, made.REACHED["resolved"][1])
        await settled(outbox)
        assert await outbox.refused() == {}
