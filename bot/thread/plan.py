"""Exactly what would be done and what speaks against it: what a person has to know before saying yes."""

from collections.abc import Iterator

from bot.report import gate, observed, words
from bot.report.escape import brief, visible
from bot.report.figures import share
from bot.thread.evidence import outsiders
from bot.thread.message import Block
from bot.thread.rich import Inline, bold, code, line, listed, lists, rich, say, when
from incident.diagnosis import CulpritChange
from incident.facts import CheckResult, Diagnosis, Plan, Verdict
from incident.model import Incident

DOUBTS, GROUNDS = 6, 3
STATEMENT = 160
SENTENCE = 300


def step(plan: Plan) -> str:
    """Return the step in one line."""
    return f"{visible(plan.service)} in {visible(plan.environment)}: {_versions(plan)}"


def _versions(plan: Plan) -> str:
    return f"{visible(plan.from_version)} → {visible(plan.to_version)}"


def particulars(incident: Incident, plan: Plan) -> tuple[Block, ...]:
    """Return service, versions, change and onset as a list."""
    diagnosis = incident.last(Diagnosis)
    rows: list[list[Inline]] = [
        [bold("Service: "), code(plan.service), line(f" in {plan.environment}")],
        [bold("Version: "), code(plan.from_version), say(" → "), code(plan.to_version)],
        [bold("Undoes: "), code(plan.change), *_change(incident, plan)],
    ]
    if diagnosis is not None:
        sure = f"{words.sureness(diagnosis.confidence)}, {share(diagnosis.confidence)}"
        since = [say("; failing since "), when(diagnosis.onset)] if diagnosis.onset else []
        rows.append([bold("How sure: "), say(sure), *since])
        if outside := outsiders(incident, diagnosis.evidence):
            rows.append([bold("Outsiders' text: "), line(outside, SENTENCE)])
    return tuple(rich(part) for part in lists(rows))


def _change(incident: Incident, plan: Plan) -> Iterator[Inline]:
    """Which change it is, by whom and since when, as far as that is known."""
    diagnosis = incident.last(Diagnosis)
    blamed = diagnosis.culprit_change if diagnosis else None
    seen = next((c for e in incident.evidence if (c := observed.change(e)) and c.id == plan.change), None)
    if seen is not None:
        title = f" “{brief(visible(seen.title), 200)}”" if seen.title.strip() else ""
        yield line(f", {words.CHANGES[seen.change_kind]}{title}{_by(blamed)}, running since ")
        yield when(seen.at)
    elif blamed is not None:
        yield line(f", {words.CHANGES[blamed.kind]}{_by(blamed)}, of ")
        yield when(blamed.at)


def _by(blamed: CulpritChange | None) -> str:
    author = blamed.author if blamed else None
    return f" by {brief(visible(author), 80)}" if author and author.strip() else " (by whom is not recorded)"


def grounds(incident: Incident) -> tuple[Block, ...]:
    """Return the evidence that the proposal rests on, by id: an answer is bound to it."""
    diagnosis = incident.last(Diagnosis)
    cited = () if diagnosis is None else diagnosis.evidence
    rows = [[code(e.id), line(f" {e.statement}", STATEMENT)] for e in incident.evidence if e.id in cited]
    return listed("It rests on", rows, GROUNDS)


def doubts(incident: Incident, verdict: Verdict) -> tuple[Block, ...]:
    """Return what speaks against it: what the gate could not confirm, then the other explanations."""
    diagnosis = incident.last(Diagnosis)
    rivals = diagnosis.rivals if diagnosis else ()
    open_checks = [r.reason for r in gate.rows(verdict) if r.result != words.MARKS[CheckResult.PASSED]]
    told = dict.fromkeys((*open_checks, *verdict.reasons))
    other = [f"It could also be: {r.what} ({share(r.confidence)})" for r in rivals]
    return listed("What speaks against it", [[line(doubt, SENTENCE)] for doubt in (*told, *other)], DOUBTS)
