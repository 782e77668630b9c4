"""What may be asked of language models, shared by all incidents, and fairly: severe ones first, nobody starves."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from agents.clients.bills import Bill, Bills
from agents.clients.ratelimits import heard
from agents.clients.unavailable import LLMUnavailable, Why
from incident.account import Account
from incident.alert import Severity
from incident.diagnosis import Spent
from incident.ports import Unkept
from incident.quota import Asked, Call, Caps, Granted, Lack, Left, Price, Quota, Refused, Room, Wait

logger = logging.getLogger(__name__)

LOOK, EACH, SELDOM = 0.5, 0.05, 4.0
"""Seconds after which whoever waits looks again, as what others held may have been given back; so much later for each
who waits in this process, so that many of them don't keep the database busy; and how late at most."""
RANKS = tuple(Severity)
WHY = {Lack.MINUTE: Why.RATE_LIMITED, Lack.DAY: Why.DAY_SPENT, Lack.CAP: Why.OVER_BUDGET, Lack.TOO_LARGE: Why.TOO_LARGE}
NO_CAPS, NO_PRICES = Caps(), dict[str, Price]()


class Caller(NamedTuple):
    """For which incident a call is made, and how severe that is."""

    incident: str
    severity: Severity


class Grant(NamedTuple):
    """A call that may be made. It lapses after some minutes if nobody settles it."""

    id: str
    caller: Caller
    model: str
    tokens: int
    at: float


class Terms(NamedTuple):
    """What people allow, and what models cost in dollars a million tokens."""

    caps: Caps = NO_CAPS
    prices: Mapping[str, Price] = NO_PRICES


NO_TERMS = Terms()


class Budget:
    """One for the process. ``elapsed`` and ``pause`` are its clock: seconds."""

    def __init__(
        self,
        quota: Quota,
        terms: Terms = NO_TERMS,
        elapsed: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._quota = quota
        self._terms = terms
        self._elapsed = elapsed
        self._pause = pause
        self._waiting = 0
        self.bills = Bills()

    async def take(self, caller: Caller, model: str, tokens: int, seconds: float) -> Grant:
        """Hold the tokens that a call may take at most, waiting for its turn for at most ``seconds``.

        Raises `LLMUnavailable`: RATE_LIMITED, DAY_SPENT, OVER_BUDGET, or TOO_LARGE for what no minute has room for.
        """
        asked = self._asked(caller, model, tokens)
        try:
            answer = await self._in_turn(asked, seconds)
        except BaseException:  # cancelled: it may be granted by now
            await self._forget(asked.id)
            raise
        if isinstance(answer, Granted):
            return Grant(asked.id, caller, model, tokens, answer.at)
        raise LLMUnavailable(WHY[answer.lack], answer.seconds, model)

    async def _in_turn(self, asked: Asked, seconds: float) -> Granted | Refused:
        ends = self._elapsed() + seconds
        self._waiting += 1
        try:
            while True:
                patience = max(ends - self._elapsed(), 0.0)
                answer = await self._ask(asked, patience)
                if not isinstance(answer, Wait):
                    return answer
                if answer.seconds > patience:  # others come first
                    await self._forget(asked.id)
                    return Refused(Lack.MINUTE, None)
                look = max(min(answer.seconds, LOOK), self._waiting * EACH)
                await self._pause(min(look, SELDOM, patience))
        finally:
            self._waiting -= 1

    async def settle(self, grant: Grant, prompt: int, completion: int, cached: int = 0) -> None:
        """Put what the call really took in the place of what was held; (0, 0) gives all of it back.

        ``cached`` are those of the prompt's tokens that the server had; limits don't count them.
        """
        price = self._terms.prices.get(grant.model)
        dollars = None if price is None else price.dollars(prompt, completion, cached)
        if not prompt and not completion:
            await self._forget(grant.id)
            return
        self.bills.enter(grant.caller.incident, grant.model, Bill(1, prompt, completion, cached, dollars))
        incident, counted = grant.caller.incident, max(prompt - cached, 0) + completion
        call = Call(
            id=grant.id, incident=incident, model=grant.model, at=grant.at, tokens=counted, dollars=dollars or 0.0
        )
        await self._kept(lambda account, _: (account.entering(call), None))

    async def learn(self, model: str, headers: Mapping[str, str]) -> None:
        """Adopt what the headers of any answer say of limits; a server without such headers has none."""
        said = heard(headers)
        await self._kept(lambda account, now: (account.learn(model, said, now), None))

    async def left(self, model: str) -> Left:
        """Return what is left of this minute and day; raises `Unkept`."""
        caps = self._terms.caps
        return await self._quota.change(lambda account, now: (account, account.left(model, caps, now)))

    async def room(self, caller: Caller, model: str, seconds: float) -> Room:
        """Return what this incident can have within ``seconds``, asked before it plans; nothing where nobody knows."""
        asked, caps = self._asked(caller, model, 1), self._terms.caps
        try:
            return await self._quota.change(lambda account, now: (account, account.room(asked, caps, seconds, now)))
        except Unkept as why:
            logger.warning("the account of language models can't be read: %s", why)
            return Room(0, 0)

    async def spent(self, incident: str, model: str, budget: int, smaller: str = "") -> Spent | None:
        """Return what an incident has had of its ``budget``, to be shown; None where it had nothing of any model."""
        bill = self.bills.of(incident)
        if not bill.calls and not smaller:
            return None
        try:
            left = await self.left(model)
        except Unkept:
            left = Left()
        return Spent(
            calls=bill.calls,
            tokens=bill.prompt + bill.completion,
            budget=budget,
            dollars=bill.dollars,
            left=left,
            smaller=smaller,
        )

    async def _ask(self, asked: Asked, patience: float) -> Granted | Wait | Refused:
        caps = self._terms.caps
        try:
            return await self._quota.change(lambda account, now: account.ask(asked, caps, patience, now))
        except Unkept as why:
            logger.warning("the account of language models can't be read: %s", why)
            raise LLMUnavailable(Why.UNCOUNTED, None, asked.model) from why

    def _asked(self, caller: Caller, model: str, tokens: int) -> Asked:
        price = self._terms.prices.get(model)
        dollars = None if price is None else price.most(tokens)
        rank = RANKS.index(caller.severity)
        return Asked(
            id=uuid.uuid4().hex, incident=caller.incident, rank=rank, model=model, tokens=tokens, dollars=dollars
        )

    async def _forget(self, call: str) -> None:
        await self._kept(lambda account, _: (account.without(call), None))

    async def _kept(self, by: Callable[[Account, float], tuple[Account, None]]) -> None:
        """Change the account where that is possible; else what is held lapses, and headers come with every answer."""
        try:
            await self._quota.change(by)
        except Unkept as why:
            logger.warning("the account of language models can't be kept: %s", why)
