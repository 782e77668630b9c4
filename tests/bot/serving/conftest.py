"""A workspace that is quicker than Slack; the bot is started by each test."""

import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.apart import Apart
from bot.app import listed_scenarios
from bot.offers import Offers
from bot.workspace.courier import Pace
from bot.workspace.server import Offer, Workspace

sys.path.insert(0, str(Path(__file__).parent))
from scene import Scene

QUICK = Pace(ack=60.0, trigger=60.0, sharing=0.01, limits=600.0)
"""The machine sets the pace: that Slack wants an acknowledgement within three seconds is tested in the workspace."""


@pytest.fixture(scope="session")
def apart() -> Iterator[Apart]:
    """One process for all tests: its libraries take a while to import."""
    with closing(Apart()) as apart:
        yield apart


@pytest.fixture
async def scene(tmp_path: Path, apart: Apart) -> AsyncIterator[Scene]:
    offers: list[Offers] = []

    async def fire(name: str) -> Mapping[str, Any]:
        return await offers[0].fire(name)

    listed = [Offer(each.name, each.pages, "") for each in listed_scenarios()]
    async with Workspace(offers=listed, fire=fire, pace=QUICK) as workspace:
        yield Scene(workspace, offers, tmp_path, apart)
