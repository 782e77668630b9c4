"""Whom a question goes to and until when, the reminder half way, and what is said when nobody has answered. Pure."""

from collections.abc import Iterator

from bot.thread.compose import messages
from bot.thread.message import Message
from bot.thread.options import Options
from bot.thread.plan import step
from bot.thread.rich import Inline, bold, joined, line, person, rich, say, section, when
from incident.catalog import is_app
from incident.facts import Verdict
from incident.model import Incident

NOBODY = "nobody yet. Set SFA_APPROVERS to Slack users and user groups, as in SFA_APPROVERS=U012ABCDE,S045FGHIJ"
UNSEEN = "nobody that I can see: they have no members, or Slack doesn't say who they are. I look again half way."
UNTIL = "{date_short_pretty} at {time_secs}"


def asked_people(verdict: Verdict, options: Options) -> Iterator[Inline]:
    """Yield who may answer, who of them doesn't count, and who is on call."""
    asked, two = verdict.asked, verdict.approvals_needed > 1
    named = options.approvers if asked is None else asked.named
    yield bold("Two people have to agree, out of: " if two else "May answer: ")
    if not named:
        yield say(UNSEEN if options.approvers else NOBODY)
    yield from joined(map(person, named))
    if named and asked is not None and not asked.approvers:
        yield say(f": {UNSEEN}")
    if two and asked is not None:
        yield from _rule(verdict, asked.maker)
    yield from on_call(verdict)


def on_call(verdict: Verdict) -> Iterator[Inline]:
    """Yield a mention of the service's on-call group, nothing where it has none."""
    if verdict.asked is not None and verdict.asked.on_call is not None:
        yield bold(" On call: ")
        yield person(verdict.asked.on_call)


def unproved(verdict: Verdict) -> str:
    """Return why it isn't known who made a change, and what would help; plain text."""
    login = verdict.deployed_by
    if login is None:
        return "the deployer's record doesn't say who deployed it."
    if is_app(login):
        return f"{login} deployed it, which is an app. Let deployments be recorded with a person's token."
    return f"{login} deployed it, and nothing says who that is in Slack. Add {login} to `people` in SFA_CATALOG."


def reminder(incident: Incident) -> tuple[Message, ...]:
    """Return that an answer is still missing; may overtake."""
    return tuple(each._replace(urgent=True) for each in messages([rich(section(*_reminding(incident)))]))


def expired(incident: Incident) -> Iterator[Message]:
    """Yield what is said in the thread, and what elsewhere: there nothing of the incident is told but its name."""
    verdict = incident.last(Verdict)
    told = (*(() if verdict is None else on_call(verdict)),)
    unanswered = bold("Nobody answered in time, so nothing was changed. A person has to go on from here.")
    yield from (each._replace(urgent=True) for each in messages([rich(section(unanswered, *told))]))
    title = bold(f"{incident.id}: nobody has answered whether to roll back, and the time to answer is over.")
    where = say(" Nothing was changed. A person has to go on, in the incident's own thread.")
    yield from (each._replace(elsewhere=True) for each in messages([rich(section(title, where, *told))]))


def _rule(verdict: Verdict, maker: str | None) -> Iterator[Inline]:
    if maker is not None:
        yield from (say(". Whoever made the change doesn't count: "), person(maker))
        return
    yield bold(". Nobody can approve it yet: ")
    yield line(f"neither of the two may have made the change, and {unproved(verdict)}")


def _reminding(incident: Incident) -> Iterator[Inline]:
    verdict = incident.last(Verdict)
    if verdict is None or verdict.plan is None or verdict.expires_at is None:
        return
    yield bold("Still waiting for an answer: ")
    yield line(f"roll back {step(verdict.plan)}? The question expires ")
    yield when(verdict.expires_at, UNTIL)
    yield say(".")
    yield from on_call(verdict)
