"""Kills `first-responder serve` before and after everything it stores or sends: ``python benchmarks/kill_matrix.py``.

A whole incident, its rollback rehearsed on a GitHub, is told once undisturbed and then once for each point at which the
server can die (`dying.py`), each time to its end. Exits with 1 where an incident ended otherwise, was dispatched twice,
or where a message was lost or doubled.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from dying_lives import tell
from dying_scene import STORIES, Story, Told

from tests.postgres import Server, postgres

AFTER_THE_ANSWER = ("rollback_seen", "check")
"""What isn't said where nobody knows what became of a dispatch."""


class Row(NamedTuple):
    """What came of one death."""

    points: tuple[str, ...]
    told: Told
    wrong: tuple[str, ...]
    seconds: float

    @property
    def ending(self) -> str:
        """How the incident ended."""
        return f"{self.told.status}{' (unknown)' if self.told.unknown else ''}"


class Wishes(NamedTuple):
    """What is asked of the matrix."""

    story: Story
    deaths: tuple[tuple[str, ...], ...]
    skip: int
    every: int
    at_once: int
    server: Server | None

    @property
    def where(self) -> str:
        """Where it is stored, in words."""
        return "SQLite, started again" if self.server is None else "PostgreSQL, two replicas"


def wrong(undisturbed: Told, told: Told) -> Iterator[str]:
    """Yield what must not be."""
    unknown = told.unknown and told.status == "handed_over"
    if told.status != undisturbed.status and not unknown:
        yield f"ended as {told.status}"
    if told.dispatches > 1 or (told.dispatches < undisturbed.dispatches and not unknown):
        yield f"{told.dispatches} dispatches"
    lost, more = undisturbed.said - told.said, told.said - undisturbed.said
    yield from (f"said {told.said[name]} times: {name}" for name in more if told.said[name] > 1)
    yield from (f"lost: {name}" for name in lost if not (unknown and _later(name)))
    yield from (f"lost: {name}" for name in told.unsaid)
    if not unknown:
        yield from (f"said besides: {name}" for name in more if told.said[name] == 1)
    yield from (f"audit trail: {flaw}" for flaw in told.flaws)
    yield from told.exits


def line(row: Row) -> str:
    """Return a row of the table."""
    lost = sum(each.startswith("lost") for each in row.wrong)
    doubled = sum(each.startswith("said") for each in row.wrong)
    verdict = "; ".join(row.wrong) or ("ok" if row.told.deaths == len(row.points) else "not reached this time")
    where = " | ".join(row.points)
    return f"{where:<65} {row.ending:<23}{row.told.dispatches:>3}{lost:>6}{doubled:>8}{row.seconds:>6.0f}  {verdict}"


async def matrix(wishes: Wishes) -> list[Row]:
    """Tell the story once for each point, and print each row as it comes."""
    undisturbed, passed = await _tell(wishes, ())
    broken = tuple(wrong(undisturbed, undisturbed))
    if broken:
        sys.exit(f"undisturbed, it ends as {undisturbed.status}: {'; '.join(broken)}")
    chosen = wishes.deaths or tuple((point,) for point in passed[wishes.skip :: wishes.every])
    print(
        f"{wishes.story.name}, {wishes.where}: {len(passed)} points, {len(chosen)} tried; ends as {undisturbed.status}"
    )
    print(f"{'killed':<65} {'status':<23}{'run':>3}{'lost':>6}{'doubled':>8}{'s':>6}", flush=True)
    gate = asyncio.Semaphore(wishes.at_once)

    async def tried(points: tuple[str, ...]) -> Row:
        async with gate:
            began = time.monotonic()
            told, _ = await _tell(wishes, points)
            row = Row(points, told, tuple(wrong(undisturbed, told)), time.monotonic() - began)
            print(line(row), flush=True)
            return row

    return list(await asyncio.gather(*map(tried, chosen)))


async def _tell(wishes: Wishes, points: Sequence[str]) -> tuple[Told, list[str]]:
    if wishes.server is None:
        return await tell(wishes.story, points)
    return await tell(wishes.story, points, await asyncio.to_thread(wishes.server.database), replicas=2)


def _later(name: str) -> bool:
    return name.startswith(AFTER_THE_ANSWER) or name == "-before-and-after.png"


def summed_up(rows: Sequence[Row]) -> str:
    """Return the last line."""
    deaths, broken = sum(row.told.deaths for row in rows), sum(bool(row.wrong) for row in rows)
    endings = ", ".join(f"{times} {ending}" for ending, times in Counter(row.ending for row in rows).most_common())
    return f"{deaths} deaths in {len(rows)} incidents: {endings}; {broken} wrong"


def main() -> int:
    """Print the table; return 1 where something must not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--story", choices=STORIES, default="automatic")
    parser.add_argument("--postgresql", action="store_true", help="two replicas on a PostgreSQL of its own")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many points, which were tried before")
    parser.add_argument("--every", type=int, default=1, help="try each n-th point only")
    parser.add_argument(
        "--at", action="append", default=[], metavar="POINT", help="only this; “POINT | POINT” is one incident"
    )
    parser.add_argument("--at-once", type=int, default=2)
    asked = parser.parse_args()
    with ExitStack() as stack:
        server = stack.enter_context(postgres()) if asked.postgresql else None
        deaths = tuple(tuple(each.split(" | ")) for each in asked.at)
        wishes = Wishes(STORIES[asked.story], deaths, asked.skip, asked.every, asked.at_once, server)
        rows = asyncio.run(matrix(wishes))
    print(summed_up(rows))
    return 1 if any(row.wrong for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
