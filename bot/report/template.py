"""Our Markdown templates: every value is escaped unless it is Markdown already, and the small words they use."""

from collections.abc import Callable, Collection
from functools import cache
from typing import TYPE_CHECKING

from bot.report import escape, figures, gate, words
from bot.report.escape import Markdown
from bot.report.observed import Series
from bot.report.spending import spending
from incident.diagnosis import Rival
from incident.facts import Check, RollbackStarted, Turn, TurnStatus

if TYPE_CHECKING:
    from jinja2 import Environment, Template

CITED = 12
"""Evidence ids in one place."""


def _listed(ids: Collection[str]) -> str:
    more = f" and {len(ids) - CITED} more" if len(ids) > CITED else ""
    return f"{', '.join(list(ids)[:CITED])}{more}"


def _cited(ids: Collection[str]) -> str:
    return f"({_listed(ids)})" if ids else ""


def _bound(series: Series) -> str:
    return ", ".join(f"{word} {figures.quantity(value, series.metric)}" for word, value in series.bounds) or "none"


def _rival(rival: Rival) -> str:
    """Its words, and the change where they don't name it already."""
    named = rival.change is None or rival.change in rival.what
    return escape.brief(rival.what, 300) + ("" if named else f" ({rival.change})")


def _drawn(check: Check, started: RollbackStarted) -> str:
    """The readings as bars, before the rollback and after it, with their times."""
    every = [r.value for r in check.readings]
    parts = ([r for r in check.readings if (r.at < started.at) is before] for before in (True, False))
    told = [
        f"{figures.stretch(p[0].at, p[-1].at)} {figures.sparkline([r.value for r in p], among=every)}"
        for p in parts
        if p
    ]
    return f"Readings (UTC): {' │ rollback │ '.join(told)}"


def _signature(turn: Turn) -> str:
    """Who spoke, how sure they were themselves, when, and by what."""
    status = "" if turn.status is TurnStatus.DONE else words.TURNS[turn.status]
    sure = f"own confidence {figures.share(turn.confidence)}" if turn.confidence is not None else ""
    took = figures.duration(turn.at - turn.started_at)
    parts = (words.AGENTS[turn.agent], status, sure, f"{figures.clock(turn.at)} UTC", took, turn.by)
    return " · ".join(part for part in parts if part)


def template(name: str) -> "Template":
    """Return one of our templates, compiled."""
    return _environment().get_template(name)


def _shown(value: object) -> Markdown:
    """Escape a value and bound it: a name of twenty thousand letters would fill pages."""
    return value if isinstance(value, Markdown) else escape.text(escape.brief(str(value)))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bot.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        autoescape=False,  # noqa: S701 - this is Markdown: `finalize` escapes every value for it
    )
    made.filters |= _filters()
    return made


def _filters() -> dict[str, Callable[..., object]]:
    return {
        "brief": lambda raw, limit=escape.SHOWN: escape.text(escape.brief(raw, limit)),
        "code": escape.code, "query": lambda raw: escape.cell_code(escape.brief(raw, 240)), "prose": escape.prose,
        "full": figures.full, "ranges": figures.ranges, "listed": _listed, "rival": _rival,
        "trend": lambda series: figures.sparkline([value for _, value in series.readings]),
        "reasons": lambda parts: "; ".join(escape.brief(part.rstrip("."), 300) for part in parts) + ".",
        "score": gate.score, "rows": gate.rows,
        "stretch": lambda window: figures.stretch(*window), "clock": figures.clock,
        "quantity": figures.quantity, "share": figures.share,
        "cited": _cited, "bound": _bound, "said": lambda verdict: gate.DECISIONS[verdict.action],
        "join": lambda parts, glue: Markdown(glue.join(map(_shown, parts))),
        "decided": lambda a: words.DECISIONS[a.decision],
        "doing": words.doing,
        "drawn": _drawn, "outcome": lambda ended: words.OUTCOMES[ended.outcome],
        "signature": _signature, "spending": spending,
    }  # fmt: skip


def tidy(page: str) -> str:
    """Return it with single blank lines: conditions in the template leave more."""
    lines: list[str] = []
    for line in page.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"
