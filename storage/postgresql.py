"""How PostgreSQL is connected to, and how writers of one thing take turns there."""

import zlib
from typing import Any

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

PATIENCE = 5.0
"""Seconds for a connection and for a statement: whoever loses the server has to know it before a lease ends."""


def options(patience: float | None) -> dict[str, Any]:
    """Return what an engine is made with; connections don't survive a restart of the server and are tried first."""
    return {"pool_pre_ping": True, "connect_args": {"timeout": PATIENCE, "command_timeout": patience}}


def named_as_the_driver_does(url: URL) -> URL:
    """Return the address with ``ssl`` for ``sslmode``, which is what everybody else calls it."""
    if "sslmode" not in url.query:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})


async def take_turn(connection: AsyncConnection, what: str) -> None:
    """Wait until no other transaction writes this; the turn ends with the transaction. SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(what.encode())})
