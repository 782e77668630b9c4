"""Who may answer the gate's question, and where. Pure; who made the change isn't said: reports name no authors."""

from incident.facts import Action, Asked, Verdict
from incident.model import Incident
from incident.status import World

SETTINGS = "SFA_APPROVERS names, and of them whom SFA_CATALOG names for the service"
HERE = "Asked: whoever is at the terminal, as this world is made up; real systems are approved in Slack alone."
UNSEEN = "None of them could be seen then, so nobody could answer."
MAKER = "Neither may have made the change."


def who_answers(incident: Incident, verdict: Verdict) -> str:
    """Return whom the question went to, or would have gone to, in a few sentences; empty where nobody is asked."""
    if verdict.action is not Action.ASK or verdict.plan is None:
        return ""
    if verdict.asked is None and incident.world is World.SCENARIO and not verdict.rehearsed:
        return HERE
    what = "Would be asked" if verdict.rehearsed else "Asked"
    two = verdict.approvals_needed > 1
    named = f"those whom {SETTINGS}" if verdict.asked is None else _named(verdict.asked)
    told = f"{what}, in Slack alone: {'two of ' if two else ''}{named}.{f' {MAKER}' if two else ''}"
    return told if verdict.asked is None else f"{told}{_more(verdict.asked)}"


def _named(asked: Asked) -> str:
    return ", ".join(asked.named) or "nobody, as SFA_APPROVERS and SFA_CATALOG leave nobody"


def _more(asked: Asked) -> str:
    unseen = f" {UNSEEN}" if asked.named and not asked.approvers else ""
    return unseen + (f" On call: {asked.on_call}." if asked.on_call else "")
