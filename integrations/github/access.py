"""Which repository, with which tokens, at which address."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

PUBLIC = "https://api.github.com"
WORKFLOW = "rollback.yml"
ENTERPRISE = "/api/v3"


class Access(NamedTuple):
    """``reading`` may be the token that dispatches, too; without ``sending`` nothing can be rolled back."""

    repository: str
    api_url: str = PUBLIC
    reading: str | None = None
    sending: str | None = None
    workflow: str = WORKFLOW

    @property
    def page(self) -> str:
        """The repository's address for people: made from the settings, never from an answer."""
        parts = urlsplit(self.api_url)
        host = parts.netloc.removeprefix("api.") if parts.scheme == "https" else parts.netloc
        return f"{parts.scheme}://{host}{parts.path.rstrip('/').removesuffix(ENTERPRISE)}/{self.repository}"

    @property
    def runs_page(self) -> str:
        """Where people see all rollbacks."""
        return f"{self.page}/actions/workflows/{self.workflow}"

    def run_page(self, run: int) -> str:
        """Where people see one."""
        return f"{self.page}/actions/runs/{run}"


class Patience(NamedTuple):
    """How long what is waited for; a test shortens it.

    A run that starts later than 10 minutes after its dispatch refuses itself (interface.md), so one that isn't to be
    found, or hasn't started, by then has no effect any more that we could tell.
    """

    call: timedelta = timedelta(seconds=10)
    poll: timedelta = timedelta(seconds=2)
    found: timedelta = timedelta(minutes=12)
    started: timedelta = timedelta(minutes=11)
    ended: timedelta = timedelta(minutes=25)
