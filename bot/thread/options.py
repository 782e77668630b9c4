"""What a thread is drawn with beside the facts."""

from datetime import UTC, tzinfo
from typing import NamedTuple

from bot.report.options import Options as ReportOptions
from incident.policy import Pause


class Options(NamedTuple):
    """``approvers`` are Slack ids of people and user groups, ``pause`` is what holds just now.

    ``authors`` lets the names of a change's authors in; what is told elsewhere goes to ``incident_channel``.
    """

    timezone: tzinfo = UTC
    approvers: tuple[str, ...] = ()
    pause: Pause | None = None
    authors: bool = False
    incident_channel: str | None = None

    @property
    def report(self) -> ReportOptions:
        """The same for the report."""
        return ReportOptions(timezone=self.timezone, authors=self.authors)
