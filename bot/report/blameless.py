"""Reports say what happened, not who did it: authors' names and addresses are taken out unless asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence

from incident.change import ChangeKind
from incident.model import Incident
from incident.values import Json

TRAILER = re.compile(
    r"(?im)^\s*(?:co-authored-by|signed-off-by|authored-by|author|committer)\s*:\s*([^<\n]{2,80}?)\s*(?:<([^>\n]{3,120})>)?\s*$"
)
KEYS = frozenset({"author", "author_name", "author_email", "committer", "committer_email", "authored_by"})
STAND_IN = "[author]"
SHORTEST = 3
"""A shorter name would be found inside other words."""


def without_authors(incident: Incident) -> Incident:
    """Return the incident with every name that its evidence gives as an author's replaced by ``[author]``."""
    values = [item.model_dump(mode="json") for item in incident.evidence]
    named = {n.strip() for value in values for n in _names(value)}
    names = {n for n in named if len(n) >= SHORTEST and n.lower() not in _nobody(incident)}
    if not names:
        return incident
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(n) for n in longest_first) + r")(?!\w)", re.IGNORECASE)
    facts = _replaced(incident.model_dump(mode="json", include={"facts", "alert"}), pattern)
    return Incident.model_validate({**incident.model_dump(mode="json", exclude={"facts", "alert"}), **facts})


def _nobody(incident: Incident) -> frozenset[str]:
    """Return what a machine may be called that ships changes, and a report can't do without: services and kinds."""
    services = {item.service for item in incident.evidence if item.service} | {incident.alert.service}
    return frozenset({*(s.lower() for s in services), *(kind.value for kind in ChangeKind)})


def _names(value: Json) -> Iterator[str]:
    """Yield the authors that a value names, in a key of its own or in a commit's trailers."""
    if isinstance(value, str):
        for found in TRAILER.finditer(value):
            yield from (part for part in found.groups() if part)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key.lower() in KEYS and isinstance(inner, str):
                yield inner
            yield from _names(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _names(inner)


def _replaced(value: Json, pattern: re.Pattern[str]) -> dict[str, Json]:
    """Return the tree with every string but ids, services and times searched."""
    return {key: _walk(key, inner, pattern) for key, inner in value.items()} if isinstance(value, Mapping) else {}


SEARCHED = frozenset({
    "text", "statement", "query", "cause", "what", "why", "reason", "summary", "title", "message", "details", "note",
    "why_less_likely", "notes", "reasons", "gaps", "confidence_because", "template", "example", "author", "diff",
})  # fmt: skip


def _walk(key: str, value: Json, pattern: re.Pattern[str]) -> Json:
    if isinstance(value, str):
        return pattern.sub(STAND_IN, value) if key in SEARCHED else value
    if isinstance(value, Mapping):
        return {k: _walk(k, v, pattern) for k, v in value.items()}
    if isinstance(value, Sequence):
        return [_walk(key, v, pattern) for v in value]
    return value
