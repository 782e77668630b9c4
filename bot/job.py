"""The whole job once, for somebody at a terminal: investigate, ask, act, check, report."""

import asyncio
import json
import sys

from rich.console import Console

from bot import report
from bot.app import Place, find_place, open_store, team
from bot.config import Settings
from bot.console.live import LiveConsole
from bot.console.plain import PlainConsole
from bot.console.question import ask
from bot.document import document
from bot.report.options import Options
from bot.wishes import Wishes
from incident.facts import Approval, Decision, Stopped, Verdict
from incident.hands import Asker, Hands
from incident.model import Incident
from incident.ports import Store
from incident.responder import Responder
from incident.status import Status, World

EXITS = {Status.AWAITING_APPROVAL: 3, Status.AWAITING_VETO: 3, Status.HANDED_OVER: 4}
STOPPED = 130
SHELL = "shell"
"""Who answers here: somebody at this machine, whom nobody has identified."""
Screen = LiveConsole | PlainConsole


async def investigate(wishes: Wishes, settings: Settings) -> int:
    """Do it all and return the exit code of interface.md."""
    place = find_place(wishes.target, wishes.seed, wishes.as_of)
    console = Console(stderr=wishes.as_json)
    screen = LiveConsole(console) if console.is_terminal else PlainConsole(console.file)
    drawing = asyncio.create_task(asyncio.to_thread(report.warm))
    async with open_store(settings) as store:
        responder = Responder(_hands(place, settings, wishes, screen, store))
        incident, stopped = await _respond(responder, place)
    screen.close()
    await drawing
    written = report.write(incident, wishes.out, Options(timezone=settings.zone))
    if wishes.as_json:
        json.dump(document(incident, written), sys.stdout, indent=1)
    console.print(f"report: {written.markdown} · {written.pdf}", highlight=False, soft_wrap=True)
    return STOPPED if stopped else EXITS.get(incident.status, 0)


async def _respond(responder: Responder, place: Place) -> tuple[Incident, bool]:
    """Work until a person or the end is needed; Ctrl-C stops the team and keeps what was found."""
    incident = await responder.open(place.alert, place.target, place.world, place.environment)
    working = asyncio.ensure_future(responder.advance(incident))
    try:
        return await working, False
    except asyncio.CancelledError:
        stop = Stopped(at=place.clock.now(), by=SHELL)
        return await responder.note(incident.id, stop), True


def _hands(place: Place, settings: Settings, wishes: Wishes, screen: Screen, store: Store) -> Hands:
    return Hands(
        store=store,
        chats=(screen,),
        investigator=team(place, settings, screen.working),
        telemetry=place.telemetry,
        clock=place.clock,
        policy=settings.policy(rehearse=wishes.dry_run),
        deployer=place.deployer,
        asker=_asker(place, wishes, screen),
    )


def _asker(place: Place, wishes: Wishes, screen: Screen) -> Asker:
    async def answer(incident: Incident, verdict: Verdict) -> Approval | None:
        yes = _decide(place, wishes, screen, incident)
        if yes is None or verdict.plan is None:
            return None
        decision = Decision.APPROVED if yes else Decision.REJECTED
        return Approval(at=place.clock.now(), decision=decision, by=SHELL, digest=verdict.plan.digest)

    return answer


def _decide(place: Place, wishes: Wishes, screen: Screen, incident: Incident) -> bool | None:
    """Return the answer: only a made-up world can be acted on from a shell."""
    match wishes.approve:
        case "no":
            return False
        case "yes":
            return True if place.world is World.SCENARIO else None
        case "ask" if place.world is World.SCENARIO:
            screen.close()
            return ask(Console(stderr=wishes.as_json), incident)
        case _:
            return None
