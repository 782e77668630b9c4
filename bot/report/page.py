"""An incident as Markdown, through a template whose every value is escaped unless it is Markdown already."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.report import escape, figures, story, words
from bot.report.actions import todos
from bot.report.blameless import without_authors
from bot.report.chosen import Chosen, choose
from bot.report.escape import Markdown
from bot.report.observed import Series
from bot.report.options import Options
from bot.report.team import flow
from bot.report.timeline import moments
from incident.facts import Approval, Check, Diagnosis, RollbackEnded, RollbackStarted, Turn, Verdict
from incident.model import Incident

if TYPE_CHECKING:
    from jinja2 import Environment

CITED = 12


def markdown(incident: Incident, options: Options) -> str:
    """Return the whole report."""
    shown = incident if options.authors else without_authors(incident)
    return _tidy(_environment().get_template("report.md.j2").render(_words(shown, options, choose(shown, options), {})))


def body(incident: Incident, options: Options, chosen: Chosen, alternatives: Mapping[str, str]) -> str:
    """Return the report without its cover, for paper. ``alternatives`` are the pictures' names and what they show."""
    return _tidy(_environment().get_template("body.md.j2").render(_words(incident, options, chosen, alternatives)))


def warm() -> None:
    """Compile the template."""
    _environment().get_template("report.md.j2")


def cover(incident: Incident, options: Options) -> tuple[tuple[str, str], ...]:
    """Return what a reader looks for first, as names and values."""
    alert, diagnosis = incident.alert, incident.last(Diagnosis)
    local = _local(alert.fired_at, options)
    return (
        ("Service", f"{alert.service} ({incident.environment})"),
        ("Severity", alert.severity.value),
        ("Status", words.STATUSES[incident.status]),
        ("Alert fired", figures.full(alert.fired_at) + (f" ({local})" if local else "")),
        ("Duration", story.span(incident).words),
        ("Culprit", (diagnosis.culprit_service if diagnosis else None) or "none named"),
        ("Verdict", words.verdict(incident.last(Verdict))),
        ("World", words.WORLDS[incident.world]),
    )


def _local(moment: datetime, options: Options) -> str:
    """Return the time on the reader's wall, empty where that is UTC."""
    there = moment.astimezone(options.timezone)
    return "" if there.utcoffset() == moment.astimezone(UTC).utcoffset() else f"{there:%-d %b %H:%M:%S %Z}"


def _wall(moment: datetime, options: Options) -> str:
    """Return the reader's time, with its day where that isn't the UTC one."""
    there = moment.astimezone(options.timezone)
    return f"{there:%H:%M:%S}" if there.date() == moment.astimezone(UTC).date() else f"{there:%-d %b %H:%M:%S}"


def _words(incident: Incident, options: Options, chosen: Chosen, pictures: Mapping[str, str]) -> dict[str, Any]:
    diagnosis, verdict = incident.last(Diagnosis), incident.last(Verdict)
    columns, rows = _timeline(incident, options)
    return {
        "incident": incident, "diagnosis": diagnosis, "verdict": verdict,
        "draft": words.draft(incident), "cover": cover(incident, options),
        "summary": story.summary(incident), "impact": story.impact(incident),
        "culprit_change": story.culprit_change(diagnosis), "columns": [Markdown(c) for c in columns], "timeline": rows,
        "flow": flow(incident), "signals": chosen.signals, "spread_note": chosen.spread_note,
        "approvals": incident.every(Approval), "started": incident.last(RollbackStarted),
        "ended": incident.last(RollbackEnded), "check": incident.last(Check),
        "more_gaps": story.unheard(incident), "todos": todos(incident), "turns": incident.every(Turn),
        "evidence": chosen.evidence, "evidence_left": len(incident.evidence) - len(chosen.evidence),
        "pictures": pictures, "chart_names": [n for n in pictures if n.startswith("chart")],
        "picture": lambda name: _picture(name, pictures),
    }  # fmt: skip


def _picture(name: str, pictures: Mapping[str, str]) -> Markdown:
    return Markdown(f"![{escape.text(pictures[name])}](picture:{name})" if name in pictures else "")


def _timeline(incident: Incident, options: Options) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return headings and rows; the reader's own time is a column where it isn't UTC."""
    local = bool(_local(incident.alert.fired_at, options))
    zone = str(escape.text(str(options.timezone)))
    headings = ["Time (UTC)", *([zone] if local else []), "Kind", "What happened", "Evidence"]
    rows = [
        (
            figures.clock(m.at), *([_wall(m.at, options)] if local else []),
            m.mark, m.what, ", ".join(m.evidence),
        )
        for m in moments(incident)
    ]  # fmt: skip
    return headings, rows


def _cited(ids: Collection[str]) -> Markdown:
    shown = [str(escape.text(i)) for i in ids][:CITED]
    more = f" and {len(ids) - CITED} more" if len(ids) > CITED else ""
    return Markdown(f"({', '.join(shown)}{more})" if shown else "")


def _bound(series: Series) -> str:
    named = (("threshold", series.threshold), ("limit", series.limit))
    return ", ".join(f"{n} {figures.quantity(v, series.metric)}" for n, v in named if v is not None) or "none known"


def _signature(turn: Turn) -> str:
    """Who said it, when, how sure they were themselves, and on what it rests."""
    sure = f", its own confidence {figures.share(turn.confidence)}" if turn.confidence is not None else ""
    took = figures.duration(turn.at - turn.started_at)
    rests = f"; cites {', '.join(turn.cites[:CITED])}" if turn.cites else ""
    return f"{words.TURNS[turn.status]} at {figures.clock(turn.at)} UTC after {took}, by {turn.by}{sure}{rests}"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bot.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=escape.text,
        autoescape=False,  # noqa: S701 - this is Markdown: `finalize` escapes every value for it
    )
    made.filters |= {
        "brief": escape.brief, "code": escape.code, "cell_code": escape.cell_code, "prose": escape.prose,
        "full": figures.full, "stretch": lambda window: figures.stretch(*window), "clock": figures.clock,
        "quantity": figures.quantity, "share": figures.share,
        "sureness": words.sureness, "cited": _cited, "bound": _bound, "said": words.verdict,
        "join": lambda parts, glue: Markdown(glue.join(escape.text(p) for p in parts)),
        "mark": lambda check: words.MARKS[check.result], "decided": lambda a: words.DECISIONS[a.decision],
        "outcome": lambda ended: words.OUTCOMES[ended.outcome], "speaker": lambda turn: words.AGENTS[turn.agent],
        "signature": _signature,
    }  # fmt: skip
    return made


def _tidy(page: str) -> str:
    """Return it with single blank lines: conditions in the template leave more."""
    lines: list[str] = []
    for line in page.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"
