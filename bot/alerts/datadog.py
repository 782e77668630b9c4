"""Datadog monitors: `Triggered: [P2] p99 is high on service:checkout`, also `[Triggered on {service:checkout}] …`."""

import re

from bot.alerts import listed, pairs
from bot.alerts.content import Part
from bot.alerts.draft import Draft
from bot.alerts.severities import severity_marked
from bot.alerts.states import State
from incident.alert import Severity

WORDS = (
    r"(?:re-?)?triggered|recovered|(?:re-?)?warn(?:ed|ing)?|(?:re-?)?no data|no data recovered|alert recovered|renotify"
)
TITLE = re.compile(
    rf"^(?::\w+:|[^\w\[])*(?:({WORDS})\s*:|\[({WORDS})(?:\s+on\s+\{{?([^\]\n]*?)\}}?)?\])\s*(\S.*)$", re.IGNORECASE
)
SCOPE = re.compile(r"\s+on\s+\{?((?:[@\w.-]+:[^\s,{}]+)(?:,\s?[@\w.-]+:[^\s,{}]+)*)\}?\s*$")
QUERY = re.compile(r"(?:(?:avg|sum|min|max|count|p\d+)[\w(), ]{0,40}:)?([a-z][\w.]{2,150})\{([^{}\n]{0,500})\}")
STATUS = re.compile(r"^([a-z][\w.]{2,150}) over ([^\n]{1,300}?) was ", re.MULTILINE)
MARK = re.compile(r"^\[P[1-5]\]\s*", re.IGNORECASE)


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the monitor's page; None where no title has that form or nothing is Datadog's."""
    found = TITLE.match(part.title)
    if not found or not _datadog(part, scoped=bool(found[3])):
        return None
    word = (found[1] or found[2]).lower()
    title = found[4]
    severity = severity_marked(title) or (Severity.MEDIUM if "warn" in word else None)
    while nested := TITLE.match(title):
        title = nested[4]
    title = MARK.sub("", title)
    scope = SCOPE.search(title)
    tags = ",".join(filter(None, (found[3], scope[1] if scope else "")))
    state = State.RESOLVED if "recover" in word else State.FIRING
    draft = listed.drafts(part._replace(title=title), state, "")[0]
    metric, inner = _metric(part.text)
    labels = {**pairs.tags_in(inner), **draft.labels, **pairs.tags_in(tags)}
    facts = {**({"metric": metric} if metric else {}), **draft.facts}
    name = SCOPE.sub("", title).strip() or title
    return (draft._replace(name=name, labels=labels, facts=facts, severity=severity),)


def _datadog(part: Part, *, scoped: bool) -> bool:
    """Tell Datadog's words from anybody's: by its links, its query, or the tags of its scope."""
    linked = any("datadoghq." in link or "ddog-gov." in link for link in part.links)
    shapes = (QUERY.search(part.text), STATUS.search(part.text), SCOPE.search(part.title))
    return scoped or linked or any(shapes)


def _metric(text: str) -> tuple[str, str]:
    """Return the metric of the monitor's query or status line, and the tags it is asked for with."""
    found = QUERY.search(text) or STATUS.search(text)
    return (found[1], found[2]) if found else ("", "")
