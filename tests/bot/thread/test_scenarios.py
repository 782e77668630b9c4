"""All made-up incidents, investigated by the real team, drawn fact by fact."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.investigator import TeamInvestigator
from bot.thread.card import card
from bot.thread.draw import draw, redrawn
from bot.thread.message import Message
from bot.thread.options import Options
from incident.facts import Approval, Decision, Fact, Verdict
from incident.hands import Hands
from incident.model import Incident
from incident.policy import Policy, unchanging
from incident.responder import Responder
from incident.status import World
from scenarios.files import load_scenario, scenarios
from scenarios.world import World as MadeUp
from storage.database import Database
from storage.store import SqlStore
from tests.bot.thread.inspection import sound

OPTIONS = Options(approvers=("S0ONCALL",))
PEOPLE = ("S0ONCALL", "U0ADA")


class Drawn:
    """A chat that draws, and keeps what it has drawn."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        self.messages += [card(incident, {}, OPTIONS), *draw(incident, fact, seq, OPTIONS)]
        self.messages += [message for _, message in redrawn(incident, fact, seq, OPTIONS)]


async def answer(incident: Incident, verdict: Verdict) -> Approval:
    digest = verdict.plan.digest if verdict.plan else None
    return Approval(at=incident.facts[-1].at, decision=Decision.APPROVED, by="U0ADA", digest=digest)


@pytest.mark.parametrize("name", [listed.name for listed in scenarios()])
async def test_every_message_of_a_scenario_is_one_that_slack_takes(name: str, tmp_path: Path) -> None:
    fired = datetime.now(UTC).replace(second=0, microsecond=0)
    world, chat = MadeUp(load_scenario(name), 0, fired), Drawn()
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'incidents.db'}") as database:
        await database.upgrade()
        team = TeamInvestigator(clock=world.clock)
        hands = Hands(SqlStore(database), (chat,), team, world, world.clock, unchanging(Policy()), world, answer)
        responder = Responder(hands)
        opened = await responder.open(world.alert, name, World.SCENARIO, world.environment)
        ended = await responder.advance(opened)
    assert ended.status.ended
    messages = sound(chat.messages, PEOPLE)
    assert {m.speaker.name for m in messages if m.speaker} == {
        "Commander", "Logs agent", "Metrics agent", "Deploy agent"
    }  # fmt: skip
    reports = [u for m in messages for u in m.uploads if u.title == f"Report of {ended.id}"]
    assert [report.paint()[:4] for report in reports] == [b"%PDF"]
