"""The account of language models, shared by every process of a database: what one takes, the others see at once."""

import logging
import time
from collections.abc import Callable

from pydantic import ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.account import Account
from incident.quota import Told
from storage.database import Database
from storage.leases import NOW
from storage.tables import accounts
from storage.whole import whole

logger = logging.getLogger(__name__)

LLM = "llm"
"""Whose account it is; a turn at it is taken under this name, too."""


class SqlQuota:
    """Keeps it in a `Database` that was upgraded. The database's clock counts, unless another one is given."""

    def __init__(self, database: Database, now: Callable[[], float] | None = None) -> None:
        self._database = database
        self._now = now or (time.time if database.is_sqlite else None)

    @whole
    async def change(self, by: Callable[[Account, float], tuple[Account, Told]]) -> Told:
        """Put the account's successor in its place and return what is told with it; `incident.quota.Quota`."""
        async with self._database.writing(LLM) as connection:
            now = await self._time(connection)
            found = (await _found(connection)).at(now)
            successor, told = by(found, now)
            if successor is not found:
                await connection.execute(delete(accounts).where(accounts.c.name == LLM))
                await connection.execute(insert(accounts).values(name=LLM, body=successor.model_dump_json()))
        return told

    async def _time(self, connection: AsyncConnection) -> float:
        return self._now() if self._now is not None else (await connection.execute(select(NOW))).scalar_one()


async def _found(connection: AsyncConnection) -> Account:
    """Return it as it is kept. One that another version has written, and that can't be read, begins anew."""
    body = (await connection.execute(select(accounts.c.body).where(accounts.c.name == LLM))).scalar()
    try:
        return Account() if body is None else Account.model_validate_json(body)
    except ValidationError:
        logger.warning("the account of language models can't be read and begins anew")
        return Account()
