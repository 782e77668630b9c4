"""How soon a thread begins and goes on when many alerts fire at once: ``python benchmarks/slack_latency.py``.

The real bot, in the stand-in workspace at Slack's own pace and limits, over real HTTP and WebSocket. The workspace and
the bot share this process, and so its processor: on a machine of its own the bot is quicker.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import cycle, pairwise
from typing import NamedTuple

from pydantic import SecretStr

from agents import session
from bot import report
from bot.apart import Apart
from bot.app import listed_scenarios
from bot.config import Settings
from bot.connection import Way, connected
from bot.kept import Storage, open_storage
from bot.offers import posted
from bot.places import Places
from bot.runner import Runner
from bot.slack_settings import SlackSettings
from bot.workspace.server import Workspace
from bot.workspace.state import Message
from incident.facts import Turn
from incident.model import Incident
from scenarios import world

WARM = (session, world)
"""`serve` imports what the first incident needs while nothing has fired yet; so does this."""
SENDER, SENDER_BOT = "AALERTM", "BALERTM"
FIRST_WITHIN, TURNS_WITHIN, A_MESSAGE_EVERY = 1.0, 1.5, 1.0
LOOK_EVERY = 0.2


class Alert(NamedTuple):
    """An alert that fired. ``ahead`` is how far the wall is ahead of its made-up world's time."""

    channel: str
    ts: str
    ahead: timedelta


class Started(NamedTuple):
    """What of a running bot is looked at."""

    storage: Storage
    runner: Runner


class Delays(NamedTuple):
    """Seconds: from each alert to the first reply under it, and from each later turn's end to its message.

    ``ours`` leaves out what a turn waited because the channel had taken a message less than a second before.
    """

    first: list[float]
    turns: list[float]
    ours: list[float]


@asynccontextmanager
async def bot(workspace: Workspace, channels: Sequence[str], places: Places) -> AsyncIterator[Started]:
    """Run the bot as `serve` does, with Slack's own pace, on a database that is thrown away."""
    slack = SlackSettings.model_construct(
        bot_token=SecretStr(workspace.bot_token),
        app_token=SecretStr(workspace.app_token),
        api_url=workspace.api_url,
        alert_channels=tuple(channels),
        alert_senders=(SENDER_BOT,),
    )
    with tempfile.TemporaryDirectory() as scratch, closing(Apart()) as apart:
        await apart.do(report.warm)
        settings = Settings(database_url=f"sqlite+aiosqlite:///{scratch}/latency.db")
        async with (
            open_storage(settings) as storage,
            connected(settings, slack, storage, places, Way(apart)) as connection,
        ):
            await workspace.until(lambda: workspace.connections)
            yield Started(storage, connection.runner)


async def fire(workspace: Workspace, channels: Sequence[str], places: Places) -> list[Alert]:
    """Fire an alert in every channel at once, as Alertmanager; the worlds they are about are made before."""
    names = cycle(each.name for each in listed_scenarios())
    made = [(channel, await places.named(next(names))) for channel in channels]
    return [
        Alert(
            channel,
            workspace.post(SENDER, channel, **posted(place.alert, place.environment)),
            datetime.now(UTC) - place.clock.now(),
        )
        for channel, place in made
    ]


async def investigated(started: Started, alerts: Sequence[Alert], patience: float) -> dict[str, Incident]:
    """Wait until all is said and sent; the incidents by their channels."""
    storage, runner = started
    until = time.monotonic() + patience
    while time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY)
        if runner.running or not await storage.outbox.empty():  # reading incidents would delay what is measured
            continue
        incidents = await storage.store.recent(len(alerts))
        if sum(each.status.ended or each.status == "awaiting_approval" for each in incidents) == len(alerts):
            threads = {each.id: await storage.memory.thread(each.id) for each in incidents}
            return {thread.channel: each for each in incidents if (thread := threads[each.id])}
    sys.exit(f"not everything was said within {patience:.0f} s")


def delays(workspace: Workspace, alerts: Sequence[Alert], incidents: Mapping[str, Incident]) -> Delays:
    """Compare what was said with when it could have been said."""
    found = Delays([], [], [])
    for alert in alerts:
        incident = incidents[alert.channel]
        thread = workspace.channel(alert.channel).thread(alert.ts)[1:]
        found.first.append(float(thread[0].ts) - float(alert.ts))
        before = {key_of(later): float(earlier.ts) for earlier, later in pairwise(thread)}
        there = {key_of(message): float(message.ts) for message in thread}
        for seq, fact in enumerate(incident.facts, 1):
            if isinstance(fact, Turn):
                key, spoken = f"{incident.id}:{seq}:0", (fact.at + alert.ahead).timestamp()
                found.turns.append(there[key] - spoken)
                found.ours.append(max(0.0, there[key] - max(spoken, before[key] + A_MESSAGE_EVERY)))
    return found


def key_of(message: Message) -> str:
    """Return the key that the bot gave a message, empty for what an upload shared."""
    return str((message.metadata or {}).get("event_payload", {}).get("key", ""))


def share(values: Sequence[float], part: float) -> float:
    """Return the value that this part of them doesn't exceed."""
    return sorted(values)[max(0, round(part * len(values)) - 1)]


def line(what: str, values: Sequence[float], within: float | None) -> str:
    """Return a row of the table."""
    figures = (share(values, 0.5), share(values, 0.95), max(values))
    wanted = "" if within is None else f"{within:.1f}"
    return f"{what:<50}{len(values):>5}" + "".join(f"{figure:>8.2f}" for figure in figures) + f"{wanted:>8}"


async def measure(count: int, patience: float) -> bool:
    """Print the table; return whether both hold."""
    places = Places()
    async with Workspace() as workspace:
        channels = [workspace.open_channel(f"alerts-{number}").id for number in range(1, count + 1)]
        async with bot(workspace, channels, places) as started:
            alerts = await fire(workspace, channels, places)
            found = delays(workspace, alerts, await investigated(started, alerts, patience))
    print(f"{f'{count} alerts at once, seconds':<50}{'n':>5}{'p50':>8}{'p95':>8}{'most':>8}{'wanted':>8}")
    print(line("alert -> first reply in its thread", found.first, FIRST_WITHIN))
    print(line("agent has finished -> its turn stands there", found.turns, None))
    print(line("the same without Slack's one message a second", found.ours, TURNS_WITHIN))
    return share(found.first, 0.95) <= FIRST_WITHIN and share(found.ours, 0.95) <= TURNS_WITHIN


def main() -> int:
    """Measure; return 1 where the first reply or a turn came too late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=20)
    parser.add_argument("--patience", type=float, default=300.0, help="seconds until all has to be said")
    wishes = parser.parse_args()
    return 0 if asyncio.run(measure(wishes.alerts, wishes.patience)) else 1


if __name__ == "__main__":
    sys.exit(main())
