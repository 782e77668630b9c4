"""What was done and whether it helped: the rollback, the check with its figures, the report at the end."""

from collections.abc import Iterator

from bot.report import words
from bot.report.actions import todos
from bot.report.ending import banner
from bot.report.figures import quantity
from bot.report.handover import NO_MORE, next_hypothesis, still_in_main
from bot.report.story import summary
from bot.thread.compose import messages
from bot.thread.images import check_picture, report_file
from bot.thread.message import Block, Message
from bot.thread.options import Options
from bot.thread.plan import step
from bot.thread.rich import Inline, bold, code, line, link, listed, rich, say, section
from incident.facts import Check, Recovery, RollbackEnded, RollbackSeen, RollbackStarted
from incident.model import Incident

NEXT = 4
SENTENCE = 400


def started_messages(started: RollbackStarted) -> tuple[Message, ...]:
    """Return what is being rolled back, and the key by which it is found wherever it runs."""
    told = section(bold("Rolling back "), line(f"{step(started.plan)} …"))
    return messages([rich(told), rich(section(say("Its key is "), code(started.key)))])


def run_messages(incident: Incident, seen: RollbackSeen) -> tuple[Message, ...]:
    """Return where its run can be watched, once; how far it is stands on the card."""
    if seen.url is None or incident.every(RollbackSeen)[0] != seen:
        return ()
    return messages([rich(section(say("Its run: "), link(seen.url)))])


def ended_messages(ended: RollbackEnded) -> tuple[Message, ...]:
    """Return how the rollback ended, and where to look: at its run, or where that would stand."""
    told: list[Inline] = [bold(f"The rollback {words.OUTCOMES[ended.outcome]}.")]
    if ended.reason.strip():
        told.append(line(f" {ended.reason}", SENTENCE))
    where = (rich(section(say("Where to look: "), link(ended.url))),) if ended.url else ()
    return messages([rich(section(*told)), *where])


def check_messages(incident: Incident, check: Check, options: Options) -> tuple[Message, ...]:
    """Return whether the signal that paged recovered: before, after, threshold, and a chart."""
    said = words.RECOVERIES[check.result]
    told = [rich(section(bold(f"{said[:1].upper()}{said[1:]}.")))]
    if figures := _figures(incident, check):
        told.append(rich(section(line(figures, SENTENCE))))
    if check.reason.strip() and check.result is not Recovery.RECOVERED:  # the figures say it already
        told.append(rich(section(line(check.reason, SENTENCE))))
    if following := next_hypothesis(incident):
        told.append(rich(section(bold(following), say(f" {NO_MORE}"))))
    return messages(told, uploads=check_picture(incident, options))


def _figures(incident: Incident, check: Check) -> str:
    metric = incident.alert.metric
    if check.before is None and check.after is None:
        return ""
    name = f"{metric}: " if metric else ""
    limit = f", threshold {quantity(check.threshold, metric)}" if check.threshold is not None else ""
    usual = f", usually {quantity(check.usual, metric)}" if check.usual is not None else ""
    return f"{name}{quantity(check.before, metric)} before, {quantity(check.after, metric)} after{limit}{usual}"


def report_messages(incident: Incident, options: Options) -> tuple[Message, ...]:
    """Return the incident in a few sentences, what to do next, and the report as a PDF."""
    return messages(_report(incident), uploads=(report_file(incident, options),))


def _report(incident: Incident) -> Iterator[Block]:
    if incident.status.ended:
        yield rich(section(bold(banner(incident))))
        if left := still_in_main(incident):
            yield rich(section(line(left.sentence, SENTENCE)))
        yield from listed("In short", [[line(sentence, SENTENCE)] for sentence in summary(incident)], NEXT)
        yield from listed("What to do next", [[line(todo.what, SENTENCE)] for todo in todos(incident)], NEXT)
    else:
        yield rich(section(bold("A draft of the report"), say(", for whoever decides.")))
