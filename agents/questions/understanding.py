"""What a person asks for, read from their words. Pure, and quick enough to tell a question from a remark."""

import re
from collections.abc import Mapping
from enum import StrEnum
from html import unescape
from typing import Final, NamedTuple

from agents.questions.moments import Landmarks, Stretch, stretch
from agents.questions.words import MEANING, stem, words
from agents.remarks import MARKUP
from incident.evidence import CITATION, Source

LONGEST: Final = 1_000


class Wants(StrEnum):
    """What kind of answer would do."""

    EVIDENCE = "evidence"
    CATCH_UP = "catch-up"
    RULED_OUT = "ruled-out"
    AFFECTED = "affected"
    REMEDY = "remedy"
    SINCE_WHEN = "since-when"
    WHY_NOT = "why-not"
    SHOW = "show"
    WHY = "why"
    ABOUT = "about"


SHAPES: Final[Mapping[Wants, tuple[str, ...]]] = {
    Wants.CATCH_UP: (
        r"catch (?:me|us) up|summar\w+|recap|tl;?dr|update (?:me|us)|bring (?:me|us) up|up to speed|brief (?:me|us)",
        r"what(?:.?s| is| has| was)? (?:happen\w*|going on|the (?:status|state|story|latest))",
        r"where (?:are|do|did) (?:we|you|things) (?:stand|are)?|how does it (?:stand|look)|any (?:news|updates?)",
        r"(?:is|are) (?:it|this|we) (?:all )?(?:over|fixed|resolved|done|back|good)\b",
    ),
    Wants.RULED_OUT: (
        r"rul(?:ed?|ing) (?:\w+ )?out|alternatives?|rivals?|eliminated|excluded|discarded",
        r"what else (?:could|might|can|did)|other (?:explanations?|causes?|hypothes[ei]s|suspects?)",
    ),
    Wants.AFFECTED: (
        r"affect\w*|blast radius|impact\w*|who (?:suffers|notices)|how (?:bad|many)",
        r"which (?:services|customers|users)",
    ),
    Wants.REMEDY: (
        r"what (?:should|can|do|must|shall) (?:we|i|you)\b(?: do)?|how (?:do|can|should) (?:we|i) (?:fix|stop|undo)",
        r"what (?:would|will|could) (?:help|fix)|next steps?|remed\w+|mitigat\w+|the plan",
        r"(?:should|can|do|will|did) (?:we|i|you|it) (?:roll|revert)",
    ),
    Wants.SINCE_WHEN: (r"since when|when (?:did|was|has|were)|how long|onset|first sign",),
    Wants.WHY_NOT: (
        r"why not|why (?:isn|is not|is it not|wasn|aren|can)\S*|(?:what|how) about",
        r"(?:could|can|might|may) (?:it|this|that|\w+) be",
        r"(?:did|have) (?:you|we|they|the team) (?:check|look|consider|think|see)\w*",
        r"(?:is|was|are) [\w\s.-]*(?:to blame|the cause|involved|innocent|broken|guilty|ok\b|okay|fine|healthy)",
        r"(?:is|was|isn.t) it\b",
    ),
    Wants.WHY: (
        r"why\b|(?:root )?cause|what (?:broke|failed|did it)|how (?:sure|certain|confident)|confiden\w+",
        r"how do you know|what makes you",
    ),
}
ASKING: Final = {
    want: re.compile("|".join(rf"\b(?:{shape})" for shape in shapes), re.IGNORECASE) for want, shapes in SHAPES.items()
}
"""The first that fits tells what is wanted."""
OPENINGS: Final = re.compile(
    r"\s*(?:and |so |but |ok,? |hey,? |please )*"
    r"(?:why|what|when|where|who|whom|which|whose|how|since when|until when|show|list|give|tell|explain|find|search"
    r"|is|are|was|were|did|does|do|can|could|should|would|will|has|have|any|catch|summar\w+|recap|tl;?dr)\b",
    re.IGNORECASE,
)
NOUNS: Final = re.compile(
    r"(?:errors?|logs?|metrics?|latency|changes?|deploys?|deployments?|commits?|events?)"
    r"\s(?:of|on|in|at|from|before|after|between|since|around|until)\b",
    re.IGNORECASE,
)
"""How one asks in a hurry: "errors before 14:00"."""
SOURCES: Final[Mapping[Source, frozenset[str]]] = {
    Source.LOGS: frozenset({"log", "error", "line", "warning", "stacktrace", "stack", "trace"}),
    Source.METRICS: frozenset({"metric", "latency", "cpu", "memory", "throughput", "traffic", "reading", "chart"}),
    Source.SPANS: frozenset({"span", "call", "tracing"}),
    Source.CHANGES: frozenset({"change", "chang", "deploy", "config", "flag", "scal", "version"}),
    Source.COMMITS: frozenset({"commit", "diff", "code"}),
    Source.EVENTS: frozenset({"event", "statu", "provider"}),
    Source.TOPOLOGY: frozenset({"topology", "dependency", "graph", "depend"}),
}  # fmt: skip
"""Words that ask for a signal, in the spelling of `words`."""
SHOWING: Final = re.compile(r"\b(?:show|list|give|any|which|what|find|search|who|were|are)\b", re.IGNORECASE)
CALLERS: Final = re.compile(r"\b(?:who|what|which \w+) (?:calls|uses|depends on)\b|\bcalled by\b", re.IGNORECASE)
LISTING: Final = re.compile(r"\s*(?:which|show|list|any|what(?! about))\b", re.IGNORECASE)
PARTS: Final = re.compile(r"[a-z0-9]+")
GENERIC: Final = frozenset(
    {"service", "svc", "app", "api", "server", "worker", "job", "prod", "production", "the", "and"}
)
"""Parts of a service's name that name none by themselves."""


