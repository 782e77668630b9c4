"""What listeners hand their work over to."""

from collections.abc import Mapping
from typing import NamedTuple

from bot.alerts.rules import Rule
from bot.answering import Answering
from bot.apart import Apart
from bot.in_force import InForce
from bot.killswitch import KillSwitch
from bot.people import People
from bot.places import Places
from bot.runner import Runner
from bot.slash import Slash
from bot.whom import Whom
from storage.audit import SqlAudit
from storage.feedback import SqlFeedback
from storage.leases import SqlLeases
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.overrides import SqlOverrides
from storage.store import SqlStore


class Bot(NamedTuple):
    """One for the process.

    The channels of ``rules`` are ids by now; ``scenarios`` are names that can be asked for.
    """

    runner: Runner
    answering: Answering
    store: SqlStore
    memory: SqlMemory
    leases: SqlLeases
    outbox: SqlOutbox
    feedback: SqlFeedback
    audit: SqlAudit
    overrides: SqlOverrides
    places: Places
    admins: People
    whom: Whom
    in_force: InForce
    scenarios: tuple[str, ...]
    services: frozenset[str]
    rules: Mapping[str, Rule]
    kill_switch: KillSwitch
    apart: Apart

    @property
    def approvers(self) -> People:
        """Who may approve by the settings; owners of a service may narrow it (`whom`)."""
        return self.whom.approvers

    @property
    def slash(self) -> Slash:
        """What the slash commands are called."""
        return self.in_force.environment.slack.slash
