"""What keeps an alert channel quiet: a rule for each channel, and what people have muted. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple, Protocol

from pydantic import Field

from bot.alerts.seen import Fired
from bot.config import Duration
from incident.alert import Severity
from incident.values import Value


class Rule(Value):
    """What of a channel's alerts is looked into. Empty means all; a label's value may hold `*` for anything.

    ``cool_down`` is how long the same problem opens nothing new after it was last taken up.
    """

    min_severity: Severity = Severity.LOW
    labels: Mapping[str, str] = Field(default_factory=dict)
    environments: frozenset[str] = frozenset()
    cool_down: Duration = timedelta(0)


class Mute(Protocol):
    """A person keeps a problem quiet for a while."""

    @property
    def fingerprint(self) -> str:
        """Which problem."""

    @property
    def by(self) -> str:
        """Who wants it so."""

    @property
    def until(self) -> datetime:
        """How long."""


class Allowed(NamedTuple):
    """It counts."""


class Ignored(NamedTuple):
    """It is passed over; ``reason`` says why, and what would change that."""

    reason: str


def judge(
    fired: Fired, rule: Rule, *, now: datetime, mutes: Iterable[Mute] = (), last_taken_up: datetime | None = None
) -> Allowed | Ignored:
    """Tell whether an alert is looked into; ``last_taken_up`` is when the same problem last was.

    A page that healed is never judged: where it ends nothing that is open, it does nothing.
    """
    reasons = (
        _muted(fired, mutes, now),
        _mild(fired, rule),
        _elsewhere(fired, rule),
        _unlabelled(fired, rule),
        _cooling(rule, last_taken_up, now),
    )
    reason = next((reason for reason in reasons if reason), None)
    return Ignored(reason) if reason else Allowed()


def _muted(fired: Fired, mutes: Iterable[Mute], now: datetime) -> str | None:
    mine = [mute for mute in mutes if mute.fingerprint == fired.fingerprint and now < mute.until]
    last = max(mine, key=lambda mute: mute.until, default=None)
    return f"muted by {last.by} until {last.until:%Y-%m-%d %H:%M} UTC" if last else None


def _mild(fired: Fired, rule: Rule) -> str | None:
    order = list(Severity)
    severity = fired.alert.severity
    if order.index(severity) <= order.index(rule.min_severity):
        return None
    return f"its severity is {severity.value}; this channel's rule asks for {rule.min_severity.value} or worse"


def _elsewhere(fired: Fired, rule: Rule) -> str | None:
    if not rule.environments or fired.environment in rule.environments:
        return None
    wanted = " or ".join(sorted(rule.environments))
    return f"it is in {fired.environment}; this channel's rule asks for {wanted}"


def _unlabelled(fired: Fired, rule: Rule) -> str | None:
    have = {**fired.alert.labels, "service": fired.alert.service, "alertname": fired.alert.name}
    for label, wanted in rule.labels.items():
        if label not in have:
            return f"it has no label {label}; this channel's rule asks for {label}={wanted}"
        if not fnmatchcase(have[label], wanted.replace("[", "[[]").replace("?", "[?]")):
            return f"its label {label} is {have[label]}; this channel's rule asks for {label}={wanted}"
    return None


def _cooling(rule: Rule, last: datetime | None, now: datetime) -> str | None:
    if last is None or now >= last + rule.cool_down:
        return None
    until = last + rule.cool_down
    return (
        f"the same problem was taken up at {last:%H:%M} UTC; this channel's rule keeps it quiet until {until:%H:%M} UTC"
    )
