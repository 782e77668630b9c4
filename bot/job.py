"""The whole job once, for somebody at a terminal: investigate, ask, act, check, report."""

import asyncio
import json
import sys
from contextlib import closing, suppress

from rich.console import Console

from agents.traffic import traffic
from bot import report
from bot.app import Place, find_place, team
from bot.config import Settings
from bot.console.ending import say_ending
from bot.console.live import LiveConsole
from bot.console.plain import PlainConsole
from bot.console.question import ask
from bot.console.thread import Thread
from bot.document import document
from bot.github_settings import github_settings
from bot.interrupts import ctrl_c
from bot.kept import open_store
from bot.llm_settings import LLMSettings
from bot.outbox import prepared, write_report
from bot.thinking import Thinking, thinking_once
from bot.wishes import Wishes
from incident.facts import Approval, Decision, Stopped, Verdict
from incident.hands import Asker, Hands
from incident.model import Incident, OutOfOrder
from incident.policy import unchanging
from incident.ports import Store, Undelivered
from incident.responder import Responder
from incident.status import Status, World

EXITS = {Status.AWAITING_APPROVAL: 3, Status.AWAITING_VETO: 3, Status.HANDED_OVER: 4}
STOPPED = 130
GRACE, CANCELS = 1.0, 5
"""Seconds that stopped work has to end each time, and how often it is cancelled before it is left behind."""
SHELL = "shell"
"""Who answers here: somebody at this machine, whom nobody has identified."""


async def investigate(wishes: Wishes, settings: Settings, llm: LLMSettings | None = None) -> int:
    """Do it all and return the exit code of interface.md; ``llm`` None is the offline reasoner."""
    with ctrl_c() as pressed:
        place = _place(wishes, settings)
        folder = prepared(wishes.out)
        console = Console(stderr=wishes.as_json)
        drawing = asyncio.create_task(asyncio.to_thread(report.warm))
        with closing(_thread(console)) as thread:
            async with open_store(settings) as store, thinking_once(llm, settings) as mind:
                asker = _asker(place, wishes, console, thread)
                hands = _hands(place, settings, wishes, (store, thread, asker), mind)
                incident = await _respond(hands, place, pressed)
            thread.close()
            await drawing
            written = write_report(incident, folder, settings.zone)
            with suppress(Undelivered):
                thread.draw(say_ending(incident, written, wishes))
        if wishes.as_json:
            sys.stdout.write(json.dumps(document(incident, written.files), indent=1) + "\n")
        return STOPPED if pressed.is_set() else EXITS.get(incident.status, 0)


def _place(wishes: Wishes, settings: Settings) -> Place:
    """Return the place, its rollback rehearsed where that is wished; raises `Mistake`."""
    place = find_place(wishes.target, wishes.seed, wishes.as_of, settings.catalog)
    if not wishes.rehearse_on_github:
        return place
    from bot.deployers import rehearsing

    return rehearsing(github_settings())(place)


def _thread(console: Console) -> Thread:
    plain = not console.is_terminal or console.is_dumb_terminal
    return PlainConsole(console.file) if plain else LiveConsole(console)


async def _respond(hands: Hands, place: Place, pressed: asyncio.Event) -> Incident:
    """Work until a person or the end is needed, or until Ctrl-C: what was found is kept.

    A rollback that was started is followed to its end all the same.
    """
    responder = Responder(hands)
    incident = await responder.open(place.alert, place.target, place.world, place.environment)
    working = asyncio.ensure_future(responder.advance(incident))
    stopping = asyncio.ensure_future(pressed.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return await working
    with suppress(OutOfOrder):  # it had ended in this very moment
        await responder.note(incident.id, Stopped(at=place.clock.now(), by=SHELL))
    await _end(working)
    stopped = await hands.store.load(incident.id)
    return stopped if stopped.status.ended else await responder.advance(stopped)


async def _end(working: asyncio.Future[Incident]) -> None:
    """Let it end by itself, as no fact can follow a Stop; then cancel it: a model or a person may be slow.

    More than once: AutoGen's team may begin to wait for itself while it is being cancelled.
    """
    for _ in range(CANCELS):
        if (await asyncio.wait({working}, timeout=GRACE))[0]:
            return
        working.cancel()


def _hands(
    place: Place, settings: Settings, wishes: Wishes, people: tuple[Store, Thread, Asker], mind: Thinking | None
) -> Hands:
    store, thread, asker = people
    return Hands(
        store=store,
        chats=(thread,),
        investigator=team(place, settings, thread.working, mind),
        telemetry=place.telemetry,
        clock=place.clock,
        rules=unchanging(settings.policy(rehearse=wishes.dry_run)),
        deployer=place.deployer,
        asker=asker,
        traffic=traffic,
    )


def _asker(place: Place, wishes: Wishes, console: Console, thread: Thread) -> Asker:
    async def answer(incident: Incident, verdict: Verdict) -> Approval | None:
        yes = await _decide(place, wishes, console, thread, incident)
        if yes is None or verdict.plan is None:
            return None
        decision = Decision.APPROVED if yes else Decision.REJECTED
        return Approval(at=place.clock.now(), decision=decision, by=SHELL, digest=verdict.plan.digest)

    return answer


async def _decide(place: Place, wishes: Wishes, console: Console, thread: Thread, incident: Incident) -> bool | None:
    """Return the answer: only a made-up world can be acted on from a shell."""
    somebody_there = sys.stdin.isatty() and console.is_terminal
    match wishes.approve or ("ask" if somebody_there else None):
        case "no":
            return False
        case "yes":
            return True if place.world is World.SCENARIO else None
        case "ask" if place.world is World.SCENARIO:
            return await ask(console, thread, incident)
        case _:
            return None
