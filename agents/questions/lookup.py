"""Asks the telemetry for what a question wants shown, with the team's tools and a few more: never for the diagnosis."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson

from agents.deploy_tools import DeployTools
from agents.desk import Desk
from agents.ledger import Ledger
from agents.questions.benches import ERRORS, LevelTools, LineTools, in_its_words
from agents.questions.moments import Stretch
from agents.questions.record import Record, begun
from agents.questions.search import search
from agents.questions.understanding import Question
from agents.windows import Scope, stamp
from incident.evidence import Evidence, Source
from incident.ports import Telemetry

SECONDS: Final = 20.0
AFTER: Final = timedelta(hours=3)
"""How long after the alert telemetry is read at most: later it is another incident's."""
FIRST, ROOM, LAST = 1000, 10, 99_999
"""The ids of what is read for an answer: ten for each fact of an incident, behind all that a team can file."""
EVERYTHING: Final = (Source.LOGS, Source.METRICS, Source.CHANGES)
"""What is looked at where a question names a time and no signal."""


class Looked(NamedTuple):
    """What telemetry had to say: ``left`` is how much more there is, ``unseen`` what could not be read."""

    found: tuple[Evidence, ...] = ()
    queries: tuple[str, ...] = ()
    left: int = 0
    unseen: tuple[str, ...] = ()


class Wish(NamedTuple):
    """What a question wants of a tool, in the tool's own words; empty texts ask for everything."""

    service: str
    since: str
    until: str
    errors: bool
    levels: bool


Ask = Callable[["Tools", Wish], Awaitable[str]]


class Tools(NamedTuple):
    """The benches over one incident's telemetry."""

    lines: LineTools
    levels: LevelTools
    deploy: DeployTools


ASKS: Final[Mapping[Source, tuple[Ask, ...]]] = {
    Source.LOGS: (lambda t, w: t.lines.log_lines(w.service, w.since, w.until, ERRORS if w.errors else ""),),
    Source.METRICS: (
        lambda t, w: t.levels.metric_levels(w.service or t.levels.desk.alert.service, w.since, w.until),
        lambda t, w: t.levels.metric_shifts(w.service, "", w.since, w.until),
    ),
    Source.SPANS: (lambda t, w: t.levels.call_shifts(w.service, w.since, w.until),),
    Source.CHANGES: (lambda t, w: t.deploy.changes(w.service, w.since, w.until),),
    Source.COMMITS: (lambda t, w: t.deploy.commits("", w.since, w.until),),
    Source.EVENTS: (lambda t, w: t.deploy.status_events(w.service, w.since, w.until),),
    Source.TOPOLOGY: (lambda t, _: t.levels.call_graph(),),
}
"""Which tools show a signal: how it was in a stretch of time first, how it moved last. The next one is asked where one
finds nothing."""


async def look_up(record: Record, question: Question, telemetry: Telemetry, seq: int, window: timedelta) -> Looked:
    """Return what the telemetry shows of what was asked for by the remark ``seq``, bounded in time and number."""
    until = min(record.now, record.alert.fired_at + AFTER)
    scope = Scope(signals=window, as_of=until)
    ledger = Ledger(record.alert, scope, record.incident.evidence)
    desk = Desk(record.alert, telemetry, scope)
    tools = Tools(LineTools(desk, ledger), LevelTools(desk, ledger), DeployTools(desk, ledger))
    sources = sorted(question.sources) or EVERYTHING
    wishes = [_wish(service, question) for service in question.services or ("",)]
    try:
        async with asyncio.timeout(SECONDS):
            answers = [await _asked(tools, source, wish) for source in sources for wish in wishes]
    except TimeoutError:
        return Looked(unseen=(f"reading took longer than {SECONDS:.0f} s",))
    ids = [line["id"] for answer in answers for line in answer.get("evidence", ())]
    found = _fitting(question, ledger.cited(dict.fromkeys(ids)))
    unseen = tuple(dict.fromkeys(answer["why"] for answer in answers if answer["result"] == "failed"))
    kept = found[:ROOM]
    more = len(found) - len(kept) + sum(answer.get("not_shown", 0) for answer in answers)
    queries = tuple(dict.fromkeys(answer["query"] for answer in answers))
    return Looked(_numbered(kept, record, seq), queries, more, unseen)


async def _asked(tools: Tools, source: Source, wish: Wish) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for ask in ASKS[source] if wish.levels else reversed(ASKS[source]):
        answer = orjson.loads(await ask(tools, wish))
        if answer["result"] != "nothing":
            break
    return answer


def _wish(service: str, question: Question) -> Wish:
    since, until = question.when or Stretch()
    errors, levels = "error" in question.subject or not question.sources, bool(question.sources and question.when)
    return Wish(service, _written(since), _written(until), errors, levels)


def _written(moment: datetime | None) -> str:
    return stamp(moment) if moment else ""


def _fitting(question: Question, found: Sequence[Evidence]) -> Sequence[Evidence]:
    """Return what is about the question's other words, if anything is, else all; of every signal, in order of time."""
    if not question.sources:
        return sorted(found, key=lambda item: min(begun(item), default=item.window[1]))
    hits = search(set(question.subject), found)
    best = max((hit.share for hit in hits), default=0.0)
    return [hit.item for hit in hits if hit.share == best] or found


def _numbered(found: Sequence[Evidence], record: Record, seq: int) -> tuple[Evidence, ...]:
    """Give what is new ids of its own, which no other answer and no team gives; what is on file keeps its id."""
    on_file = {item.id for item in record.incident.evidence}
    numbers = iter(range(FIRST + ROOM * seq, min(FIRST + ROOM * (seq + 1), LAST + 1)))
    fresh = []
    for item in found:
        number = item.id if item.id in on_file else next((f"E{n}" for n in numbers), None)
        if number is not None:
            statement = in_its_words(item, record.alert.fired_at)
            fresh.append(item.model_copy(update={"id": number, "statement": statement}))
    return tuple(fresh)
