"""Grades the whole pipeline on recorded incidents with answer keys, which are read only when a case has ended."""

import json
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.app import Place, recorded_place, team
from bot.config import Settings
from bot.kept import open_store
from bot.llm_settings import LLMSettings
from bot.mistakes import Mistake
from bot.thinking import Thinking, thinking_once
from incident.facts import Diagnosis, Verdict
from incident.hands import Hands
from incident.model import Incident
from incident.policy import unchanging
from incident.ports import NotRecorded, Store, Unreadable
from incident.responder import Responder
from scenarios.grading import Answer, Grade, Known, grade
from scenarios.papers import NotAnIncident
from scenarios.recorded import Recording
from scenarios.summary import Summary, summarise
from scenarios.truth import Truth, read_truth

ALERT, KEY = "alert.json", "truth.json"
KIB_PER_MB = 1024


class Ungraded(Exception):
    """There is no answer to grade: the message says how the investigation ended."""


async def evaluate(
    folders: Sequence[Path], settings: Settings, llm: LLMSettings | None = None, *, as_json: bool
) -> None:
    """Investigate every case as `investigate` would and print the table of incident-format.md.

    Raises `Mistake` at the end for cases that can't be read: they cost nobody else's grades.
    """
    cases = sorted(set(find_cases(folders)))
    if not cases:
        message = f"no case with {ALERT} and {KEY} in {', '.join(map(str, folders))}"
        raise Mistake(message)
    graded: list[Grade] = []
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as scratch, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=len(cases))
        apart = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{scratch}/evaluation.db"})
        async with open_store(apart) as store, thinking_once(llm, settings) as mind:
            for case in cases:
                progress.update(task, description=case.name)
                try:
                    graded.append(await _graded(case, settings, store, mind))
                except (NotAnIncident, Unreadable, Ungraded) as why:
                    broken.append(f"{case}: {why}")
                progress.advance(task)
    _print(graded, as_json=as_json)
    if broken:
        message = f"not graded: {'; '.join(broken)}"
        raise Mistake(message)


def find_cases(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the folders that are cases: those named, and those right inside them."""
    for folder in folders:
        inside = (folder, *folder.iterdir())
        yield from (place for place in inside if (place / ALERT).is_file() and (place / KEY).is_file())


async def _graded(case: Path, settings: Settings, store: Store, mind: Thinking | None) -> Grade:
    ended = await investigated(recorded_place(case), settings, store, mind)
    truth = read_truth(case)
    return grade(answer(case.name, ended), truth or Truth(), await known(case))


async def investigated(place: Place, settings: Settings, store: Store, mind: Thinking | None = None) -> Incident:
    """Run the whole job, as `investigate` does, leaving questions open."""
    hands = Hands(
        store=store,
        chats=(),
        investigator=team(place, settings, thinking=mind),
        telemetry=place.telemetry,
        clock=place.clock,
        rules=unchanging(settings.policy()),
        deployer=place.deployer,
    )
    responder = Responder(hands)
    return await responder.advance(await responder.open(place.alert, place.target, place.world, place.environment))


def answer(case: str, ended: Incident) -> Answer:
    """Return what can be graded of an incident that has ended; raises `Ungraded`."""
    diagnosis = ended.last(Diagnosis)
    if diagnosis is None:
        message = f"the investigation ended as {ended.status} without a diagnosis"
        raise Ungraded(message)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB
    return Answer(case, diagnosis, ended.last(Verdict), diagnosis.usage, peak)


async def known(case: Path) -> Known:
    """Return all that was recorded of changes: it tells which commit a deployment shipped."""
    recording = Recording(case)
    always = await recording.extent()
    always = always._replace(start=always.start.replace(year=always.start.year - 1))
    try:
        changes = await recording.changes(always)
        return Known(changes, tuple(c.sha for c in await recording.commits(always)))
    except NotRecorded:
        return Known()


def _print(graded: Sequence[Grade], *, as_json: bool) -> None:
    summaries = summarise(graded)
    if as_json:
        lines = {"sources": [s.model_dump() for s in summaries], "cases": [g.model_dump() for g in graded]}
        sys.stdout.write(json.dumps(lines, indent=1) + "\n")
        return
    Console().print(_table(summaries))


def _table(summaries: Sequence[Summary]) -> Table:
    table = Table("", *(s.source for s in summaries), title="Graded as in incident-format.md, per source")
    for name, figures in _rows(summaries):
        table.add_row(name, *figures)
    return table


def _rows(summaries: Sequence[Summary]) -> Iterator[tuple[str, list[str]]]:
    def share(figure: float | None) -> str:
        return "-" if figure is None else f"{figure:.2f}"

    yield "cases", [str(s.cases) for s in summaries]
    yield "service AC@1 / AC@3 / AC@5", [f"{share(s.ac1)} / {share(s.ac3)} / {share(s.ac5)}" for s in summaries]
    yield "service Avg@5", [share(s.avg5) for s in summaries]
    yield "change right / graded", [f"{s.change_right} / {s.changes_graded}" for s in summaries]
    yield "decoy hits", [str(s.decoy_hits) for s in summaries]
    yield "other innocents blamed", [str(s.innocent_blamed) for s in summaries]
    yield "missed / abstained", [f"{s.missed} / {s.abstained}" for s in summaries]
    yield "graded reward", [share(s.reward) for s in summaries]
    yield "wrong rollbacks", [str(s.wrong_rollbacks) for s in summaries]
    yield "wrong rollbacks asked for", [str(s.wrong_asks) for s in summaries]
    yield "right ones done + offered / guilty", [f"{s.right_done} + {s.right_offered} / {s.guilty}" for s in summaries]
    yield "Brier / calibration error", [f"{share(s.brier)} / {share(s.calibration_error)}" for s in summaries]
    yield "seconds, mean / worst", [f"{s.seconds:.2f} / {s.seconds_max:.2f}" for s in summaries]
    yield "peak memory, MB", [f"{s.peak_mb:.0f}" for s in summaries]
    yield "model calls / tokens a case", [f"{s.model_calls:.1f} / {s.tokens:.0f}" for s in summaries]
