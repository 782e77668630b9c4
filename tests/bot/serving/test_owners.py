"""Who may answer for a real service: whom the settings name, and of them whom its owners name."""

from datetime import UTC, datetime, timedelta

from scene import ADA, ALERTS, BEN, Scene

from incident.alert import Alert
from incident.catalog import Catalog, Entry
from incident.change import ChangeKind
from incident.diagnosis import Category, CulpritChange, Usage
from incident.facts import Action, Agent, Approval, Asked, Decision, Diagnosis, Fact, Plan, Turn, Verdict
from incident.model import Incident
from incident.status import World
from storage.memory import Origin

NOW = datetime.now(UTC)
PLAN = Plan(service="shop", environment="production", from_version="v2", to_version="v1", change="chg-2")
ALERT = Alert(service="shop", name="slow", fired_at=NOW, metric="p99_ms", value=900.0, threshold=500.0)
INCIDENT = Incident(
    id="INC-REAL", target="shop", world=World.REAL, environment="production", alert=ALERT, opened_at=NOW
)
LATER = NOW + timedelta(minutes=30)
CONCLUDED: tuple[Fact, ...] = (
    Turn(at=NOW, started_at=NOW, agent=Agent.COMMANDER, text="v2 did it", by="offline"),
    Diagnosis(
        at=NOW,
        cause="v2 made the shop slow",
        category=Category.CHANGE,
        culprit_change=CulpritChange(id="chg-2", service="shop", kind=ChangeKind.DEPLOY, at=NOW),
        usage=Usage(model="offline"),
    ),
)


async def asked(scene: Scene, whom: Asked) -> None:
    """Leave a question about a real service behind, as if an earlier process had asked it."""
    incident = INCIDENT
    async with scene.bot():
        await scene.storage.store.beginning_at(Origin(ALERTS)).open(incident)
        for fact in (*CONCLUDED, Verdict(at=NOW, action=Action.ASK, plan=PLAN, expires_at=LATER, asked=whom)):
            incident = await scene.storage.store.append(incident, fact)


async def test_of_the_approvers_only_those_whom_the_owners_name_may_answer(scene: Scene) -> None:
    await asked(scene, Asked(named=(BEN,), approvers=(BEN,)))
    catalog = Catalog(services={"shop": Entry(approvers=(BEN,))})
    async with scene.bot({"catalog": catalog}):
        card = await scene.question()
        await scene.press(ADA, card, "approve")
        assert f"You may not approve or reject here: <@{BEN}> may approve" in await scene.answer(ADA)
        await scene.press(BEN, card, "reject")
        await scene.submit(BEN, reason={"type": "plain_text_input", "value": "not today"})
        incident = await scene.stored(lambda i: i.status.ended)
    assert [(a.by, a.decision) for a in incident.every(Approval)] == [(BEN, Decision.REJECTED)]


async def test_owners_can_only_narrow_who_may(scene: Scene) -> None:
    await asked(scene, Asked(named=(ADA,)))
    async with scene.bot({"catalog": Catalog(services={"shop": Entry(approvers=(ADA,))})}, approvers=(BEN,)):
        card = await scene.question()
        await scene.press(ADA, card, "approve")
        assert f"<@{BEN}> may approve" in await scene.answer(ADA)
        await scene.press(BEN, card, "approve")
        assert f"<@{ADA}> may approve" in await scene.answer(BEN)
        incident = await scene.storage.store.load(INCIDENT.id)
    assert incident.last(Approval) is None
