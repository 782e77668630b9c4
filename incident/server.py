"""What is known of the server of one model: what it lets us take, and what it last said is left. Pure."""

from typing import Self

from incident.gauge import Said
from incident.quota import DAY, FREE_PLAN, MINUTE, Heard, Limits
from incident.values import Value


class Server(Value):
    """``told``: it has named limits itself; until then they are assumed. ``closed_until``: a refusal asked for that."""

    limits: Limits = FREE_PLAN
    told: bool = False
    requests: Said | None = None
    tokens: Said | None = None
    closed_until: float = 0.0

    def learnt(self, heard: Heard, now: float) -> Self:
        """Return what is known after an answer. A server that names no limits, and never has, has none."""
        requests = heard.requests, heard.requests_left, heard.requests_reset
        tokens = heard.tokens, heard.tokens_left, heard.tokens_reset
        told = heard.requests is not None or heard.tokens is not None
        if told:
            limits = _adopted(self.limits if self.told else FREE_PLAN, heard)
        else:
            limits = self.limits if self.told or heard.retry_after is not None else Limits()
        return self.model_copy(
            update={
                "limits": limits,
                "told": self.told or told,
                "requests": _newer(self.requests, _said(requests, now), DAY),
                "tokens": _newer(self.tokens, _said(tokens, now), MINUTE),
                "closed_until": self.closed_until if heard.retry_after is None else now + heard.retry_after,
            }
        )


def _adopted(known: Limits, heard: Heard) -> Limits:
    """Return the limits that were named, and the free plan's others, unless larger ones say that it is another plan."""
    requests = known.requests_a_day if heard.requests is None else heard.requests
    tokens = known.tokens_a_minute if heard.tokens is None else heard.tokens
    named = {"requests_a_day": requests, "tokens_a_minute": tokens}
    larger = any(value is not None and value > getattr(FREE_PLAN, name) for name, value in named.items())
    return (Limits() if larger else FREE_PLAN).model_copy(update=named)


def _said(told: tuple[int | None, int | None, float | None], now: float) -> Said | None:
    limit, left, reset = told
    if limit is None or left is None or reset is None:
        return None
    return Said(limit=limit, left=min(left, limit), at=now, whole_at=now + reset)


def _newer(known: Said | None, said: Said | None, seconds: float) -> Said | None:
    return known if said is None else said.since(known, seconds)
