"""What an agent is given for one turn, composed by code from the case: the page, the evidence, the question.

Nothing is left to the history of a chat, so that a turn after a restart is told the same, and each fits its share.
"""

from collections.abc import Callable, Iterable, Sequence

from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_core.models import LLMMessage, SystemMessage

from agents.allowance import SHARES, Part, part_of
from agents.analysis.explanation import Hypothesis, Reason
from agents.analysis.observations import read
from agents.analysis.symptoms import signature
from agents.answers import shape
from agents.attempts import in_alert, in_case
from agents.case import Case
from agents.clients.tokens import request_tokens, tokens
from agents.clients.wire.schemas import in_words
from agents.excerpts import Fitting, by_turns, candidates, diffs, fit, line, shortened, unanswered
from agents.marked import marked
from agents.messages import SPECIALISTS, asked
from agents.prompts import prompt, task
from agents.remarks import PEOPLE
from agents.scribe import brought
from incident.evidence import Evidence
from incident.facts import Agent, Turn

DESK = "desk"
"""Who hands out what code has computed."""
SIGNS = 4
"""Signs of the fault that a diff is read against."""
WEIGHED, REASONS = 4, 3
"""Explanations that the commander is given, and what it is told for and against each."""
FOR_DIFFS, FOR_SIGNS, FOR_RIVALS, FOR_FINDINGS = 0.35, 0.3, 0.5, 0.5
"""The shares of the room that they get at most; evidence gets what is left."""
PAGE, REMARKS, ATTEMPTS, LONGEST = 150, 250, 120, 300
"""Tokens that the page, people's remarks and warnings get, and characters of a line of the page."""
SLACK = 40
"""Tokens for the sentences around the pieces."""


class Papers:
    """``page`` is the alert in words."""

    def __init__(self, case: Case, page: str) -> None:
        self._case = case
        lines = fit((text[:LONGEST] for text in page.splitlines()), PAGE).kept
        self._page = TextMessage(content=marked("page", lines), source="user")
        self._near = case.ledger.alert.service

    def plan(self) -> list[BaseChatMessage]:
        """Return what the commander plans on."""
        tried = fit(in_alert(self._case.ledger.alert), ATTEMPTS).kept
        orders = _desk("\n".join((*tried, task("plan"))))
        room = self._room(Agent.COMMANDER, [self._page, orders]) - _held(Part.PLAN)
        return [self._page, *self._people(room), orders]

    def errand(self, agent: Agent) -> list[BaseChatMessage]:
        """Return what a specialist reports on: what its tools answered, and what it is asked."""
        question = asked_of(agent, self._case.turns)
        asks = [TextMessage(content=question, source=Agent.COMMANDER.value)] if question else []
        room = self._room(agent, [self._page, *asks]) - SLACK
        answers = self._case.answers.get(agent, ())
        changing = agent is Agent.DEPLOY
        parts = [*([self._changes(room)] if changing else []), marked("unanswered", unanswered(answers))]
        ids = self._worthiest(by_turns(answers)) if changing else by_turns(answers)
        lines = (line(item, self._near) for item in self._named(ids))
        found = fit(lines, room - sum(map(tokens, parts)))
        return [self._page, _desk("\n".join((_shown(found), *parts))), *asks]

    def decision(self, *, may_ask: bool) -> list[BaseChatMessage]:
        """Return what the commander decides on: findings, explanations that code weighed, evidence, and people."""
        tried = fit(in_case(self._case.ledger.alert, self._named(self._brought())), ATTEMPTS).kept
        tasks = (task("decide"), task("ask")) if may_ask else (task("decide"),)
        orders = _desk("\n\n".join((*tried, *tasks)))
        held, people = _held(Part.DECISION, may_ask=may_ask), self._people(REMARKS)
        among = self.weighed()
        told = self._findings(int((self._room(Agent.COMMANDER, [self._page, *people, orders]) - held) * FOR_FINDINGS))
        room = self._room(Agent.COMMANDER, [self._page, *told, *people, orders]) - held - SLACK
        rivals = _rivals(among, int(room * FOR_RIVALS))
        weighty = [reason.evidence for one in among[:WEIGHED] for reason in (*one.support, *one.against)]
        evidence = self._named(dict.fromkeys((*(i for i in weighty if i), *self._brought())))
        found = fit((line(item, self._near) for item in evidence), room - tokens(rivals))
        return [self._page, *told, _desk(f"{_shown(found)}\n{rivals}"), *people, orders]

    def weighed(self) -> tuple[Hypothesis, ...]:
        """Return the explanations by all evidence there is."""
        return self._case.ledger.scales.weigh(self._case.ledger.all())

    def _brought(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(i for turn in self._case.findings() for i in (*turn.cites, *brought(turn))))

    def _room(self, agent: Agent, fixed: Sequence[BaseChatMessage]) -> int:
        """Return how many tokens are left for evidence in an agent's prompt."""
        told: list[LLMMessage] = [SystemMessage(content=prompt(agent)), *(m.to_model_message() for m in fixed)]
        share = SHARES[part_of(agent, planned=self._case.planned)]
        return max(0, share.prompt - request_tokens(told))

    def _findings(self, room: int) -> list[TextMessage]:
        findings = sorted(self._case.findings(), key=lambda turn: SPECIALISTS.index(turn.agent))
        each = room // max(1, len(findings))
        return [TextMessage(content=_finding(turn, each), source=turn.agent.value) for turn in findings]

    def _people(self, room: int) -> list[TextMessage]:
        """Return the newest remarks that fit, in the order in which they were made."""
        kept = fit(reversed(self._case.remarks), room).kept
        return [TextMessage(content=words, source=PEOPLE) for words in reversed(kept)]

    def _changes(self, room: int) -> str:
        """Return the fault's signs and the diffs of the changes that could have caused it."""
        ledger = self._case.ledger
        signs = sorted(signature(ledger.alert, tuple(read(ledger.all()))).signs, key=lambda sign: -sign.weight)
        worst = self._named(dict.fromkeys(sign.evidence for sign in signs if sign.evidence))[:SIGNS]
        fault = fit((item.statement for item in worst), int(room * FOR_SIGNS))
        commits = self._named(i for one in candidates(self.weighed()) for i in one.change)
        read_on = fit(diffs(commits), int(room * FOR_DIFFS))
        left = f"\n{read_on.left} more stretches of these diffs are left out." if read_on.left else ""
        return "\n".join(filter(None, (marked("fault", fault.kept), marked("diffs", read_on.kept) + left)))

    def _worthiest(self, ids: Sequence[str]) -> Iterable[str]:
        """Return the likeliest changes first, then what happened closest to the alert."""
        first = [i for one in candidates(self.weighed()) for i in one.change if i in set(ids)]
        return dict.fromkeys((*first, *reversed(ids)))

    def _named(self, ids: Iterable[str]) -> list[Evidence]:
        found = (self._case.ledger.get(i) for i in ids)
        return [item for item in found if item is not None]


