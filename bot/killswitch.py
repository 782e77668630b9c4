"""Pausing and resuming, whoever asks for it: stored for all processes, and told on the cards of what waits."""

import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from incident.policy import Pause
from storage.pause import SqlSwitch

logger = logging.getLogger(__name__)


class Resumed(NamedTuple):
    """``ended`` is the pause that was ended, ``standing`` one that a setting holds all the same."""

    ended: Pause | None
    standing: Pause | None


class KillSwitch:
    """One for the process. ``tell`` brings what people see of what waits up to date."""

    def __init__(self, switch: SqlSwitch, tell: Callable[[], Awaitable[None]]) -> None:
        self._switch, self._tell = switch, tell

    async def pause(self, by: str, reason: str) -> Pause:
        """Pause; return the pause that holds, which is an earlier one where there is one."""
        pause = await self._switch.pause(by, reason)
        logger.warning("acting is paused by %s", by)
        await self._tell()
        return pause

    async def resume(self, by: str) -> Resumed:
        """End the pause that people have made."""
        resumed = Resumed(await self._switch.resume(by), await self._switch.standing())
        logger.warning("acting is %s by %s", "still paused, not resumed" if resumed.standing else "resumed", by)
        await self._tell()
        return resumed

    async def standing(self) -> Pause | None:
        """Return the pause that holds now."""
        return await self._switch.standing()
