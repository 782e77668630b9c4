"""How the offline client plays a specialist: what it writes of its tools' answers."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import orjson

from agents.analysis.observations import read
from agents.clients.notes import deploy, logs, metrics
from agents.ledger import Ledger
from incident.facts import Agent

NOTES = {Agent.METRICS: metrics.notes, Agent.LOGS: logs.notes, Agent.DEPLOY: deploy.notes}
FOUND_NOTHING = {
    "metric_shifts": "No series left its usual range.",
    "call_shifts": "Calls between services look as usual.",
    "error_patterns": logs.NO_ERROR,
    "search_logs": "No log line says more about it.",
    "changes": "No change on record reached production in this stretch of time.",
    "commits": "No commit on record fits.",
    "status_events": "No status page and no platform event says anything.",
}
"""What a tool's "nothing" means; the others' nothing says no more than that."""
NOTHING_NEW, NOTHING_THERE = "Nothing beyond what I said before.", "None of my tools had anything to read."
TOLD_ANYWAY = ("not recorded", "could not be read")
"""Failures that code writes under every finding by itself."""


class Answers(NamedTuple):
    """What the tools answered: ids of evidence, who found nothing or failed, and whether nothing was left out."""

    ids: tuple[str, ...]
    empty: tuple[str, ...]
    failed: tuple[str, ...]
    unanswered: int
    whole: bool


def report(agent: Agent, results: Sequence[str], ledger: Ledger, said_before: Collection[str]) -> str:
    """Return the finding as JSON: a few notes on what the tools answered, citing all of it."""
    answers = _read(results)
    seen = list(read(ledger.cited(answers.ids)))
    notes = NOTES[agent](seen, ledger.alert, whole=answers.whole)
    notes += [FOUND_NOTHING[tool] for tool in answers.empty if tool in FOUND_NOTHING]
    notes += [f"No answer from {failure}." for failure in answers.failed]
    fresh = [note for note in dict.fromkeys(notes) if not any(note in earlier for earlier in said_before)]
    if not results:
        fresh = [f"I had no tools to look at {agent}: nothing to report."]
    asked_for = len(results) or 1
    finding = {
        "finding": "\n".join(fresh) or (NOTHING_NEW if said_before else NOTHING_THERE),
        "evidence": list(answers.ids),
        "confidence": round(0.9 * (1 - answers.unanswered / asked_for), 2) if answers.ids else 0.3,
        "questions": [],
    }
    return orjson.dumps(finding).decode()


def _narrowed(tool: str, query: str) -> bool:
    """Tell whether a tool that could have told of everything was asked for one name: its "nothing" means little."""
    return tool not in {"search_logs", "commits"} and ('service="' in query or 'metric="' in query)


def _read(results: Sequence[str]) -> Answers:
    ids: list[str] = []
    empty, failed, unanswered, whole = [], [], 0, True
    for result in results:
        try:
            answer = orjson.loads(result)
        except orjson.JSONDecodeError:
            failed.append("a tool that answered with something unreadable")
            unanswered += 1
            continue
        ids += [item["id"] for item in answer.get("evidence", ())]
        ids += answer.get("ids_not_shown", ())
        whole = whole and not answer.get("not_shown")
        tool = answer["query"].partition("(")[0]
        why = answer.get("why", "no reason given")
        empty += [tool] if answer["result"] == "nothing" and not _narrowed(tool, answer["query"]) else []
        unanswered += answer["result"] == "failed"
        failed += [f"{tool} ({why})"] if answer["result"] == "failed" and not why.startswith(TOLD_ANYWAY) else []
    return Answers(tuple(dict.fromkeys(ids)), tuple(empty), tuple(failed), unanswered, whole)
