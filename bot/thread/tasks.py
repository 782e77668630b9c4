"""Who is working: the team's flow as Slack's plan of tasks, each state said in words."""

from collections.abc import Iterator, Mapping

from bot.report import words
from bot.report.team import SPECIALISTS, Flow, State, Step, flow
from bot.thread.message import Block
from bot.thread.text import fit
from incident.facts import Agent
from incident.model import Incident

STATES = {State.DONE: "complete", State.FAILED: "error", State.SKIPPED: "error", State.OPEN: "pending"}
TITLE = 150
AGENTS = {words.AGENTS[agent]: agent for agent in SPECIALISTS}


def plan(incident: Incident, working: Mapping[str, str]) -> Block:
    """Return the plan: what is done, what is being done by whom, what comes next; steps nobody needs are left out."""
    steps = flow(incident)
    now = _stage(steps)
    tasks = [_task(step, now, _busy(step, working, incident)) for step in _needed(steps)]
    title = "What the team did" if incident.status.ended else "What the team is doing"
    return {"type": "plan", "title": title, "tasks": tasks}


def _stage(steps: Flow) -> tuple[Step, ...]:
    """Return the steps that are being done: the open ones of the first stage that has any; specialists share one."""
    stages = ((steps.plan,), steps.agents, (steps.decide,), (steps.act,), (steps.check,))
    opened = (tuple(step for step in stage if step.state is State.OPEN) for stage in stages)
    return next((stage for stage in opened if stage), ())


def _needed(steps: Flow) -> Iterator[Step]:
    yield steps.plan
    yield from steps.agents
    yield from (step for step in (steps.decide, steps.act, steps.check) if step.state is not State.SKIPPED)


def _busy(step: Step, working: Mapping[str, str], incident: Incident) -> str:
    if step.name == "Act":
        return words.STATUSES[incident.status]
    doing = working.get(AGENTS.get(step.name, Agent.COMMANDER), "")
    return f"working: {doing}" if doing else "working"


def _task(step: Step, now: tuple[Step, ...], busy: str) -> Block:
    state = "in_progress" if step in now else STATES[step.state]
    said = {"in_progress": busy, "pending": "not yet", "error": _with("failed", step.note),
            "complete": _with("done", step.note)}[state]  # fmt: skip
    return {
        "task_id": step.name.lower().replace(" ", "-"),
        "title": fit(f"{step.name}: {said}", TITLE),
        "status": state,
    }


def _with(state: str, note: str) -> str:
    return state if note == state else f"{state}, {note.replace('-', ' ')}"
