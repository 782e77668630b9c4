"""The diagnosis: the cause, how sure that is, how it went, what else was considered, and what could not be seen."""

from collections.abc import Iterator

from bot.report import words
from bot.report.figures import ranges, share
from bot.report.spending import spending
from bot.report.story import blamed, opinions, unheard
from bot.thread.compose import aside, header, messages
from bot.thread.evidence import outsiders
from bot.thread.images import cause_pictures
from bot.thread.message import Block, Message
from bot.thread.options import Options
from bot.thread.presses import FEEDBACK, Pressed, button, row
from bot.thread.prose import prose
from bot.thread.rich import TIME, Inline, bold, line, listed, rich, say, section, when
from incident.diagnosis import Category, Link, Rival, RuledOut
from incident.facts import Diagnosis
from incident.model import Incident

CHAIN, RIVALS, RULED_OUT, GAPS, ATTEMPTS = 8, 3, 3, 5, 4
SENTENCE = 300


def diagnosis_messages(incident: Incident, diagnosis: Diagnosis, options: Options) -> tuple[Message, ...]:
    """Return the diagnosis with its charts, and the buttons that ask whether it was right."""
    return messages(_blocks(incident, diagnosis), uploads=cause_pictures(incident, options))


def _blocks(incident: Incident, diagnosis: Diagnosis) -> Iterator[Block]:
    yield header(_title(diagnosis))
    yield rich(section(bold(blamed(diagnosis))))
    yield from prose(diagnosis.cause)
    if diagnosis.disputed:
        yield rich(section(line(opinions(diagnosis), 2 * SENTENCE)))
    yield from listed("How it went", [_step(link) for link in diagnosis.causal_chain], CHAIN, "ordered")
    yield from listed("Why this", [[line(because, SENTENCE)] for because in diagnosis.confidence_because], RIVALS)
    yield from listed("What else it could be", [_rival(rival) for rival in diagnosis.rivals], RIVALS)
    yield from listed("Ruled out", [_ruled_out(other) for other in diagnosis.ruled_out], RULED_OUT)
    unseen = (*diagnosis.gaps, *unheard(incident))
    yield from listed("What could not be seen", [[line(gap, SENTENCE)] for gap in unseen], GAPS)
    tried = [[line(attempt, SENTENCE)] for attempt in diagnosis.attempts]
    yield from listed("Texts that try to steer this", tried, ATTEMPTS)
    yield rich(section(bold("What would help: "), say(words.REMEDIES[diagnosis.remediation])))
    yield from aside(*_small_print(incident, diagnosis))
    about = Pressed(incident.id)
    yield row(*(button(action, label, about) for action, label in FEEDBACK.items()))


def _title(diagnosis: Diagnosis) -> str:
    where = f" at {diagnosis.culprit_service}" if diagnosis.culprit_service else ""
    match diagnosis.category:
        case Category.NONE:
            return "Diagnosis: nothing is wrong any more"
        case Category.UNKNOWN:
            return "Diagnosis: no cause established"
        case _:
            return f"Diagnosis: {diagnosis.category}{where}"


def _step(link: Link) -> list[Inline]:
    at = [when(link.at, TIME), say(" ")] if link.at else []
    return [*at, bold(link.service, 120), line(f": {link.what}{_shown(link.evidence)}", SENTENCE)]


def _rival(rival: Rival) -> list[Inline]:
    return [bold(f"{share(rival.confidence)}: "), line(rival.what, SENTENCE),
            line(f"; less likely, as: {rival.why_less_likely}", SENTENCE)]  # fmt: skip


def _ruled_out(other: RuledOut) -> list[Inline]:
    return [line(other.what, SENTENCE), line(f": {other.why}{_shown(other.evidence)}", SENTENCE)]


def _shown(ids: tuple[str, ...]) -> str:
    return f" ({ranges(ids)})" if ids else ""


def _small_print(incident: Incident, diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.evidence:
        yield f"Rests on {ranges(diagnosis.evidence[:50])}"
    if outside := outsiders(incident, diagnosis.evidence):
        yield f"{outside}"
    if diagnosis.second_opinion and not diagnosis.disputed:
        yield opinions(diagnosis)
    if diagnosis.redactions:
        yield f"{diagnosis.redactions} secrets and personal data were taken out before anything was read"
    yield from spending(diagnosis.usage)
    yield "Was it right? Your answer is kept, and how sure the next one may be is judged by it."
