"""How the offline client plays a specialist: which tools it asks, and what it writes of their answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

from agents.messages import asked
from incident.facts import Agent

TOLD = 4
"""Observations of a kind that notes spell out; the rest is cited."""
PAGED = re.compile(r"fired at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
NAMED = re.compile(r"`([^`\n]{1,200})`")
OPENINGS = {
    "metric": "In the order in which they moved", "call": "Between services", "log": "The lines that matter",
    "change": "What reached production, newest first", "commit": "Commits behind it, newest first",
    "event": "Said by others",
}  # fmt: skip
BY_TIME = frozenset({"metric"})
NEWEST_FIRST = frozenset({"change", "commit", "event"})
ORDER = ("signal", "ranking", "metric", "call", "log", "change", "commit", "event", "topology")


class Line(NamedTuple):
    """One piece of evidence in a tool's answer."""

    id: str
    statement: str
    kind: str
    at: str


class Answers(NamedTuple):
    """What the tools answered: evidence, ids that didn't fit, and what they found nothing of or failed at."""

    lines: tuple[Line, ...]
    more: tuple[str, ...]
    empty: tuple[str, ...]
    failed: tuple[str, ...]


def orders(agent: Agent, tools: Sequence[str], said: Sequence[tuple[str, str]]) -> list[tuple[str, Mapping[str, str]]]:
    """Return the tool calls of a turn: the standing orders first, later those that fit the question."""
    spoken = [text for who, text in said if who == Agent.COMMANDER]
    question = next((ask.question for ask in asked(spoken[-1]) if ask.agent is agent), "") if len(spoken) > 1 else ""
    names = NAMED.findall(question)
    if not names:
        return [(tool, {}) for tool in tools if tool != "search_logs"]
    return [call for name in names[:2] for call in _about(name) if call[0] in tools]


def _about(name: str) -> list[tuple[str, Mapping[str, str]]]:
    """Return every call that can say more about a service or a change."""
    return [
        ("metric_shifts", {"service": name}), ("call_shifts", {"service": name}), ("error_patterns", {"service": name}),
        ("search_logs", {"text": re.escape(name)}), ("changes", {"service": name}), ("commits", {"text": name}),
    ]  # fmt: skip


def report(agent: Agent, results: Sequence[str], said: Sequence[tuple[str, str]]) -> str:
    """Return the finding as JSON: notes on what the tools answered, citing all of it."""
    answers = _read(results)
    page = next((found[1] for _, text in said if (found := PAGED.search(text))), "")
    notes = [*_notes(answers.lines, page), *_silences(answers)]
    if not notes:
        notes = [f"I had no tools to look at {agent}: nothing to report."]
    ids = [*(line.id for line in answers.lines), *answers.more]
    asked_for = len(results) or 1
    finding = {
        "finding": "\n".join(notes),
        "evidence": list(dict.fromkeys(ids)),
        "confidence": round(0.9 * (1 - len(answers.failed) / asked_for), 2) if answers.lines else 0.3,
        "questions": [],
    }
    return orjson.dumps(finding).decode()


def _read(results: Sequence[str]) -> Answers:
    lines: dict[str, Line] = {}
    more, empty, failed = [], [], []
    for result in results:
        try:
            answer = orjson.loads(result)
        except orjson.JSONDecodeError:
            failed.append("a tool answered with something unreadable")
            continue
        for item in answer.get("evidence", ()):
            lines.setdefault(
                item["id"], Line(item["id"], item["statement"], item.get("kind") or "", item.get("at") or "")
            )
        more += answer.get("ids_not_shown", ())
        if answer["result"] == "nothing":
            empty.append(answer["query"].partition("(")[0])
        elif answer["result"] == "failed":
            failed.append(f"{answer['query'].partition('(')[0]} ({answer.get('why', 'no reason given')})")
    return Answers(tuple(lines.values()), tuple(more), tuple(empty), tuple(failed))


def _notes(lines: Sequence[Line], page: str) -> Iterator[str]:
    for kind in ORDER:
        own = [line for line in lines if line.kind == kind]
        if not own:
            continue
        if kind in NEWEST_FIRST:  # what came after the page comes last: it can't have done it
            newest = own[::-1]
            own = sorted(newest, key=lambda line: line.at > page)
        shown = own[:TOLD]
        if kind in BY_TIME:
            shown = sorted(shown, key=lambda line: line.at or "~")
        told = [f"{line.statement} ({line.id})." for line in shown]
        if kind not in OPENINGS:
            yield " ".join(f"B{sentence[1:]}" if sentence.startswith("by ") else sentence for sentence in told)
            continue
        less = "What is older, or came after the page," if kind in NEWEST_FIRST else "What is weaker"
        rest = [f"{less} is cited without words."] if len(own) > TOLD else []
        yield "\n".join((f"{OPENINGS[kind]}:", *(f"  {sentence}" for sentence in told), *rest))


def _silences(answers: Answers) -> Iterator[str]:
    if answers.empty:
        yield f"Nothing came of {', '.join(answers.empty)}."
    if answers.failed:
        yield f"Could not look: {'; '.join(answers.failed)}."
