"""What logs say: their templates, what became of each, who else fails in the same traces.

Tables are those of `incident.ports.Telemetry.logs`.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

import polars as pl

from agents.analysis.bursts import burst_onsets
from agents.analysis.counting import KEY, LINE, Counted, counted
from agents.analysis.exceptions import Owned, owner
from agents.analysis.levels import NAMES, WARN
from agents.analysis.logranking import rank_by_logs
from agents.analysis.names import hosts, mentioned
from agents.analysis.observations import LogPattern, Trend
from agents.analysis.outsiders import plain
from agents.analysis.redact import Redactor
from agents.analysis.split import Split
from agents.analysis.templates import DISTINCT, joined
from agents.analysis.trends import Count, Movement, failing_from, movement
from incident.values import Window

MOST: Final = 200
"""Patterns that are returned, the strongest."""
EXAMPLE: Final = 500
"""Characters of an example and of a template."""
PATTERN: Final = 200
"""Characters of a search pattern."""


class _Template(NamedTuple):
    """What makes lines one template."""

    service: str
    severity: int
    text: str
    owned: Owned


class _Total(NamedTuple):
    template: _Template
    lines: Count
    row: int | None
    old: int | None
    moved: Movement


def patterns(
    logs: pl.DataFrame, split: Split, baseline: pl.DataFrame | None = None, redactor: Redactor | None = None
) -> list[LogPattern]:
    """Return what became of each template, strongest first, 200 at most; nothing after ``split.as_of`` is read."""
    seen = logs["timestamp"].is_between(split.start, split.as_of)
    return _patterns(logs if seen.all() else logs.filter(seen), baseline, failing_from(split), redactor or Redactor())


def search(
    logs: pl.DataFrame, service: str | None, pattern: str, window: Window, redactor: Redactor | None = None
) -> list[LogPattern]:
    """Return the templates of the lines that match in the window; ``before`` counts those of ``logs`` before it.

    ``pattern`` is a regular expression in Rust's syntax (linear time), whatever the case of letters; what is none
    is looked for as it is written. Messages and attributes are searched.
    """
    known = logs.filter(pl.col("timestamp") < window.end)
    texts = [pl.col(c).cast(pl.String) for c in ("message", "attributes") if c in logs.columns]
    wanted = pl.any_horizontal(text.str.contains(_regex(pattern)) for text in texts)
    if service is not None:
        wanted &= pl.col("service").cast(pl.String) == service
    found = _patterns(known.filter(wanted), None, window.start, redactor or Redactor())
    return [p for p in found if p.last_at is not None and p.last_at >= window.start]


def _regex(pattern: str) -> str:
    wanted = f"(?i){pattern[:PATTERN]}"
    try:
        pl.select(pl.lit("").str.contains(wanted))
    except pl.exceptions.ComputeError:
        return "(?i)" + pl.escape_regex(pattern[:PATTERN])
    return wanted


def _patterns(
    logs: pl.DataFrame, baseline: pl.DataFrame | None, failing: datetime, redactor: Redactor
) -> list[LogPattern]:
    seen = counted(logs, baseline, failing)
    templates = _templates(seen, logs, baseline)
    totals = sorted(_totals(seen, templates), key=lambda t: (-t.moved.score, -t.template.severity, t.template))[:MOST]
    services = frozenset(seen.wordings["service"])
    elsewhere, onsets = _elsewhere(seen, templates), _onsets(seen, templates, totals)
    found = (
        _pattern(total, _text(total, logs, baseline), services, elsewhere.get(total.template, ()), redactor)
        for total in totals
    )
    return [one.model_copy(update={"onset": onsets.get(t.template)}) for one, t in zip(found, totals, strict=True)]


def _templates(seen: Counted, logs: pl.DataFrame, baseline: pl.DataFrame | None) -> list[_Template]:
    """Return the template of each wording, in order."""
    wordings = seen.wordings
    keys = list(wordings.select(KEY).iter_rows())
    texts = joined((service, wording, severity) for service, severity, wording in keys)
    owned = [Owned(None, None)] * len(keys)
    suspects = wordings.with_row_index("at").filter(pl.col("severity") >= WARN).head(DISTINCT)
    for at, row, old in suspects.select("at", "row", "old").iter_rows():
        owned[at] = owner(_line(logs, baseline, row, old, "message"))
    return [_Template(key[0], key[1], text, own) for key, text, own in zip(keys, texts, owned, strict=True)]


def _totals(seen: Counted, templates: list[_Template]) -> Iterator[_Total]:
    groups: dict[_Template, list[int]] = defaultdict(list)
    for at, template in enumerate(templates):
        groups[template].append(at)
    columns = ("baseline", "early", "late", "first_at", "last_at", "row", "old")
    rows = list(seen.wordings.select(columns).iter_rows())
    for template, members in groups.items():
        baseline, early, late, first, last, recent, old = zip(*(rows[at] for at in members), strict=True)
        count = Count(
            sum(baseline),
            sum(early),
            sum(late),
            min(filter(None, first), default=None),
            max(filter(None, last), default=None),
        )
        row = max((r for r in recent if r is not None), default=None)
        then = max((r for r in old if r is not None), default=None)
        yield _Total(template, count, row, then, movement(count, seen.cover, template.severity))


def _numbered(seen: Counted, templates: list[_Template]) -> tuple[pl.DataFrame, dict[int, _Template]]:
    """Return KEY and the number of each wording's template, and what the numbers stand for."""
    numbers: dict[_Template, int] = {}
    kinds = [numbers.setdefault(template, len(numbers)) for template in templates]
    kind = pl.Series("kind", kinds, dtype=pl.Int64)
    return seen.wordings.select(KEY).with_columns(kind), {number: template for template, number in numbers.items()}


