"""One question, asked until it is answered, refused for good, or time is up: waits, further tries, other models."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import groq
import httpx

from agents.clients.budget import Budget, Caller
from agents.clients.line import Hear, Line, Tell
from agents.clients.unavailable import LLMUnavailable, Why
from agents.clients.wire.answers import Answer, BrokenOff, Nonsense, Took
from agents.clients.wire.messages import Wire
from agents.clients.wire.order import Manner, Order
from agents.clients.wire.repair import repaired
from agents.clients.wire.troubles import AWAY, CUT, ODD, SLOW, Refusal, Trouble, refusal, trouble

logger = logging.getLogger(__name__)

BACKOFF = 0.5
"""Seconds before a second try where the server names none; twice as long before each further one."""
PATIENCE_ELSEWHERE, PATIENCE_HERE = 0.25, 0.75
"""The share of the seconds left that is waited for a model: while there is another to ask, and for the last one."""
UNREADABLE = (Nonsense, ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What reading an answer may raise: the SDK reads what it is sent without a doubt."""


class Means(NamedTuple):
    """What questions are asked with. ``models`` are those that are not known to be gone."""

    line: Line
    budget: Budget
    models: tuple[str, ...]
    gone: Callable[[str], None]
    pause: Callable[[float], Awaitable[None]]


class Asking:
    """``left`` are the seconds in which an answer is of use; ``tell`` hears text as it comes, if anybody wants to."""

    def __init__(
        self, means: Means, caller: Caller, order: Order, left: Callable[[], float], tell: Tell | None = None
    ) -> None:
        self._means, self._caller, self._order = means, caller, order
        self._left, self._tell = left, tell
        self._prompt = order.prompt
        self._shown = False
        self._model = ", ".join(means.models)

    async def answer(self) -> Answer:
        """Return the answer; raises `LLMUnavailable` and nothing that knows a key or a word of what was asked."""
        try:
            async with asyncio.timeout(self._left()):
                said = await self._of_any()
        except TimeoutError:
            said = CUT if self._shown else SLOW
        if isinstance(said, Answer):
            return said
        logger.warning("%s: no answer from the LLM %s: %s", self._caller.incident, self._model, said.why)
        raise LLMUnavailable(said.why, said.wait, self._model)

    async def _of_any(self) -> Answer | Trouble:
        told: Trouble | None = None
        for number, model in enumerate(self._means.models, 1):
            said = await self._of(model, others=number < len(self._means.models))
            if isinstance(said, Answer):
                return said._replace(model=model)
            if said.why is Why.MODEL_GONE:
                self._means.gone(model)
            if told is None or told.why is Why.MODEL_GONE or not said.elsewhere:
                told, self._model = said, model
            if not said.elsewhere or self._shown:
                break
        return told or Trouble(Why.MODEL_GONE)

    async def _of(self, model: str, *, others: bool) -> Answer | Trouble:
        plain, tries = False, 0
        while True:
            said = await self._once(model, plain=plain, others=others)
            if isinstance(said, Answer) or self._shown:
                return said
            if said.plainer and not plain and self._body(model, plain=True) != self._body(model, plain=False):
                plain = True
                continue
            wait = said.wait if said.wait is not None else BACKOFF * 2.0**tries
            if tries >= said.again or wait > self._patience(others=others):
                return said
            tries += 1
            logger.info("%s: the LLM %s is %s: asking it again in %.1f s", self._caller.incident, model, said.why, wait)
            await self._means.pause(wait)

    async def _once(self, model: str, *, plain: bool, others: bool) -> Answer | Trouble:
        """Ask once, and settle what it took: by the bound where nobody says, nothing where it was refused."""
        budget, most = self._means.budget, self._prompt + self._order.longest
        try:
            grant = await budget.take(self._caller, model, most, self._patience(others=others))
        except LLMUnavailable as refused:
            return Trouble.of(refused)
        took = Took(self._prompt, 0)
        try:
            async with self._means.line.room, asyncio.timeout(self._left() / (2 if others else 1)):
                said = await self._try(model, plain=plain)
            if isinstance(said, Answer):
                said = said.counted(self._prompt)
                took = said.took
            elif not said.took:
                took = Took(0, 0)
        except TimeoutError:
            said = SLOW
        finally:
            await budget.settle(grant, *took)
        return CUT if self._shown and isinstance(said, Trouble) else said

    async def _try(self, model: str, *, plain: bool) -> Answer | Trouble:
        heard: list[Mapping[str, str]] = []
        body = self._body(model, plain=plain)
        try:
            return await self._send(model, body, heard.append)
        except groq.APIStatusError as error:
            heard.append(error.response.headers)
            return self._refused(refusal(error.status_code, error.response.headers, error.body))
        except groq.APIConnectionError:
            return AWAY
        except groq.APIError as error:  # in the middle of a stream
            return self._refused(refusal(0, {}, error.body))
        except (httpx.HTTPError, httpx.StreamError, BrokenOff):
            return CUT
        except UNREADABLE:
            return ODD
        finally:
            for headers in heard:
                await self._means.budget.learn(model, headers)

    async def _send(self, model: str, body: Wire, hear: Hear) -> Answer:
        if self._tell is None:
            return await self._means.line.whole(model, body, hear)
        return await self._means.line.streamed(model, body, hear, self._show)

    def _show(self, text: str) -> None:
        self._shown = True
        if self._tell is not None:
            self._tell(text)

    def _refused(self, said: Refusal) -> Answer | Trouble:
        """Return what the model meant, where its server could make nothing of what it wrote."""
        if said.meant is None or self._shown:
            return trouble(said)
        return repaired(said.meant, self._order.names, json=said.is_about_json) or trouble(said)

    def _patience(self, *, others: bool) -> float:
        return (PATIENCE_ELSEWHERE if others else PATIENCE_HERE) * self._left()

    def _body(self, model: str, *, plain: bool) -> Wire:
        return self._order.body(model, Manner(self._tell is not None, plain, self._means.line.is_groq))
