"""What does an investigation ask of a language model, and how long does it wait for it?

    python benchmarks/llm_tokens.py ../shared/incidents

A scripted model answers over HTTP as long as a real one, 300 ms a call, for every scenario and every recorded incident
of the folders. What is sent and answered is counted at the server, by the documented upper bound (reasoning included),
beside the budget of an investigation. Time is the whole investigation beside its critical path: plan, slowest
specialist, decision. Exits with 1 where a budget is broken, or where the incidents together take more than 1.15 of
their critical paths.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scripted_llm import MODEL, acting, served

from agents.allowance import CALLS, TOKENS
from agents.clients.tokens import A_MESSAGE, A_REQUEST, A_TOOL, REASONING, tokens
from agents.investigator import TeamInvestigator
from bot.app import Place, made_up_place, recorded_place
from bot.evaluation import find_cases
from incident.facts import Agent, Diagnosis, Remark, Turn
from incident.model import Incident
from scenarios.files import scenarios
from tests.groq_standin import Answer, Asked

FIRED = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
LATENCY = 0.3
WITHIN = 1.15
"""How much longer than its critical path an investigation may take."""


class Run(NamedTuple):
    """What one investigation took. ``path`` is plan, slowest specialist and decision, in seconds."""

    name: str
    calls: int
    prompt: int
    answered: int
    taken_over: int
    seconds: float
    path: float

    @property
    def tokens(self) -> int:
        """All of them, thoughts included."""
        return self.prompt + self.answered + REASONING * self.calls


class Counted:
    """The script, and what it was asked and answered."""

    def __init__(self) -> None:
        self._script = acting({}, LATENCY)
        self.prompt = self.answered = self.calls = 0

    def __call__(self, asked: Asked) -> Answer:
        """Answer and count."""
        answer = self._script(asked)
        if not isinstance(answer, Answer):
            message = "this script answers at once"
            raise TypeError(message)
        self.calls += 1
        self.prompt += sent(asked)
        self.answered += tokens(str(answer.body["choices"][0]["message"]["content"]))
        return answer


def sent(asked: Asked) -> int:
    """Return the most tokens that a request takes as it came over the wire, its tools and its schema included."""
    said = [f"{message.get('name', '')}{message.get('content') or ''}" for message in asked.body["messages"]]
    tools = [_compact(tool["function"]) for tool in asked.body.get("tools", ())]
    shape = asked.body.get("response_format")
    return (
        A_REQUEST
        + sum(A_MESSAGE + tokens(text) for text in said)
        + sum(A_TOOL + tokens(text) for text in tools)
        + (tokens(_compact(shape)) if shape else 0)
    )


def _compact(what: object) -> str:
    return json.dumps(what, separators=(",", ":"))


async def measured(name: str, place: Place) -> Run:
    """Investigate once, with an account and limits of its own."""
    counted = Counted()
    opened = Incident(
        id="INC-22222", target=place.target, world=place.world, environment=place.environment, alert=place.alert,
        opened_at=place.clock.now(),
    )  # fmt: skip
    async with served(counted) as model:
        team = TeamInvestigator(as_of=place.as_of, crew=model.crew)
        begun = time.monotonic()
        facts = [fact async for fact in team.investigate(opened, place.telemetry, silence)]
        seconds = time.monotonic() - begun
    turns = [fact for fact in facts if isinstance(fact, Turn)]
    if not isinstance(facts[-1], Diagnosis):
        message = f"{name}: no diagnosis"
        raise TypeError(message)
    taken_over = sum(turn.by != MODEL for turn in turns)
    return Run(name, counted.calls, counted.prompt, counted.answered, taken_over, seconds, critical(turns))


async def silence() -> tuple[Remark, ...]:
    """Nobody writes in the thread."""
    return ()


def critical(turns: Sequence[Turn]) -> float:
    """Return the seconds of the plan, the slowest specialist and the decision, for each round."""
    total, slowest = 0.0, 0.0
    for turn in turns:
        took = (turn.at - turn.started_at).total_seconds()
        if turn.agent is Agent.COMMANDER:
            total, slowest = total + slowest + took, 0.0
        else:
            slowest = max(slowest, took)
    return total + slowest


def places(folders: Sequence[Path], names: Sequence[str]) -> Iterator[tuple[str, Place]]:
    """Yield the scenarios and the recorded incidents."""
    for name in names:
        yield name, made_up_place(name, 0, FIRED)
    for case in sorted(set(find_cases(folders))):
        yield case.name, recorded_place(case)


async def everything(folders: Sequence[Path], names: Sequence[str]) -> bool:
    """Print a line an incident and one for all; return whether the budget and the time were kept."""
    print(f"{'incident':<24}" + "".join(f"{head:>12}" for head in HEADS))
    await measured("", made_up_place(names[0], 0, FIRED))  # not counted: it imports what the others find there
    runs: list[Run] = []
    for name, place in places(folders, names):
        runs.append(await measured(name, place))
        print(line(runs[-1]), flush=True)
    print(f"\nbudget of an investigation: {TOKENS:,} tokens, {CALLS} calls")
    most, calls = max(run.tokens for run in runs), max(run.calls for run in runs)
    print(f"{len(runs)} investigations: {most:,} tokens at most, {median(r.tokens for r in runs):,.0f} at the median,")
    ratio = sum(run.seconds for run in runs) / sum(run.path for run in runs)
    worst = max(run.seconds / run.path for run in runs)
    print(f"{calls} calls at most; {ratio:.2f} of the critical path (at worst {worst:.2f}), wanted {WITHIN} at most")
    return most <= TOKENS and calls <= CALLS and ratio <= WITHIN


HEADS = ("calls", "prompts", "answers", "reasoning", "tokens", "of budget", "taken over", "s", "path, s", "ratio")


def line(run: Run) -> str:
    """Return a line of the table."""
    counts = (run.calls, run.prompt, run.answered, REASONING * run.calls, run.tokens)
    share = f"{run.tokens / TOKENS:.0%}"
    times = f"{run.seconds:>12.2f}{run.path:>12.2f}{run.seconds / run.path:>12.2f}"
    return f"{run.name:<24}" + "".join(f"{n:>12,}" for n in counts) + f"{share:>12}{run.taken_over:>12}{times}"


def main() -> int:
    """Measure; return 1 where a budget was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="recorded incidents, or folders of them")
    parser.add_argument("--scenarios", nargs="*", default=[listed.name for listed in scenarios()])
    wishes = parser.parse_args()
    return 0 if asyncio.run(everything(wishes.folders, wishes.scenarios)) else 1


if __name__ == "__main__":
    sys.exit(main())
