"""Which models a server has, asked once and without a token spent: for those who want to know before an incident."""

import asyncio
from http import HTTPStatus

import groq

from agents.clients.groq import Door
from agents.clients.line import Line
from agents.clients.unavailable import LLMUnavailable, Why
from agents.clients.wire.answers import Nonsense
from agents.clients.wire.troubles import refusal, trouble

UNLISTED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})


async def served(door: Door, seconds: float) -> frozenset[str]:
    """Return the names of the models; raises `LLMUnavailable`, as nonsense where the server has no such list."""
    line = Line(door.key.get_secret_value(), door.base_url)
    try:
        if line.locked:
            raise LLMUnavailable(line.locked)
        async with asyncio.timeout(seconds):
            return await line.served()
    except TimeoutError:
        raise LLMUnavailable(Why.NO_ANSWER) from None
    except groq.APIError as error:
        raise LLMUnavailable(_why(error)) from None
    except Nonsense:
        raise LLMUnavailable(Why.NONSENSE) from None
    finally:
        await line.close()


def _why(error: groq.APIError) -> Why:
    if not isinstance(error, groq.APIStatusError):
        return Why.UNREACHABLE
    if error.status_code in UNLISTED:
        return Why.NONSENSE
    return trouble(refusal(error.status_code, error.response.headers, error.body)).why