def _elsewhere(seen: Counted, templates: list[_Template]) -> dict[_Template, tuple[str, ...]]:
    """Return, by template, the other services that logged errors in the same traces, the most frequent first."""
    kinds, named = _numbered(seen, templates)
    errors = seen.errors.join(kinds, on=KEY).select("trace_id", "service", "kind")
    others = errors.select("trace_id", other="service").unique()
    pairs = errors.join(others, on="trace_id").filter(pl.col("service") != pl.col("other"))
    ranked = pairs.group_by("kind", "other").len().sort(["kind", "len", "other"], descending=[False, True, False])
    found: dict[_Template, list[str]] = defaultdict(list)
    for kind, other, _ in ranked.iter_rows():
        found[named[kind]].append(other)
    return {template: tuple(names[:12]) for template, names in found.items()}


def _onsets(seen: Counted, templates: list[_Template], totals: list[_Total]) -> dict[_Template, datetime]:
    """Return, by template, when its lines became frequent: of those that are new or burst."""
    kinds, named = _numbered(seen, templates)
    risen = {total.template for total in totals if total.moved.trend in {Trend.NEW, Trend.BURSTING}}
    wanted = kinds.filter(pl.col("kind").is_in([kind for kind, template in named.items() if template in risen]))
    found = burst_onsets(seen.lines.join(wanted, on=KEY).select("kind", "at"), seen.cover.begins, seen.cover.ends)
    return {named[kind]: at for kind, at in found.items()}


def _line(logs: pl.DataFrame, baseline: pl.DataFrame | None, row: int | None, old: int | None, column: str) -> str:
    table, at = (logs, row) if row is not None else (baseline, old)
    if table is None or at is None or column not in table.columns:
        return ""
    return str(table[column][at] or "")[:LINE]


def _text(total: _Total, logs: pl.DataFrame, baseline: pl.DataFrame | None) -> str:
    """Return one line with its attributes: the latest one of the template."""
    message, attributes = (_line(logs, baseline, total.row, total.old, c) for c in ("message", "attributes"))
    return f"{message} {attributes}" if attributes.strip(" {}") else message


def _pattern(
    total: _Total, line: str, services: frozenset[str], elsewhere: tuple[str, ...], redactor: Redactor
) -> LogPattern:
    kind, moved = total.template, total.moved
    example = plain(redactor.redact(line[: 3 * EXAMPLE]), EXAMPLE)
    others = services - {kind.service}
    return LogPattern(
        service=kind.service,
        level=NAMES[kind.severity],
        template=plain(redactor.redact(kind.text), EXAMPLE),
        example=example,
        exception=kind.owned.exception and plain(redactor.redact(kind.owned.exception), 200),
        frame=kind.owned.frame and plain(redactor.redact(kind.owned.frame), 300),
        trend=moved.trend,
        before=moved.before,
        after=moved.after,
        first_at=total.lines.first_at,
        last_at=total.lines.last_at,
        score=moved.score,
        also_in=elsewhere,
        names=tuple(dict.fromkeys((*mentioned(example, others), *hosts(example)))),
    )


__all__ = ["patterns", "rank_by_logs", "search"]
