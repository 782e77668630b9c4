"""Makes turns of what agents answer, checked."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from agents.analysis.hypotheses import Hypothesis
from agents.attempts import attempts, in_alert
from agents.claims import Claims, of_commander, of_specialist
from agents.judgement import Named, matching, same
from agents.ledger import Ledger, number
from agents.messages import ASK_LINE, SPECIALISTS, Ask, asking, decision, finding, plan
from agents.remarks import pointed
from agents.verdict import UNCONFIRMED
from incident.evidence import Evidence
from incident.facts import Agent, Turn, TurnStatus

UNSEEN = "Gap: "
SILENT = "It answered with nothing that could be read."
UNREAD = "It named no cause that could be read."
LONGEST = 12_000


class Spoken(NamedTuple):
    """One answer as it came: ``text`` None where there is none, and then ``why``.

    ``by`` is who took the turn, None the one who takes them all; ``notes`` say why.
    """

    agent: Agent
    status: TurnStatus
    text: str | None
    why: str
    started_at: datetime
    by: str | None = None
    notes: tuple[str, ...] = ()


class Scribe:
    """Keeps the turns of one investigation, those before a restart included."""

    def __init__(self, ledger: Ledger, turns: Iterable[Turn], now: Callable[[], datetime], by: str) -> None:
        self.turns = list(turns)
        self.remarks: list[str] = []
        self._ledger = ledger
        self._now = now
        self._by = by

    def write(self, spoken: Spoken, unseen: Iterable[str] = ()) -> Turn:
        """Return the answer as a turn, and keep it."""
        if spoken.agent is Agent.COMMANDER:
            turn = self._decided(spoken) if self._has_planned() else self._planned(spoken)
        else:
            turn = self._found(spoken, tuple(unseen))
        self.turns.append(turn)
        return turn

    def findings(self) -> tuple[Turn, ...]:
        """Return the turns of specialists."""
        return tuple(turn for turn in self.turns if turn.agent is not Agent.COMMANDER)

    def filed(self) -> tuple[Evidence, ...]:
        """Return all evidence that findings brought, cited or not: what a decision may rest on."""
        return self._ledger.cited(i for turn in self.findings() for i in brought(turn))

    def _has_planned(self) -> bool:
        return any(turn.agent is Agent.COMMANDER for turn in self.turns)

    def _planned(self, spoken: Spoken) -> Turn:
        tried = in_alert(self._ledger.alert)
        if spoken.text is None:
            why = f"No plan: {spoken.why}. Every specialist looks at its own signals."
            return self._turn(spoken, Claims(_joined(why, *tried), (), ()))
        made = plan(spoken.text)
        asks = made.asks or tuple(Ask(agent=agent, question="look at your own signals") for agent in SPECIALISTS)
        return self._turn(spoken, Claims(_joined(_own_words(made.text), *tried, asking(asks)), (), ()))

    def _found(self, spoken: Spoken, unseen: tuple[str, ...]) -> Turn:
        known = {item.id for turn in self.turns for item in turn.found}
        found = tuple(item for item in self._ledger.of(spoken.agent) if item.id not in known)
        lines = [*attempts(found), *(UNSEEN + sentence for sentence in unseen)]
        if spoken.text is None:
            rest = f" Before that its tools had found {len(found)} pieces of evidence." if found else ""
            claims = Claims(f"No finding: {spoken.why}.{rest}", tuple(item.id for item in found), ())
            return self._turn(spoken, claims._replace(text=_joined(claims.text, *lines)), found=found)
        said = finding(spoken.text)
        claims = of_specialist(spoken.agent, said.model_copy(update={"text": _own_words(said.text)}), self._ledger)
        questions = [f"Open: {_own_words(question)}" for question in said.questions]
        text = _joined(claims.text or SILENT, *questions, *lines)
        return self._turn(
            spoken, claims._replace(text=text), found=found, confidence=said.confidence if claims.text else 0.0
        )

    def _decided(self, spoken: Spoken) -> Turn:
        if spoken.text is None:
            return self._turn(spoken, Claims(f"No decision: {spoken.why}.", (), ()))
        said = decision(spoken.text)
        claims = of_commander(said.model_copy(update={"text": _own_words(said.text)}), self.turns, self._ledger)
        if said.asks and sum(1 for turn in self.turns if turn.agent is Agent.COMMANDER) == 1:
            return self._turn(spoken, claims._replace(text=_joined(claims.text, asking(said.asks))))
        names = Named(said.category, _one_line(said.service), _one_line(said.change)) if said.category else None
        text = _joined(claims.text or SILENT, str(names or UNREAD))
        return self._turn(spoken, claims._replace(text=text), confidence=self._sure(names, said.confidence))

    def _sure(self, names: Named | None, confidence: float | None) -> float:
        """Return how sure one may be of what a decision names: as sure as code and whoever decided both are."""
        evidence = self.filed()
        own = matching(names, self._ledger.scales.weigh(evidence), evidence) if names else None
        return min(own.confidence, 1.0 if confidence is None else confidence, self.ceiling(own)) if own else 0.0

    def ceiling(self, chosen: Hypothesis) -> float:
        """Return how sure one may be of what a remark led to: no surer than one was before, or than asking takes."""
        if not pointed(self.remarks, self.filed(), self._ledger.alert):
            return 1.0
        before = self._ledger.cited(i for turn in self._first_findings() for i in brought(turn))
        first = self._ledger.scales.weigh(before)[0]
        return first.confidence if same(first, chosen) else min(UNCONFIRMED, first.confidence or UNCONFIRMED)

    def _first_findings(self) -> tuple[Turn, ...]:
        """Return what specialists said before the commander could send them out once more."""
        spoke = [i for i, turn in enumerate(self.turns) if turn.agent is Agent.COMMANDER]
        return tuple(turn for turn in self.turns[: spoke[1] if spoke[1:] else None] if turn in self.findings())

    def _turn(
        self, spoken: Spoken, claims: Claims, *, found: tuple[Evidence, ...] = (), confidence: float | None = None
    ) -> Turn:
        return Turn(
            at=self._now(),
            started_at=spoken.started_at,
            agent=spoken.agent,
            text=claims.text[-LONGEST:],
            found=found,
            cites=tuple(sorted(claims.cites, key=number)),
            confidence=confidence,
            status=spoken.status,
            by=spoken.by or self._by,
            notes=(*spoken.notes, *claims.notes),
        )


def brought(turn: Turn) -> tuple[str, ...]:
    """Return the evidence that a specialist's turn cites or that its tools found, in the ids' order."""
    return tuple(sorted({*turn.cites, *(item.id for item in turn.found)}, key=number))


def unseen(turn: Turn) -> tuple[str, ...]:
    """Return what a specialist's turn says could not be seen."""
    return tuple(line.removeprefix(UNSEEN) for line in turn.text.splitlines() if line.startswith(UNSEEN))


def _own_words(text: str) -> str:
    """Keep an agent's words from reading like the lines that code writes."""
    kept = ASK_LINE.sub(r"• \1: \2", text)
    for mark in (UNSEEN, "Conclusion: ", "Open: ", "Evidence:", "- E"):
        kept = "\n".join(f"• {line}" if line.startswith(mark) else line for line in kept.splitlines())
    return kept[: LONGEST // 2]


def _one_line(name: str | None) -> str | None:
    return " ".join(name.split()) if name else None


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
