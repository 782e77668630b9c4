"""What one person's Home says: read from the store each time it is opened."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.ceilings import AUTO, Held, variable
from bot.doctor.chosen import written
from bot.listeners.bot import Bot
from bot.listeners.reports import permalink, readable
from bot.services import known
from bot.thread.home import Figures, Home, Row
from bot.thread.settings import Setting
from incident.facts import Diagnosis, Owned, RollbackStarted
from incident.model import Incident
from incident.status import Status
from incident.taught import Taught
from storage.feedback import Feedback, Rating
from storage.memory import Thread

MONTH = timedelta(days=30)
COUNTED, LISTED = 500, 100
"""How many are read at most: for the figures, and for the history before what somebody may not see is left out."""
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
    recent = tuple(each for each in await bot.store.recent(COUNTED) if each.opened_at >= since)
    lately = [each for each in await readable(client, bot, user, recent) if not each.drill]
    opened = await readable(client, bot, user, await bot.store.unfinished())
    found = await bot.store.find(looked.query, LISTED, _wanted(looked))
    return Home(
        opened=[_row(each)._replace(thread=await permalink(client, bot, each.id)) for each in opened],
        history=[Row(each) for each in await readable(client, bot, user, found)],
        figures=await _figures(bot, lately, since),
        services=known(
            _newest_first(each for each in (*opened, *lately) if not each.drill),
            bot.in_force.environment.settings.catalog,
        ),
        settings=await _in_force(bot),
        admin=await bot.admins.include(user),
        slash=bot.slash,
        query=looked.query,
        only=looked.only,
        pause=await bot.kill_switch.standing(),
    )


def _newest_first(incidents: Iterable[Incident]) -> list[Incident]:
    """Return each of them once."""
    told = {each.id: each for each in incidents}
    return sorted(told.values(), key=lambda each: each.opened_at, reverse=True)


def _wanted(looked: Looked) -> Collection[Status]:
    """Return what is history: what has ended, and whatever words find."""
    chosen = [status for status in Status if status.value == looked.only]
    return chosen or [status for status in Status if status.ended or looked.query.strip()]


def _row(incident: Incident) -> Row:
    owner = incident.last(Owned)
    return Row(incident, owner=owner.by if owner else None)


async def _figures(bot: Bot, lately: Sequence[Incident], since: datetime) -> Figures:
    threads = await bot.memory.threads([each.id for each in lately])
    posted = [took for thread in threads.values() if (took := _to_first_post(thread)) is not None]
    said = [each for each in await bot.feedback.since(since) if each.incident_id in {one.id for one in lately}]
    causes = [found.at - each.opened_at for each in lately if (found := each.last(Diagnosis)) is not None]
    rolled_back = sum(each.last(RollbackStarted) is not None for each in lately)
    return Figures(
        incidents=len(lately),
        more=len(lately) >= COUNTED,
        to_first_post=_median(posted),
        to_cause=_median(causes),
        rolled_back=rolled_back / len(lately) if lately else None,
        agreed=_agreed(said),
    )


def _to_first_post(thread: Thread) -> timedelta | None:
    """Return the time between the alert's message and the card under it, by Slack's own clock."""
    if thread.alert_ts is None or thread.card_ts is None:
        return None
    return timedelta(seconds=float(thread.card_ts) - float(thread.alert_ts))


def _median(lengths: Sequence[timedelta]) -> timedelta | None:
    seconds = [length.total_seconds() for length in lengths]
    return timedelta(seconds=median(seconds)) if seconds else None


def _agreed(said: Sequence[Feedback]) -> float | None:
    return sum(each.rating is Rating.RIGHT for each in said) / len(said) if said else None


async def _in_force(bot: Bot) -> list[Setting]:
    now = await bot.in_force.now()
    least = await bot.in_force.taught(now)
    return [_raised(one, least) for one in _settings(now, bot.in_force.environment)]


def _raised(one: Setting, least: Taught) -> Setting:
    """Say beside the threshold what people's words made of it."""
    return one._replace(raised=least.because) if one.name == AUTO else one


def _settings(now: Held, environment: Held) -> Iterator[Setting]:
    shown = ((now.settings, environment.settings, SHOWN), (now.slack, environment.slack, SLACK_SHOWN))
    for held, before, names in shown:
        for name in names:
            source = "set" if name in before.model_fields_set else "default"
            told = Setting(variable(name), _value(getattr(held, name)), source, name)
            if (changed := now.overrides.get(name)) is not None:
                there = f"{written(getattr(before, name))} in the environment"
                told = told._replace(source=there, by=changed.by, at=changed.at)
            yield told


def _value(value: object) -> str | tuple[str, ...]:
    return value if isinstance(value, tuple) else written(value)
