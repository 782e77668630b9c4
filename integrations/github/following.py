"""Finds the run of a rollback by its key, and follows it to its end."""

import asyncio
import time
from datetime import timedelta
from typing import NamedTuple

from incident.facts import Outcome, Progress
from incident.ports import Dispatched, Sighting, Tell, Unreadable
from integrations.github.access import Patience
from integrations.github.answers import Job, Jobs, Run, Runs
from integrations.github.calls import Calls

PAGES, PAGE = 3, 100
"""How many runs of this one workflow are looked through for a key, newest first."""
HELD = {"waiting", "action_required"}
RUNNING = {"in_progress"}
OPEN_ENDED = {"cancelled", "timed_out", "stale", "action_required"}
"""Conclusions that say nothing about what had been done by then."""


class Look(NamedTuple):
    """What the last look at GitHub showed; ``trouble`` is why it showed nothing new."""

    run: Run | None
    trouble: str = ""


async def follow(calls: Calls, patience: Patience, key: str, run: int | None, tell: Tell) -> Dispatched:
    """Follow a run, found by its key where its id isn't known, until it has ended or patience has."""
    began, look = time.monotonic(), Look(None)
    while True:
        before, look = look, await _look(calls, key, run, look)
        if look.run is not None:
            run = look.run.id
            if before.run is None or progress(before.run) is not progress(look.run):
                await tell(Sighting(str(run), progress(look.run), calls.access.run_page(run)))
            if progress(look.run) is Progress.ENDED:
                return await _ended(calls, look.run)
        over = _patience_over(calls, patience, look, timedelta(seconds=time.monotonic() - began))
        if over is not None:
            return over
        await asyncio.sleep(patience.poll.total_seconds())


async def find(calls: Calls, key: str) -> Run | None:
    """Return the run that carries the key, the first of them if somebody used it again; raises `Unreadable`."""
    path = f"/actions/workflows/{calls.access.workflow}/runs"
    found: list[Run] = []
    for page in range(1, PAGES + 1):
        runs = (await calls.read(path, Runs, event="workflow_dispatch", per_page=PAGE, page=page)).workflow_runs
        found += (run for run in runs if run.carries(key))
        if len(runs) < PAGE:
            break
    return min(found, key=lambda run: run.id, default=None)


def progress(run: Run) -> Progress:
    """Return how far a run has come."""
    if run.status == "completed":
        return Progress.ENDED
    if run.status in HELD:
        return Progress.HELD
    return Progress.RUNNING if run.status in RUNNING else Progress.QUEUED


async def _look(calls: Calls, key: str, run: int | None, before: Look) -> Look:
    try:
        return Look(await find(calls, key) if run is None else await calls.read(f"/actions/runs/{run}", Run))
    except Unreadable as why:
        return Look(before.run, str(why))


def _patience_over(calls: Calls, patience: Patience, look: Look, waited: timedelta) -> Dispatched | None:
    but = f" GitHub can't be asked: {look.trouble}." if look.trouble else ""
    if look.run is None:
        sought = (
            f"No run that carries the key was found within {_minutes(patience.found)}; it may have begun all the same."
        )
        gone = Dispatched(Outcome.UNKNOWN, calls.access.runs_page, sought + but)
        return gone if waited >= patience.found else None
    url = calls.access.run_page(look.run.id)
    if progress(look.run) is Progress.RUNNING:
        slow = f"Its run has not ended within {_minutes(patience.ended)}: it may still be at work.{but}"
        return Dispatched(Outcome.UNKNOWN, url, slow) if waited >= patience.ended else None
    why = "waits for a review of its environment" if progress(look.run) is Progress.HELD else "has not started"
    stuck = f"Its run {why} after {_minutes(patience.started)}: cancel it there; it refuses to start this late.{but}"
    return Dispatched(Outcome.UNKNOWN, url, stuck) if waited >= patience.started else None


async def _ended(calls: Calls, run: Run) -> Dispatched:
    url = calls.access.run_page(run.id)
    if run.conclusion == "success":
        return Dispatched(Outcome.SUCCEEDED, url)
    where = await _where(calls, run)
    if run.conclusion in OPEN_ENDED:
        said = str(run.conclusion).replace("_", " ")
        return Dispatched(Outcome.UNKNOWN, url, f"Its run was {said}{where}: what it had done by then isn't known.")
    said = "failed" if run.conclusion == "failure" else f"ended as {run.conclusion or 'nothing that GitHub names'}"
    return Dispatched(Outcome.FAILED, url, f"Its run {said}{where}.")


async def _where(calls: Calls, run: Run) -> str:
    """Return at which step it ended, where GitHub tells."""
    try:
        jobs = (await calls.read(f"/actions/runs/{run.id}/jobs", Jobs, per_page=PAGE)).jobs
    except Unreadable:
        return ""
    return next((f" at “{step}”" for job in jobs if (step := _broken(job))), "")


def _broken(job: Job) -> str:
    return next((step.name for step in job.steps if step.conclusion in {"failure", "cancelled", "timed_out"}), "")


def _minutes(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes} minutes" if minutes else f"{length.total_seconds():g} seconds"
