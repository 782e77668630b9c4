"""An incident as Markdown, through a template whose every value is escaped unless it is Markdown already."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.report import escape, figures, story, words
from bot.report.actions import todos
from bot.report.asking import who_answers
from bot.report.blameless import without_authors
from bot.report.chosen import Chosen, choose
from bot.report.ending import banner
from bot.report.escape import Markdown
from bot.report.handover import NO_MORE, next_hypothesis, still_in_main
from bot.report.mermaid import chain_diagram, flow_diagram
from bot.report.options import Options
from bot.report.team import flow
from bot.report.template import template, tidy
from bot.report.timeline import moments
from incident.facts import Approval, Check, Diagnosis, RollbackEnded, RollbackSeen, RollbackStarted, Turn, Verdict
from incident.model import Incident

QUERIES, REASONS = 20, 5
"""Rows of the table of queries, and reasons before the table of checks: the rest is elsewhere."""


def markdown(incident: Incident, options: Options) -> str:
    """Return the whole report."""
    shown = incident if options.authors else without_authors(incident)
    return tidy(template("report.md.j2").render(_words(shown, options, choose(shown, options), {})))


def parts(incident: Incident, options: Options, chosen: Chosen, alternatives: Mapping[str, str]) -> tuple[str, str]:
    """Return the report without its cover, and its appendix. ``alternatives``: the pictures and what they show."""
    told = _words(incident, options, chosen, alternatives)
    body, appendix = (template(f"{name}.md.j2").render(told) for name in ("body", "appendix"))
    return tidy(body), tidy(appendix)


def warm() -> None:
    """Compile the template."""
    template("report.md.j2")


def cover(incident: Incident, options: Options) -> tuple[tuple[str, str], ...]:
    """Return what a reader looks for first, as names and values."""
    alert, diagnosis = incident.alert, incident.last(Diagnosis)
    helps = words.REMEDIES[diagnosis.remediation] if diagnosis else "not known yet"
    return (
        ("Service", f"{alert.service} ({incident.environment})"),
        ("Severity", alert.severity.value),
        ("Alert fired", _dated(alert.fired_at, options)),
        ("First sign", _dated(diagnosis.onset, options) if diagnosis and diagnosis.onset else "not known"),
        ("Culprit", (diagnosis.culprit_service if diagnosis else None) or "none named"),
        ("Culprit change", story.culprit_change(diagnosis)),
        ("Kind of cause", diagnosis.category.value if diagnosis else "not known yet"),
        ("What helps", helps),
    )


def _dated(moment: datetime, options: Options) -> str:
    local = _local(moment, options)
    return figures.full(moment) + (f" ({local})" if local else "")


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
        "banner": banner(incident), "named": words.drill(incident) + incident.id, "cover": cover(incident, options),
        "summary": story.summary(incident), "impact": story.impact(incident),
        "opinions": story.opinions(diagnosis) if diagnosis else "",
        "columns": [Markdown(c) for c in columns], "timeline": rows, "signals": chosen.signals,
        "flow": _picture("flow", pictures) if pictures else flow_diagram(flow(incident)),
        "chain": _chain(chosen, pictures), "spread_note": _spread_note(chosen),
        "untimed": [link for link in diagnosis.causal_chain if link.at is None] if diagnosis else [],
        "asked": who_answers(incident, verdict) if verdict else "",
        "approvals": incident.every(Approval), "started": incident.last(RollbackStarted),
        "ended": incident.last(RollbackEnded), "seen": incident.last(RollbackSeen), "check": incident.last(Check),
        "more_gaps": story.unheard(incident), "todos": todos(incident), "turns": incident.every(Turn),
        "evidence": chosen.evidence, "evidence_left": len(incident.evidence) - len(chosen.evidence),
        "queries": chosen.queries[:QUERIES], "queries_left": max(len(chosen.queries) - QUERIES, 0),
        "query_of": chosen.query_of, "pictures": pictures, "REASONS": REASONS,
        "following": next_hypothesis(incident), "left": still_in_main(incident), "NO_MORE": NO_MORE,
        "picture": lambda name: _picture(name, pictures),
    }  # fmt: skip


def _chain(chosen: Chosen, pictures: Mapping[str, str]) -> Markdown:
    """Return the causal chain as a picture, on paper ours and in Markdown GitHub's."""
    if pictures or chosen.spread is None or not chosen.spread.calls:
        return _picture("chain", pictures)
    return chain_diagram(chosen.spread)


def _spread_note(chosen: Chosen) -> str:
    """How to read the picture, and where its arrows come from."""
    spread = chosen.spread
    if spread is None or not spread.calls:
        return ""
    quiet = [s for column in spread.columns for s in column if s not in spread.since]
    told = "Arrows lead from a service to its callers, as trouble travels; times (UTC) are those of the first symptom."
    dashed = " Dashed: not affected." if quiet else ""
    inferred = "" if spread.declared else " The calls were inferred, nobody declared them."
    more = f" {spread.left_out} more services are not shown." if spread.left_out else ""
    return f"{told}{dashed}{inferred}{more}"


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
