"""The account of language models where nothing else shares it: in this process's memory."""

import time
from collections.abc import Callable

from incident.account import Account
from incident.quota import Told


class MemoryQuota:
    """Begins empty with the process."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._account = Account()
        self._now = now

    async def change(self, by: Callable[[Account, float], tuple[Account, Told]]) -> Told:
        """Put the account's successor in its place and return what is told with it; `incident.quota.Quota`."""
        now = self._now()
        self._account, told = by(self._account.at(now), now)
        return told
