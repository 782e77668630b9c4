"""What agents may ask of the telemetry. An answer says found, nothing or failed, with the query and the window.

Arguments are names, texts and times; never a query, a path or an address.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

import orjson

from agents.analysis.observations import Observation
from agents.desk import Desk
from agents.ledger import Asked, Ledger
from agents.windows import BadWindow, narrowed, stamp
from incident.evidence import Evidence, Source
from incident.facts import Agent
from incident.ports import NotRecorded, Unreadable
from incident.values import Window

ANSWER = 9_000
"""Characters of an answer; what doesn't fit is counted."""
EXCERPT = 1_500
"""Characters of a diff that an answer shows at most; all excerpts together get half an answer."""
WORD = 200
MOMENTS = ("onset", "first_at", "at")
"""What the moment of an observation is called in its values."""
Result = TypeVar("Result")


class Call(NamedTuple):
    """A tool call as it came; ``name`` is what its text is called, ``whole`` the window that it may narrow."""

    tool: str
    source: Source
    whole: Window
    service: str = ""
    since: str = ""
    until: str = ""
    name: str = ""
    text: str = ""


class Question(NamedTuple):
    """A tool call, tidied: ``query`` makes the answer again. Empty texts ask for everything."""

    query: str
    source: Source
    window: Window
    service: str
    text: str

    def about(self, *services: str | None) -> bool:
        """Tell whether one of these services was asked for."""
        return not self.service or any(s is not None and s.casefold() == self.service.casefold() for s in services)

    def when(self, *moments: datetime | None) -> bool:
        """Tell whether one of these moments is in the window; what has none always is."""
        known = [moment for moment in moments if moment is not None]
        return not known or any(moment in self.window for moment in known)


class Reply(NamedTuple):
    """What analysis has to say to a question. ``left`` is how much more there would be."""

    seen: Sequence[Observation]
    left: int = 0
    note: str = ""


class Bench:
    """One specialist's tools. They answer one after the other, so that evidence is numbered alike on every run."""

    agent: Agent

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self.desk = desk
        self.ledger = ledger
        self.answered = 0
        self._turn = asyncio.Lock()

    def tools(self) -> tuple[Callable[..., Awaitable[str]], ...]:
        """Return the tools that the specialist is given."""
        raise NotImplementedError

    async def ask(self, call: Call, look: Callable[[Question], Awaitable[Reply]]) -> str:
        """Look, file what was seen, and answer."""
        try:
            question = self._question(call)
        except BadWindow as wrong:
            return orjson.dumps({"result": "failed", "query": f"{call.tool}(…)", "why": str(wrong)}).decode()
        async with self._turn:
            try:
                reply = await look(question)
            except NotRecorded as unseen:
                return _answer(question, "failed", why=f"not recorded: {unseen}")
            except Unreadable as unseen:
                return _answer(question, "failed", why=f"could not be read: {unseen}")
            self.answered += 1
            asked = Asked(self.agent, question.source, question.query, question.window)
            filed = await computed(lambda: [self.ledger.file(asked, seen) for seen in reply.seen])
            found = [item for item in filed if item is not None]
            left = reply.left + len(filed) - len(found)
            return _answer(question, "found" if found else "nothing", _lines(found), left, reply.note)

    def _question(self, call: "Call") -> Question:
        window = narrowed(call.whole, self.desk.alert.fired_at, call.since, call.until)
        named = {"service": _word(call.service), call.name: _word(call.text)}
        arguments = [f"{name}={orjson.dumps(value).decode()}" for name, value in named.items() if name and value]
        arguments += [f'since="{stamp(window.start)}"', f'until="{stamp(window.end)}"']
        return Question(f"{call.tool}({', '.join(arguments)})", call.source, window, named["service"], _word(call.text))


async def computed(work: Callable[[], Result]) -> Result:
    """Run blocking analysis beside the event loop, so that specialists truly overlap."""
    return await asyncio.to_thread(work)


def _word(text: str) -> str:
    return " ".join(str(text).split())[:WORD]


def _lines(found: Iterable[Evidence]) -> list[dict[str, object]]:
    items = list(found)
    room = min(EXCERPT, ANSWER // 2 // max(1, sum(1 for i in items if i.values.get("diff"))))
    return [_line(item, room) for item in items]


def _line(item: Evidence, room: int) -> dict[str, object]:
    """Return what an answer shows of evidence: never its readings, of a diff no more than fits."""
    line: dict[str, object] = {"id": item.id, "statement": item.statement, "kind": item.values.get("kind")}
    at = next((item.values[name] for name in MOMENTS if item.values.get(name)), None)
    known = {"service": item.service, "at": at, "outsider_text": item.outsider_text}
    line.update({name: value for name, value in known.items() if value})
    diff = item.values.get("diff")
    if isinstance(diff, str) and diff and room >= 200:  # noqa: PLR2004 - less of a diff tells nothing
        line["diff"] = diff[:room]
    return line


def _answer(
    question: Question,
    result: Literal["found", "nothing", "failed"],
    lines: list[dict[str, object]] | None = None,
    left: int = 0,
    why: str = "",
) -> str:
    answer: dict[str, object] = {
        "result": result,
        "query": question.query,
        "window": [stamp(t) for t in question.window],
    }
    if why:
        answer["why"] = why[:400]
    kept = list(lines or ())
    answer["evidence"] = kept
    while len(orjson.dumps(answer)) > ANSWER and any("diff" in line for line in kept):
        next(line for line in reversed(kept) if "diff" in line).pop("diff")
    size = len(orjson.dumps(answer))
    dropped: list[object] = []
    while size > ANSWER and len(kept) > 1:
        last = kept.pop()
        size -= len(orjson.dumps(last)) + 1
        dropped.append(last["id"])
    if left or dropped:
        answer["not_shown"] = left + len(dropped)
    if dropped:
        answer["ids_not_shown"] = dropped[::-1]
    return orjson.dumps(answer).decode()
