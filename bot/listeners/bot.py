"""What listeners hand their work over to."""

from collections.abc import Mapping
from typing import NamedTuple

from bot.alerts.rules import Rule
from bot.approvers import Approvers
from bot.config import Settings
from bot.places import Places
from bot.runner import Runner
from bot.slack_settings import SlackSettings
from storage.feedback import SqlFeedback
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.store import SqlStore


class Bot(NamedTuple):
    """One for the process.

    The channels in ``slack`` and of ``rules`` are ids by now; ``scenarios`` are names that can be asked for.
    """

    runner: Runner
    store: SqlStore
    memory: SqlMemory
    outbox: SqlOutbox
    feedback: SqlFeedback
    places: Places
    approvers: Approvers
    settings: Settings
    slack: SlackSettings
    scenarios: tuple[str, ...]
    services: frozenset[str]
    rules: Mapping[str, Rule]
