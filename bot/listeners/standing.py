"""Why somebody's answer doesn't count for a question, though they may approve in general. Pure."""

from bot.listeners.answers import who
from bot.thread.text import clean, escaped
from bot.thread.whom import unproved
from incident.facts import Decision, Verdict

NOT_ASKED = (
    "You were not among the approvers when this was asked, and whoever joins them later doesn't count for it. {named} "
    "Nothing was done."
)
UNPROVED = "Nobody can approve this yet: neither of two people may have made the change, and {why} Nothing was done."
LISTED = 10
OWN = "You made this change, and two other people have to agree to undo it. Nothing was done."


def barred(verdict: Verdict, by: str, decision: Decision) -> str:
    """Return why an answer doesn't count; empty where nothing speaks against it. Anybody who was asked may reject."""
    asked = verdict.asked
    if asked is None:
        return ""
    if by not in asked.approvers:
        there = ", ".join(who(each) for each in asked.approvers[:LISTED])
        named = f"Asked were {there}{' and others' if asked.approvers[LISTED:] else ''}." if there else "Nobody was."
        return NOT_ASKED.format(named=named)
    if decision is not Decision.APPROVED or verdict.lets(by):
        return ""
    return OWN if asked.maker == by else UNPROVED.format(why=escaped(clean(unproved(verdict))))