def asked_of(agent: Agent, turns: Sequence[Turn]) -> str:
    """Return what the commander last asked an agent, empty where it asked it nothing."""
    words = next((turn.text for turn in reversed(turns) if turn.agent is Agent.COMMANDER), "")
    return next((ask.question for ask in asked(words) if ask.agent is agent), "")


def _finding(turn: Turn, room: int) -> str:
    sure = f", confidence {turn.confidence:.2f}" if turn.confidence is not None else ""
    return marked("finding", [f"[{turn.status}{sure}]", shortened(turn.text, room)])


def _rivals(among: Sequence[Hypothesis], room: int) -> str:
    told = fit((_explained(one) for one in among[:WEIGHED]), room)
    return f"What code weighed, the strongest first:\n{marked('explanations', told.kept)}" if told.kept else ""


def _explained(one: Hypothesis) -> str:
    by = f" by {one.change_id}" if one.change_id else ""
    at = f" at {one.service}" if one.service else ""
    says: Callable[[Reason], str] = lambda r: f"{r.sentence} ({r.evidence})" if r.evidence else r.sentence  # noqa: E731
    sides = (("for", one.support), ("against", one.against))
    told = [f"  {side}: {'; '.join(map(says, reasons[:REASONS]))}" for side, reasons in sides if reasons]
    return "\n".join((f"{one.category}{at}{by}: {one.what}, strength {one.strength:.2f}", *told))


def _shown(found: Fitting) -> str:
    more = f", the weightiest; {found.left} more are left out" if found.left else ""
    return f"Evidence{more}:\n{marked('evidence', found.kept)}" if found.kept or found.left else "No evidence."


def _held(part: Part, *, may_ask: bool = False) -> int:
    """Return what it takes to say in words what an answer has to look like."""
    wanted = shape(part, may_ask=may_ask)
    return tokens(in_words(wanted)) if wanted else 0


def _desk(text: str) -> TextMessage:
    return TextMessage(content=text, source=DESK)
