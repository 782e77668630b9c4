"""The root card: how the incident stands, who is working, and what can be pressed; kept current by editing."""

from collections.abc import Iterator, Mapping

from bot.report import words
from bot.report.ending import banner
from bot.report.escape import brief
from bot.report.handover import still_in_main
from bot.report.story import blamed
from bot.thread.compose import header, one
from bot.thread.drill import marked
from bot.thread.message import Block, Message
from bot.thread.options import Options
from bot.thread.presses import CLOSE, LOOK_AGAIN, MUTE, OPEN_REPORT, OWN, STOP, Pressed, button, confirm, row
from bot.thread.rich import Inline, bold, line, link, person, quote, rich, say, section, when
from bot.thread.tasks import plan
from incident.facts import AlertSeen, Diagnosis, Owned, RollbackSeen
from incident.model import Incident
from incident.status import CLOSABLE, World

NAME, SENTENCE = 80, 500


def card(incident: Incident, working: Mapping[str, str], options: Options) -> Message:
    """Return the card; ``working`` is what each agent that is busy right now does, by its name."""
    del options
    return marked(incident, one(_blocks(incident, working)))[0]


def _blocks(incident: Incident, working: Mapping[str, str]) -> Iterator[Block]:
    alert = incident.alert
    yield header(f"{brief(alert.name, NAME)} on {alert.service}")
    yield rich(section(*_standing(incident)), *_paged(incident))
    yield rich(section(*_facts(incident)), section(*_counts(incident)))
    yield plan(incident, working)
    yield row(*_buttons(incident))


def _standing(incident: Incident) -> Iterator[Inline]:
    status = words.STATUSES[incident.status]
    ended = incident.status.ended
    yield bold(brief(banner(incident), SENTENCE) if ended else f"{status[:1].upper()}{status[1:]}.")
    diagnosis = incident.last(Diagnosis)
    if diagnosis is not None:
        yield say("\n")
        yield line(blamed(diagnosis), SENTENCE)
    if ended and (left := still_in_main(incident)):
        yield say("\n")
        yield line(left.sentence, SENTENCE)


def _paged(incident: Incident) -> Iterator[Block]:
    if incident.alert.summary.strip():
        yield quote(line(incident.alert.summary, SENTENCE))


def _facts(incident: Incident) -> Iterator[Inline]:
    owner = incident.last(Owned)
    yield bold("Severity: ")
    yield say(f"{incident.alert.severity} · ")
    yield bold("Environment: ")
    yield line(f"{incident.environment} · ", NAME)
    yield bold("Since: ")
    yield when(incident.alert.fired_at)
    yield say(" · ")
    yield bold("Owner: ")
    yield person(owner.by) if owner else say("nobody yet")


def _counts(incident: Incident) -> Iterator[Inline]:
    yield line(incident.id, NAME, code=True)
    if incident.world is not World.REAL:
        yield say(f" · {words.drill(incident)}{words.WORLDS[incident.world]}: nothing real is touched")
    if incident.follows:
        yield line(f" · the same problem as {incident.follows} before", 2 * NAME)
    seen = incident.every(AlertSeen)
    if seen:
        yield say(f" · paged again {len(seen)} time{'s' * (len(seen) > 1)}, last ")
        yield when(seen[-1].at)
    run = incident.last(RollbackSeen)
    if run is not None and run.url and not incident.status.ended:
        yield say(f" · the rollback's run {words.PROGRESS[run.progress]}: ")
        yield link(run.url)
    if incident.resolved_at_source:
        yield say(" · the alert was resolved at its source")


def _buttons(incident: Incident) -> Iterator[Block]:
    about = Pressed(incident.id)
    yield button(OWN, "Take it over" if incident.last(Owned) else "I've got it", about)
    if not incident.status.ended:
        yield button(STOP, "Stop", about, style="danger")
    if incident.last(Diagnosis) is not None:
        yield button(OPEN_REPORT, "Report", about)
    if incident.status.ended:
        yield button(LOOK_AGAIN, "Look again", about)
        yield from (_close(incident),) if incident.status in CLOSABLE else ()
        yield button(MUTE, "Mute this alert …", about)


def _close(incident: Incident) -> Block:
    """The button that closes it; where nobody saw the end of its rollback, only after a second thought."""
    if not incident.acting:
        return button(CLOSE, "Close", Pressed(incident.id))
    told = "Nobody has seen the end of its rollback. Closing it lets other rollbacks of this service begin."
    sure = confirm(f"Close {incident.id}?", told, "Close", "Not yet", danger=True)
    return button(CLOSE, "Close", Pressed(incident.id), confirm=sure)
