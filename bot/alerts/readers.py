"""The readers, in the order in which they are asked; the first that knows the shape answers."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import islice

from bot.alerts import cloudwatch, datadog, grafana, grouped, opsgenie, pagerduty, plain, sentry
from bot.alerts.blocks import mapping, string
from bot.alerts.content import Part, parts_of, whole
from bot.alerts.draft import Draft, Sight, seen
from bot.alerts.moments import moment
from bot.alerts.seen import Seen

MOST_ALERTS = 20
SUBTYPES = {"", "bot_message", "file_share", "thread_broadcast"}
"""Of the messages that Slack tells of itself (somebody joined, a topic was set) none is an alert."""
Reader = Callable[[Part], tuple[Draft, ...] | None]
READERS: tuple[Reader, ...] = (
    cloudwatch.read,
    pagerduty.read,
    sentry.read,
    opsgenie.read,
    grouped.read,
    grafana.read,
    datadog.read,
    plain.read,
)


def read_message(
    message: Mapping[str, object], *, default_environment: str, seen_at: datetime, known_services: Iterable[str] = ()
) -> tuple[Seen, ...]:
    """Return what a Slack message says about alerts, nothing where it is none; never raises, whatever is in it.

    ``message`` is the event of a message, or the inner message of a changed one. Without a service in its labels an
    alert is about the first of ``known_services`` that it names.
    """
    if message.get("subtype") == "message_changed":
        message = mapping(message.get("message"))
    if string(message.get("subtype")) not in SUBTYPES:
        return ()
    sight = Sight(default_environment, seen_at, moment(message.get("ts")), frozenset(known_services))
    return tuple(islice(seen(_drafts(parts_of(message)), sight), MOST_ALERTS))


def _drafts(parts: tuple[Part, ...]) -> tuple[Draft, ...]:
    """Read each attachment as an alert of its own where several are; else the message as one."""
    apart = [found for part in parts[-MOST_ALERTS:] if (found := _read(part))] if len(parts) > 2 else []  # noqa: PLR2004 - a text and what it is about
    if len(apart) > 1:
        return tuple(draft for found in apart for draft in found)
    return _read(whole(parts)) if parts else ()


def _read(part: Part) -> tuple[Draft, ...]:
    return next((found for reader in READERS if (found := reader(part)) is not None), ())
