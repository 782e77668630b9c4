"""Log templates: what varies is masked, what remains is counted, and drain3 joins the wordings that are left.

Masking and counting are vectorised over all lines; drain3 sees each distinct wording once, so that a
million lines cost seconds.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from drain3.drain import LogCluster

HEAD: Final = 600
"""Characters of a line that make its template."""
DISTINCT: Final = 20_000
"""Distinct wordings that are joined; the worst and most frequent come first, the rest stay as they are."""
TOKENS: Final = 40
SOURCED_TOKENS: Final = 8
"""Words of a line that are compared; fewer where it names its own source, whose arguments vary in length."""

KEPT: Final = (
    r"#\d+|\.(?:java|kt|scala|py|go|js|mjs|ts|tsx|rb|cs|php|rs|cpp|cc):\d+"
    r"|\b(?i:status|code|http|https?/\d(?:\.\d)?|errno|exit|signal|returned)[=:\"/ ]{1,3}\d{1,5}\b"
)
VARIES: Final = (
    r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b"
    r"|\b0x[0-9a-fA-F]+\b"
    r"|\b[0-9a-f]{8,}\b"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
    r"|[+-]?\b\d+(?:[.,]\d+)*(?:e[+-]?\d+)?(?:%|[kKMGT]i?B?|[nµum]?s|min|h)?\b"
    r"|\b[A-Z]{1,3}\d{2,}\b"
    r"|\b[a-z]{1,10}[_-]?\d{3,}\b"
    r"|\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'"
)
HOLE: Final = "\x01"
COARSE: Final = r"[^\s=:,;(){}\[\]\"']*\d[^\s=:,;(){}\[\]\"']*"
"""Every word with a digit in it: for logs whose identifiers no pattern foresaw."""

NESTED: Final = re.compile(r"\{[^{}]*\}|\([^()]*[=,][^()]*\)|\[[^\[\]]*[=,][^\[\]]*\]")
OPENING: Final = re.compile(
    r"^(?:[\s\[\]|(),:T-]|<\*>)*(?:(?:FATAL|CRITICAL|SEVERE|ERROR|WARNING|WARN|INFO|DEBUG|TRACE)\b[\s\]|:-]*)?(?:<\*>\s+)?"
)
SOURCES: Final = re.compile(r"\S*[\w\]]#\d+|\S*\w\.(?:java|kt|scala|py|go|js|mjs|ts|tsx|rb|cs|php|rs|cpp|cc):\d+")
OUTCOMES: Final = re.compile(
    r"\b(?:[A-Z]\w*(?:Exception|Error))\b|(?i:\b(?:not|no|fail\w*|error\w*|success\w*|ok|time[d-]?\s?out|refused|reset|denied|reject\w*"
    r"|unavailable|exhausted|exceeded|slow|retry\w*|start\w*|stop\w*|complete\w*|missing|empty|invalid|null|kill\w*)\b)"
)
"""Words that must not vary within one template: "connected" and "not connected" are two."""

TEXT: Final = r'"(?:message|msg|event|log|body)"\s*:\s*"((?:[^"\\]|\\.)*)"'
CAUSE: Final = (
    r'"(?:err|error|exception|error_message|stack|stack_trace|stacktrace|exc_info)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)


def said(message: pl.Series) -> pl.Series:
    """Return what a line says: of JSON its message and error, of everything else all of it."""
    if not message.str.starts_with("{").any():
        return message
    line = pl.col("line")
    parts = pl.concat_str(line.str.extract(TEXT), line.str.extract(CAUSE), separator=": ", ignore_nulls=True)
    unescaped = parts.str.replace_all(r"\n", "\n", literal=True).str.replace_all('\\"', '"', literal=True)
    json = line.str.starts_with("{") & (parts.str.len_bytes() > 0)
    return pl.DataFrame({"line": message}).select(pl.when(json).then(unescaped).otherwise(line)).to_series()


def masked(message: pl.Series) -> pl.Series:
    """Return the line's wording: its head with everything that varies taken out, ``Class#line`` kept."""
    return _without(message.str.slice(0, HEAD), VARIES)


def coarser(wording: pl.Series) -> pl.Series:
    """Return a wording without any word that holds a digit."""
    return _without(wording, COARSE).str.replace_all(f"{HOLE}+", HOLE)


def _without(text: pl.Series, varies: str) -> pl.Series:
    """Mask; only lines with something to keep pay for a regex that captures."""
    keeps = text.str.contains(KEPT)
    carefully = text.filter(keeps).str.replace_all(f"({KEPT})|{varies}", "${1}" + HOLE)
    return text.str.replace_all(varies, HOLE).scatter(keeps.arg_true(), carefully)


def joined(wordings: Iterable[tuple[str, str, int]]) -> list[str]:
    """Return the template of each (service, wording, severity), in order; give the worst and most frequent first."""
    from drain3.drain import Drain

    groups: dict[tuple[str, int], Drain] = defaultdict(
        lambda: Drain(depth=4, sim_th=0.6, max_children=60, max_clusters=2000, parametrize_numeric_tokens=False)
    )
    found: list[tuple[LogCluster | None, str]] = []
    tails: dict[int, str] = {}
    for at, (service, wording, severity) in enumerate(wordings):
        text = readable(wording)
        if at >= DISTINCT or not text:
            found.append((None, text))
            continue
        signature, words = _signature(text), text.split()
        limit = SOURCED_TOKENS if "#" in signature or ":" in signature else TOKENS
        cluster, _ = groups[service, severity].add_log_message(" ".join((signature, *words[:limit])))
        tail = " ".join(words[limit:])
        if tails.setdefault(id(cluster), tail) != tail:
            tails[id(cluster)] = "…"
        found.append((cluster, text))
    return [text if cluster is None else _text(cluster, tails[id(cluster)]) for cluster, text in found]


def _text(cluster: "LogCluster", tail: str) -> str:
    head = str(cluster.get_template()).partition(" ")[2]
    return f"{head} {tail}" if tail else head


def readable(wording: str) -> str:
    """Return a wording as people read it: ``<*>`` for what varies, without time and level in front."""
    text = re.sub(rf"(#\d+|\w:\d+|[=:\"/ ]\d{{1,5}}){HOLE}", r"\1", wording).replace(HOLE, "<*>")
    for _ in range(3):
        text = NESTED.sub("<*>", text)
    return OPENING.sub("", text.partition("\n")[0], count=1).strip()


def _signature(text: str) -> str:
    """Return, as one word, what makes two lines different whatever else they share."""
    sources = SOURCES.findall(text)[:2]
    outcomes = sorted({word.lower() for word in OUTCOMES.findall(text)})
    return "|".join((*sources, *(word.replace(" ", "") for word in outcomes))) or "-"
