"""What one person's Home says: read from the store each time it is opened."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.ceilings import Held, variable
from bot.listeners.bot import Bot
from bot.listeners.reports import permalink, readable
from bot.thread.home import Figures, Home, Row
from bot.thread.settings import Setting
from incident.facts import Diagnosis, Owned, RollbackStarted
from incident.model import Incident
from storage.feedback import Feedback, Rating

MONTH = timedelta(days=30)
COUNTED, LISTED = 500, 40
SHOWN = ("mode", "confidence_auto", "confidence_ask", "environments", "approval_ttl", "veto_window", "reopen")
SLACK_SHOWN = (
    "alert_channels",
    "alert_senders",
    "alert_rules",
    "incident_channel",
    "approvers",
    "admins",
    "two_person",
)


class Looked(NamedTuple):
    """What somebody looks for in the history."""

    query: str = ""
    only: str = "all"


async def overview(client: AsyncWebClient, bot: Bot, user: str, looked: Looked) -> Home:
    """Return what somebody may see."""
    since = datetime.now(UTC) - MONTH
    lately = [each for each in await bot.store.recent(COUNTED) if each.opened_at >= since and not each.drill]
    opened = await readable(client, bot, user, await bot.store.unfinished())
    query = looked.query.strip()
    found = await readable(client, bot, user, await (bot.store.find(query, COUNTED) if query else _ended(bot)))
    history = [each for each in found if looked.only in {"all", each.status.value}]
    return Home(
        opened=[_row(each)._replace(thread=await permalink(client, bot, each.id)) for each in opened],
        history=[_row(each) for each in history if each.status.ended or query],
        figures=await _figures(bot, lately, since),
        settings=list(_settings(await bot.in_force.now(), bot.in_force.environment)),
        admin=await bot.admins.include(user),
        slash=bot.slash,
        query=query,
        only=looked.only,
        pause=await bot.kill_switch.standing(),
    )


async def _ended(bot: Bot) -> tuple[Incident, ...]:
    return tuple(each for each in await bot.store.recent(LISTED) if each.status.ended)


def _row(incident: Incident) -> Row:
    owner = incident.last(Owned)
    return Row(incident, owner=owner.by if owner else None)


async def _figures(bot: Bot, lately: Sequence[Incident], since: datetime) -> Figures:
    posted = [took for each in lately if (took := await _to_first_post(bot, each)) is not None]
    causes = [found.at - each.opened_at for each in lately if (found := each.last(Diagnosis)) is not None]
    rolled_back = sum(each.last(RollbackStarted) is not None for each in lately)
    return Figures(
        incidents=len(lately),
        to_first_post=_median(posted),
        to_cause=_median(causes),
        rolled_back=rolled_back / len(lately) if lately else None,
        agreed=_agreed(await bot.feedback.since(since)),
    )


async def _to_first_post(bot: Bot, incident: Incident) -> timedelta | None:
    """Return the time between the alert's message and the card under it, by Slack's own clock."""
    thread = await bot.memory.thread(incident.id)
    if thread is None or thread.alert_ts is None or thread.card_ts is None:
        return None
    return timedelta(seconds=float(thread.card_ts) - float(thread.alert_ts))


def _median(lengths: Sequence[timedelta]) -> timedelta | None:
    seconds = [length.total_seconds() for length in lengths]
    return timedelta(seconds=median(seconds)) if seconds else None


def _agreed(said: Sequence[Feedback]) -> float | None:
    return sum(each.rating is Rating.RIGHT for each in said) / len(said) if said else None


def _settings(now: Held, environment: Held) -> Iterator[Setting]:
    shown = ((now.settings, environment.settings, SHOWN), (now.slack, environment.slack, SLACK_SHOWN))
    for held, before, names in shown:
        for name in names:
            source = "set" if name in before.model_fields_set else "default"
            told = Setting(variable(name), written(getattr(held, name)), source, name)
            if (changed := now.overrides.get(name)) is not None:
                there = f"{written(getattr(before, name)) or 'not set'} in the environment"
                told = told._replace(source=there, by=changed.by, at=changed.at)
            yield told


def written(value: object) -> str:
    """Return a setting's value on one line."""
    if isinstance(value, tuple | frozenset):
        return ", ".join(sorted(map(str, value)))
    return "" if value is None else str(value)
