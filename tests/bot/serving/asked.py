"""A question about a real service that is open in the workspace: a small production, and what it is asked and told."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from scene import CLEO, INCIDENTS, Scene

from bot.app import Place
from bot.places import Places
from bot.thread.presses import Pressed
from bot.workspace import payloads
from incident.catalog import Catalog, Entry
from incident.facts import Plan, Verdict
from incident.model import Incident
from incident.ports import NotRecorded, Table
from incident.status import World
from incident.values import Window
from storage.memory import Origin
from tests.incident import made
from tests.incident.shop import UNSURE, Deploys, Shop

LOGIN = "octo-cleo"
CATALOG = Catalog(services={"shop": Entry(on_call="S0ONCALL")}, people={LOGIN: CLEO})


@dataclass
class Real(Shop):
    """The shop as a real service, which tells no more than it must. ``sent`` are the keys of what was dispatched."""

    sent: list[str] = field(default_factory=list)

    async def metrics(self, _window: Window) -> Table:
        raise NotRecorded

    async def spans(self, _window: Window) -> Table:
        raise NotRecorded


class Sends(Deploys):
    """The deployer of the real one; looking for what was sent before is no dispatch."""

    def __init__(self, there: Real) -> None:
        super().__init__(there, World.REAL)
        self._there = there

    async def sent(self, plan: Plan, key: str) -> None:
        self._there.sent.append(key)
        await super().sent(plan, key)


class Shops(Places):
    """Places of which the real one is the shop."""

    def __init__(self, shop: Real) -> None:
        super().__init__()
        self._shop = shop

    async def again(self, incident: Incident) -> Place:
        shop = self._shop
        deployer = Sends(shop)
        return Place("shop", World.REAL, "production", incident.alert, shop, deployer, shop.clock, incident.opened_at)  # type: ignore[arg-type]


def shop(actor: str | None = LOGIN) -> Real:
    """A shop whose newest version was deployed by somebody."""
    return Real(history=[each._replace(actor=actor) for each in made.HISTORY])


@asynccontextmanager
async def asking(
    scene: Scene, there: Real, settings: Mapping[str, Any] | None = None, **slack: object
) -> AsyncIterator[None]:
    """Serve a bot for which the team has concluded, and which now asks whether to roll the shop back."""
    await concluded(scene)
    async with scene.bot({"catalog": CATALOG, **(settings or {})}, Shops(there), **slack):
        yield


async def concluded(scene: Scene) -> None:
    """Leave an incident behind that was concluded when its process ended."""
    async with scene.bot():
        known = made.incident(World.REAL).replay((made.TURN, UNSURE))
        await scene.storage.store.beginning_at(Origin(INCIDENTS)).open(known)


async def answer(scene: Scene, user: str, number: int = 1) -> str:
    return await scene.answer(user, INCIDENTS, number)


async def approve(scene: Scene, user: str, number: int = 1) -> str:
    """Press Approve on the card that is open; what that person is told."""
    await scene.press(user, await scene.question(INCIDENTS), "approve", INCIDENTS)
    return await answer(scene, user, number)


def value(incident: Incident) -> str:
    """What the card's buttons carry."""
    verdict = incident.last(Verdict)
    assert verdict is not None
    assert verdict.plan is not None
    return Pressed(incident.id, verdict.plan.digest).value()


async def forge(scene: Scene, user: str, carried: str, channel: str = INCIDENTS) -> None:
    """Send the bot a press that nobody made, or not so, as whoever has the app's socket could."""
    board = scene.workspace.board
    app, root = board.team.apps["AFIRST"], scene.messages(INCIDENTS)[0]["ts"]
    action = {"type": "button", "block_id": "b", "action_id": "approve", "value": carried, "action_ts": "1.0"}
    payload = payloads.interaction(board, app, board.team.users[user], "block_actions")
    payload |= {
        "actions": [action],
        "channel": {"id": channel, "name": "x"},
        "message": {"ts": root},
        "container": {"type": "message", "message_ts": root, "channel_id": channel},
    }
    await board.courier.ask(app, "interactive", payload)


async def refusals(scene: Scene) -> list[tuple[str, str]]:
    """Who was refused, and why."""
    kept = [each.entry for each in await scene.storage.audit.entries()]
    return [(each.by, str(each.what["why"])) for each in kept if each.kind == "refused"]
