"""One incident as whoever plays its agents knows it: evidence, turns, and what tools answered ahead of a turn."""

from dataclasses import dataclass, field

from agents.deadline import Deadline
from agents.ledger import Ledger
from incident.alert import Severity
from incident.facts import Agent, Turn


@dataclass(frozen=True)
class Case:
    """Grows. ``answers`` holds what an agent's tools said for its present turn, as JSON."""

    ledger: Ledger
    deadline: Deadline
    incident: str
    severity: Severity
    turns: list[Turn] = field(default_factory=list)
    answers: dict[Agent, tuple[str, ...]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def planned(self) -> bool:
        """Tell whether the commander has spoken."""
        return any(turn.agent is Agent.COMMANDER for turn in self.turns)

    @property
    def decisions(self) -> int:
        """How often the commander has spoken since it planned."""
        return max(0, sum(1 for turn in self.turns if turn.agent is Agent.COMMANDER) - 1)

    def findings(self) -> tuple[Turn, ...]:
        """Return the turns of specialists."""
        return tuple(turn for turn in self.turns if turn.agent is not Agent.COMMANDER)
