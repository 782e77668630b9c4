"""The approval question on a terminal: exactly what would be done, what speaks against it, and a plain yes or no."""

import asyncio
import threading
from collections.abc import Iterator

from rich.console import Console
from rich.prompt import Confirm

from bot.console.said import Said, flat, said
from bot.console.thread import Thread
from bot.console.words import not_passed
from bot.report import observed
from bot.report.figures import clock, duration, share
from incident.diagnosis import CulpritChange
from incident.facts import Diagnosis, Plan, Verdict
from incident.model import Incident

REASONS = 3
"""What speaks for it, at most; what speaks against it is never left out."""


async def ask(console: Console, thread: Thread, incident: Incident) -> bool | None:
    """Return the person's answer; None where there is none (end of input) or nothing to ask. May be cancelled."""
    question = say_question(incident)
    if question is None:
        return None
    thread.draw(question)
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bool | None] = loop.create_future()

    def wait() -> None:
        try:
            answer: bool | None = Confirm.ask(" Roll back?", console=console, default=False)
        except EOFError:
            answer = None
        loop.call_soon_threadsafe(lambda: None if answered.done() else answered.set_result(answer))

    threading.Thread(target=wait, name="question", daemon=True).start()  # a pool would wait for it at the end
    return await answered


def say_question(incident: Incident) -> Said | None:
    """Say what would be done to what, since when it is there, and what speaks against it; None without a plan."""
    verdict, diagnosis = incident.last(Verdict), incident.last(Diagnosis)
    if verdict is None or verdict.plan is None or diagnosis is None:
        return None
    plan = verdict.plan
    head = f"Roll back {plan.service} in {plan.environment}, from {plan.from_version} to {plan.to_version}?"
    lines = (
        f"undoes {_change(incident, plan, diagnosis.culprit_change)}",
        f"for it: {'; '.join((f'confidence {share(diagnosis.confidence)}', *diagnosis.confidence_because[:REASONS]))}",
        *(f"against it: {flat(reason)}" for reason in _against(verdict, diagnosis)),
    )
    return said("question", head, lines, "waiting")


def _change(incident: Incident, plan: Plan, change: CulpritChange | None) -> str:
    titles = (seen.title for e in incident.evidence if (seen := observed.change(e)) and seen.id == plan.change)
    title = next((f", “{title}”" for title in titles if title), "")
    if change is None:
        return f"{plan.change}{title}"
    commit = f" (commit {change.commit[:10]})" if change.commit else ""
    earlier = duration(incident.alert.fired_at - change.at)
    return (
        f"the {change.kind} {plan.change}{commit}{title}, there since {clock(change.at)} UTC, {earlier} before the page"
    )


def _against(verdict: Verdict, diagnosis: Diagnosis) -> Iterator[str]:
    for rival in diagnosis.rivals:
        yield f"it may have been {rival.what} ({share(rival.confidence)}); {rival.why_less_likely}"
    yield from not_passed(verdict.checks)
    yield from diagnosis.gaps