class Known(NamedTuple):
    """What an incident knows that a question can name."""

    services: tuple[str, ...]
    marks: Landmarks


class Question(NamedTuple):
    """``subject`` are the words that tell what it is about (`words`); ``when`` the stretch of time."""

    text: str
    wants: Wants
    subject: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: frozenset[Source] = frozenset()
    ids: tuple[str, ...] = ()
    when: Stretch | None = None

    @property
    def looks_up(self) -> bool:
        """True where things are to be shown as they are: nothing has to be weighed or told."""
        return self.wants in {Wants.SHOW, Wants.EVIDENCE}


def is_question(text: str) -> bool:
    """Tell whether words that are addressed to us ask for something, rather than tell us something."""
    bare = plainly(text)
    begins = (OPENINGS.match(bare), NOUNS.match(bare), CITATION.fullmatch(bare))
    return bare.rstrip(" )\"'”").endswith("?") or any(begins)


def plainly(text: str) -> str:
    """Return the words of a message on one line, without whom it addresses."""
    return " ".join(unescape(MARKUP.sub(" ", text)).replace("`", " ").split())[:LONGEST]


def understood(text: str, known: Known) -> Question:
    """Return what is asked for; what can't be told is a question about something."""
    said = plainly(text)
    found = stretch(said, known.marks)
    rest = said.lower().replace(found[1], " ") if found else said
    services = named(rest, known.services)
    sources = _sources(rest)
    ids = tuple(dict.fromkeys(CITATION.findall(said)))
    subject = tuple(dict.fromkeys(word for word in words(rest) if word not in _COMMANDS))
    wants = _wants(rest, sources, ids, timed=found is not None)
    return Question(said, wants, subject, services, sources, ids, found[0] if found else None)


def named(text: str, services: tuple[str, ...]) -> tuple[str, ...]:
    """Return the services that the words name, in full or by the part that tells them apart."""
    lower = text.lower()
    whole = tuple(s for s in services if re.search(rf"(?<![\w-]){re.escape(s.lower())}(?![\w-])", lower))
    if whole:
        return whole
    said = {_root(part) for part in PARTS.findall(lower)}
    return tuple(s for s in services if any(_root(p) in said for p in PARTS.findall(s.lower()) if p not in GENERIC))


def _root(part: str) -> str:
    root = stem(part)
    return MEANING.get(root, root)


def _sources(text: str) -> frozenset[Source]:
    if CALLERS.search(text):
        return frozenset({Source.TOPOLOGY})
    said = set(words(text))
    return frozenset(source for source, names in SOURCES.items() if names & said)


def _wants(said: str, sources: frozenset[Source], ids: tuple[str, ...], *, timed: bool) -> Wants:
    if ids and not ASKING[Wants.WHY_NOT].search(said):
        return Wants.EVIDENCE
    first = next((want for want, shape in ASKING.items() if shape.search(said)), None)
    match first:
        case None:
            return Wants.SHOW if timed or (sources and SHOWING.search(said)) else Wants.ABOUT
        case Wants.SINCE_WHEN if Source.CHANGES in sources:
            return Wants.SHOW
        case Wants.CATCH_UP if timed:
            return Wants.SHOW
        case Wants.WHY_NOT if sources and LISTING.match(said):
            return Wants.SHOW
        case Wants.WHY_NOT if timed and sources and not re.search(r"\bwhy\b", said, re.IGNORECASE):
            return Wants.SHOW
        case _:
            return first


_COMMANDS: Final = frozenset({
    "cause", "reason", "explain", "summary", "recap", "rul", "rule", "fix", "happen", "root", "affect", "impact",
    "question", "answer", "list", "tell", "give", "catch",
})  # fmt: skip
"""Words by which one asks, not what one asks about."""
