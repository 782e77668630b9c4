"""One limit: how much of it is free, and how long until some amount is. Pure."""

import math
from collections.abc import Iterable
from typing import NamedTuple, Self

from incident.values import Value

SOON = 0.1
"""Seconds after which to look again for what somebody else holds and may give back at any time."""
ROUNDED = 0.01
"""Seconds by which a server may round."""


class Said(Value):
    """What a server last said is left of a limit, and when it will be whole again.

    ``evenly``: it comes back bit by bit, as from a bucket that fills; else nothing may come before all of it does.
    ``fits``: the time until it is whole is what a bucket needs for what is missing. By chance that can be so once.
    """

    limit: int
    left: int
    at: float
    whole_at: float
    fits: bool = False
    evenly: bool = False

    def since(self, before: Self | None, seconds: float) -> Self:
        """Return it as it reads after another one, of a limit in ``seconds``; believed to be a bucket's if both fit."""
        fitted = before is not None and before.fits
        missing = self.limit - self.left
        needs = missing * seconds / self.limit if self.limit else 0.0
        close = abs(self.whole_at - self.at - needs) <= ROUNDED + seconds / max(self.limit, 1)
        fits = close if missing else fitted
        return self.model_copy(update={"fits": fits, "evenly": fits and fitted})

    def back_at(self, amount: float) -> float:
        """Return when so much will be free, unless somebody takes more."""
        if amount <= self.left:
            return self.at
        if not self.evenly:
            return self.whole_at
        return self.at + (self.whole_at - self.at) * (amount - self.left) / (self.limit - self.left)

    def free(self, now: float) -> float:
        """Return how much is free by now if nobody has taken any since."""
        if not self.evenly or self.whole_at <= self.at:
            return self.left
        return self.left + (self.limit - self.left) * (now - self.at) / (self.whole_at - self.at)


class Taken(NamedTuple):
    """An amount that was taken. ``held``: not used yet, and it may be given back."""

    at: float
    amount: float
    held: bool


class Gauge(NamedTuple):
    """At most ``limit`` in any stretch of ``seconds``. What the server has said counts as long as it is news."""

    limit: float
    seconds: float
    taken: tuple[Taken, ...]
    said: Said | None = None

    def free(self, now: float) -> float:
        """Return how much is free; below 0 where more was taken than there was."""
        said = self._news(now)
        return self._whole(now, said) - _sum(self._counted(now, said))

    def after(self, amount: float, now: float) -> float:
        """Return the seconds until this much can be free: 0 where it is, infinity where it never will be."""
        if amount > self.limit:
            return math.inf
        if amount <= self.free(now):
            return 0.0
        said = self._news(now)
        used = [one for one in self._counted(now, said) if not one.held]
        at = self._back(amount, used) if said is None else min(said.back_at(amount + _sum(used)), said.whole_at)
        return max(at - now, SOON)

    def within(self, seconds: float, now: float) -> float:
        """Return how much can be had from now on in this time, if what is held is used."""
        rounds, rest = divmod(seconds, self.seconds)
        return max(self.free(now + rest), 0) + rounds * self.limit

    def _back(self, amount: float, used: list[Taken]) -> float:
        missing, at = amount + _sum(used) - self.limit, 0.0
        for one in sorted(used):
            if missing <= 0:
                break
            missing, at = missing - one.amount, one.at + self.seconds
        return at

    def _whole(self, now: float, said: Said | None) -> float:
        return self.limit if said is None else said.free(now)

    def _counted(self, now: float, said: Said | None) -> list[Taken]:
        since = now - self.seconds if said is None else said.at
        return [one for one in self.taken if one.held or one.at > since]

    def _news(self, now: float) -> Said | None:
        return self.said if self.said is not None and self.said.at <= now < self.said.whole_at else None


def _sum(taken: Iterable[Taken]) -> float:
    return sum(one.amount for one in taken)
