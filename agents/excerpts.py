"""Cuts what a model is told to a number of tokens: the worthiest whole pieces, and a count of the rest."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

import orjson

from agents.analysis.diffs import Hunk, live, parse
from agents.analysis.explanation import Hypothesis
from agents.analysis.observations import OBSERVATION, Calls, CommitSeen
from agents.clients.tokens import tokens
from incident.diagnosis import Category
from incident.evidence import Evidence

LONGEST = 420
"""Characters of a statement."""
CANDIDATES = 3
"""Changes whose diffs are read."""
WIDEST = 160
"""Characters of a line of a diff."""
SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Fitting(NamedTuple):
    """What fits, and how many pieces don't."""

    kept: tuple[str, ...]
    left: int


def fit(pieces: Iterable[str], room: int) -> Fitting:
    """Keep what fits in order of worth; a piece that is too long makes way for a shorter one of less worth."""
    kept, left = list[str](), 0
    for piece in pieces:
        size = tokens(piece) + 1
        if size <= room:
            room -= size
            kept.append(piece)
        else:
            left += 1
    return Fitting(tuple(kept), left)


def shortened(text: str, room: int) -> str:
    """Return the first sentences of a text that fit, and say that more was said."""
    if tokens(text) <= room:
        return text
    kept = list[str]()
    for sentence in SENTENCE.split(text):
        if tokens(" ".join((*kept, sentence))) > room:
            break
        kept.append(sentence)
    return " ".join((*kept, "(More was said.)"))


def line(item: Evidence, near: str) -> str:
    """Return a piece of evidence on one line; of a call graph what is around a service."""
    warned = " (a stranger may have written it)" if item.outsider_text else ""
    return f"{item.id}{warned}: {_around(item, near) or item.statement[:LONGEST]}"


def by_turns(answers: Sequence[str]) -> list[str]:
    """Return the ids in tools' answers, the first of each tool, then the second: each begins with its strongest."""
    lists = [_ids(answer) for answer in answers]
    return list(dict.fromkeys(i for i in chain.from_iterable(zip_longest(*lists)) if i is not None))


def unanswered(answers: Sequence[str]) -> list[str]:
    """Say which tools found nothing or failed."""
    read = [orjson.loads(answer) for answer in answers]
    nothing = [_tool(each) for each in read if each["result"] == "nothing"]
    failed = [f"{_tool(each)}: {each.get('why', 'no reason given')}" for each in read if each["result"] == "failed"]
    return ([f"Nothing from {', '.join(nothing)}."] if nothing else []) + [f"No answer from {why}." for why in failed]


def candidates(among: Iterable[Hypothesis]) -> list[Hypothesis]:
    """Return the changes that could have done it, the likeliest first."""
    return [one for one in among if one.category is Category.CHANGE][:CANDIDATES]


def diffs(commits: Sequence[Evidence]) -> list[str]:
    """Return stretches of the commits' diffs by turns, each under its evidence id and file."""
    stretches = [[f"{item.id} {_written(hunk)}" for hunk in _hunks(item)] for item in commits]
    return [text for text in chain.from_iterable(zip_longest(*stretches)) if text is not None]


def _hunks(item: Evidence) -> tuple[Hunk, ...]:
    what = OBSERVATION.validate_python(item.values)
    if not isinstance(what, CommitSeen):
        return ()
    hunks = parse(what.diff, what.files)
    return live(hunks) or hunks


def _written(hunk: Hunk) -> str:
    changed = [f"{sign}{text[:WIDEST].rstrip()}" for sign, text in hunk.lines if sign != " " and text.strip()]
    return "\n".join((hunk.path, *changed))


def _around(item: Evidence, near: str) -> str:
    if item.values.get("kind") != "topology":
        return ""
    graph = OBSERVATION.validate_python(item.values)
    if not isinstance(graph, Calls):
        return ""
    callers = sorted(name for name, needs in graph.depends_on.items() if near in needs)
    needs = ", ".join(graph.depends_on.get(near, ())) or "nobody"
    return f"{near} calls {needs}; it is called by {', '.join(callers) or 'nobody'}"


def _ids(answer: str) -> list[str]:
    read = orjson.loads(answer)
    return [*(item["id"] for item in read.get("evidence", ())), *read.get("ids_not_shown", ())]


def _tool(answer: dict[str, str]) -> str:
    return answer["query"].partition("(")[0]
