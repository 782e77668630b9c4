"""What would have been done where nothing may be: the plan, who would have been asked, and each check's answer."""

from collections.abc import Iterator

from bot.report import gate
from bot.thread.compose import aside, header
from bot.thread.message import Block
from bot.thread.options import Options
from bot.thread.plan import doubts, particulars
from bot.thread.rich import Inline, bold, code, joined, rich, say, section
from incident.facts import Action, Plan, Verdict
from incident.model import Incident

NOBODY = "nobody, as SFA_APPROVERS (or SFA_CATALOG for this service) names nobody"


def rehearsal(incident: Incident, verdict: Verdict, plan: Plan, options: Options) -> Iterator[Block]:
    """Yield what the card would have said; nobody is mentioned, as nobody has to do anything."""
    ask = verdict.action is Action.ASK
    title = (
        f"would ask whether to roll back {plan.service}" if ask else f"would roll back {plan.service} without asking"
    )
    yield header(f"Rehearsal: {title}")
    yield from particulars(incident, plan)
    yield from doubts(incident, verdict) if ask else ()
    yield rich(section(*(_who(verdict, options) if ask else _unasked())))
    yield from aside(*(f"{row.result}: {row.names}. {row.reason}" for row in gate.rows(verdict)), gate.score(verdict))


def _who(verdict: Verdict, options: Options) -> Iterator[Inline]:
    yield bold("Would be asked" + (" (two of them have to agree): " if verdict.approvals_needed > 1 else ": "))
    named = options.approvers if verdict.asked is None else verdict.asked.named
    if not named:
        yield say(NOBODY)
    yield from joined(map(code, named))
    if verdict.asked is not None and verdict.asked.on_call is not None:
        yield bold(" On call: ")
        yield code(verdict.asked.on_call)


def _unasked() -> Iterator[Inline]:
    yield bold("Nobody would be asked: ")
    yield say("it would start once the time to object is over.")
