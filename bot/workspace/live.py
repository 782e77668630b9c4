"""What the open pages are told: that something changed, pushed to those who may see it."""

import asyncio

from bot.workspace.state import Channel, Json

WAITING_PUSHES = 500
"""A page that is further behind than this is cut off, and fetches everything when it comes back."""


class Line:
    """One open page's pushes."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.queue: asyncio.Queue[Json | None] = asyncio.Queue(WAITING_PUSHES)

    def push(self, news: Json | None) -> None:
        """Queue the news; None ends the line."""
        try:
            self.queue.put_nowait(news)
        except asyncio.QueueFull:
            self.queue.get_nowait()
            self.queue.put_nowait(None)


class Live:
    """All open pages."""

    def __init__(self) -> None:
        self._lines: set[Line] = set()

    def join(self, user: str) -> Line:
        """Open a line for a page."""
        line = Line(user)
        self._lines.add(line)
        return line

    def leave(self, line: Line) -> None:
        """Close a line."""
        self._lines.discard(line)

    def tell(self, channel: Channel, news: Json, only_for: str | None = None) -> None:
        """Push to the members of a channel, or to the one of them it is meant for."""
        self._push({"channel": channel.id, **news}, {only_for} if only_for else channel.members)

    def tell_user(self, user: str, news: Json) -> None:
        """Push to one person's pages."""
        self._push(news, {user})

    def _push(self, news: Json, readers: set[str]) -> None:
        for line in self._lines:
            if line.user in readers:
                line.push(news)

    def end(self) -> None:
        """Hang up on everybody."""
        for line in self._lines:
            line.push(None)
