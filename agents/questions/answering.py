"""Answers one question: from evidence, from telemetry where things are to be shown, in a model's words where it can."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from agents.questions.concluded import affected, caught_up, remedy, ruled_out, since_when, why
from agents.questions.found import by_id, matching, missing, shows, told_of, why_not
from agents.questions.lookup import Looked, look_up
from agents.questions.phrases import at, listed
from agents.questions.record import Record, said
from agents.questions.understanding import Question, Wants, understood
from agents.questions.wording import Writer
from incident.evidence import CITATION
from incident.facts import Answered, Remark
from incident.model import Incident
from incident.ports import Telemetry

OFFLINE: Final = "offline"
LINES, LONGEST, SHOWN = 7, 2_200, 4
BACK: Final = timedelta(hours=3)


class Answerer:
    """May answer several questions at once. ``window`` is how much before the alert is read.

    Without a ``writer`` it answers by search alone; with one, in a model's words that were checked.
    """

    def __init__(self, window: timedelta = BACK, writer: Writer | None = None) -> None:
        self._window, self._writer = window, writer

    async def answer(self, incident: Incident, seq: int, now: datetime, telemetry: Telemetry | None) -> Answered:
        """Return the answer to the incident's ``seq``-th fact, a remark, at the incident's own time.

        ``telemetry`` is None where it can't be read again.
        """
        remark = incident.facts[seq - 1]
        text = remark.text if isinstance(remark, Remark) else ""
        record = Record(incident, now)
        question = await asyncio.to_thread(lambda: understood(text, record.known))
        looked = None
        if await asyncio.to_thread(_wants_telemetry, record, question):
            looked = Looked(unseen=("its telemetry can't be read again",))
            if telemetry is not None:
                looked = await look_up(record, question, telemetry, seq, self._window)
        lines = await asyncio.to_thread(lambda: list(_lines(record, question, looked)))
        plain = _answered(record, seq, _bounded(lines), looked)
        if self._writer is None or question.looks_up:
            return plain
        return await self._writer.write(record, question, plain)


def _wants_telemetry(record: Record, question: Question) -> bool:
    return question.wants is Wants.SHOW and (question.when is not None or not matching(record, question))


def _answered(record: Record, seq: int, text: str, looked: Looked | None) -> Answered:
    found = looked.found if looked else ()
    on_file = {item.id for item in record.get(CITATION.findall(text))}
    fresh = tuple(item for item in found if item.id not in {each.id for each in record.incident.evidence})
    known = on_file | {item.id for item in fresh}
    cites = tuple(dict.fromkeys(i for i in CITATION.findall(text) if i in known))
    return Answered(at=record.now, to=seq, text=text, cites=cites, found=fresh, by=OFFLINE)


def _lines(record: Record, question: Question, looked: Looked | None) -> Iterator[str]:
    match question.wants:
        case Wants.EVIDENCE:
            return by_id(record, question)
        case Wants.CATCH_UP:
            return caught_up(record)
        case Wants.RULED_OUT:
            return ruled_out(record, question)
        case Wants.AFFECTED:
            return affected(record)
        case Wants.REMEDY:
            return remedy(record)
        case Wants.SINCE_WHEN:
            return since_when(record, question)
        case Wants.WHY:
            return why(record)
        case Wants.WHY_NOT:
            return why_not(record, question)
        case Wants.SHOW if looked is not None:
            return _looked_up(record, question, looked)
        case Wants.SHOW:
            return shows(record, question, matching(record, question))
        case Wants.ABOUT:
            return told_of(record, question)


def _looked_up(record: Record, question: Question, looked: Looked) -> Iterator[str]:
    """Yield what telemetry shows, else that it shows nothing, else what is on file."""
    when, of = _when(record, question), f" of {listed(question.services)}" if question.services else ""
    if looked.found:
        more = f", and {looked.left} more that are not shown" if looked.left else ""
        yield f"Read for this{of}{when}: {len(looked.found)} found{more}."
        yield from (f"- {said(item)}" for item in looked.found[:SHOWN])
        left = looked.found[SHOWN:]
        yield f"and {', '.join(item.id for item in left)}" if left else ""
        yield from (f"Not seen: {why}." for why in looked.unseen[:1])
        return
    if not looked.unseen:
        yield f"Nothing of the kind was found{of}{when}. It was looked for with"
        yield from (f"- `{query}`" for query in looked.queries[:3])
        others = record.narrowed(sources=question.sources, when=question.when) if question.sources else ()
        yield f"Of others there is: {', '.join(item.id for item in others[:12])}." if others else ""
        return
    yield f"That could not be looked up{of}{when}: {'; '.join(looked.unseen[:2])}."
    on_file = matching(record, question)
    yield from shows(record, question, on_file) if on_file else missing(record, question)


def _when(record: Record, question: Question) -> str:
    since, until = question.when or (None, None)
    if since and until:
        return f" between {at(record, since).removesuffix(' UTC')} and {at(record, until)}"
    if since or until:
        return f" {'from' if since else 'before'} {at(record, since or until or record.now)}{' on' if since else ''}"
    return ""


def _bounded(lines: list[str]) -> str:
    """Return at most so many lines and characters, cut between lines."""
    kept: list[str] = []
    for line in [line for line in lines if line.strip()][:LINES]:
        if kept and sum(map(len, kept)) + len(line) > LONGEST:
            break
        kept.append(line[:LONGEST])
    return "\n".join(kept)
