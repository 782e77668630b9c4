"""An agent's turn as a message under its own name and icon."""

from collections.abc import Iterator

from bot.report import words
from bot.report.escape import brief, visible
from bot.report.figures import duration, share
from bot.thread.compose import aside, messages
from bot.thread.evidence import folded
from bot.thread.message import Block, Message, Speaker
from bot.thread.prose import prose
from bot.thread.rich import bold, rich, section
from incident.facts import Agent, Turn, TurnStatus
from incident.model import Incident

SPEAKERS = {
    Agent.COMMANDER: Speaker(words.AGENTS[Agent.COMMANDER], ":male-detective:"),
    Agent.LOGS: Speaker(words.AGENTS[Agent.LOGS], ":scroll:"),
    Agent.METRICS: Speaker(words.AGENTS[Agent.METRICS], ":chart_with_upwards_trend:"),
    Agent.DEPLOY: Speaker(words.AGENTS[Agent.DEPLOY], ":package:"),
}
NOTES = 5


def turn_messages(incident: Incident, turn: Turn) -> tuple[Message, ...]:
    """Return what the agent said, whole, then what it rests on and what code noted of it, small."""
    return messages(_blocks(incident, turn), SPEAKERS[turn.agent])


def _blocks(incident: Incident, turn: Turn) -> Iterator[Block]:
    if turn.status is not TurnStatus.DONE:
        name = words.AGENTS[turn.agent].lower()
        yield rich(section(bold(f"The {name} {words.MISHAPS[turn.status]}: what it would have found is missing.")))
    yield from prose(turn.text)
    yield from aside(*folded(turn, incident), *_notes(turn), _about(turn))


def _notes(turn: Turn) -> Iterator[str]:
    yield from (f"Noted by code: {brief(visible(note), 160)}" for note in turn.notes[:NOTES])
    if len(turn.notes) > NOTES:
        yield f"and {len(turn.notes) - NOTES} more notes"


def _about(turn: Turn) -> str:
    by = "the offline reasoner" if turn.by == "offline" else brief(visible(turn.by), 60)
    sure = f" · {share(turn.confidence)} sure" if turn.confidence is not None else ""
    return f"{duration(turn.at - turn.started_at)} · by {by}{sure}"
