"""The account of all calls to language models: what was taken, who waits, and whose turn it is. Pure.

Kept as one value, so that it is counted the same way in memory and in every replica's database.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Self

from pydantic import Field

from incident.gauge import SOON
from incident.quota import DAY, ENDLESS, MINUTE, Asked, Call, Caps, Granted, Heard, Lack, Left, Refused, Room, Wait
from incident.server import Server
from incident.terms import Term, terms
from incident.values import Value

LAPSE = 180.0
"""Seconds after which what is held counts as given back: no call takes that long, so its process has died."""
GONE = 10.0
"""Seconds after which whoever waits and hasn't asked again isn't there any more."""
SEEN = 2.0
"""Seconds for which it need not be noted again that somebody still waits: each note is a write."""
AGEING = 15.0
"""Seconds of waiting that outweigh one step of severity, so that nobody starves."""
SLOT = 600.0
"""Seconds of an incident's calls that are kept as one: what has to be known of a day stays small."""
SHARING = 10.0
"""Seconds since its last call for which an incident shares what there is."""


class Waiting(Value):
    """Somebody who waits."""

    asked: Asked
    since: float
    seen: float


class Account(Value):
    """Times are seconds by the clock of whoever keeps it, who brings it up to date (`at`) before it is asked."""

    calls: tuple[Call, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    servers: Mapping[str, Server] = Field(default_factory=dict)

    def ask(self, asked: Asked, caps: Caps, patience: float, now: float) -> tuple[Self, Granted | Wait | Refused]:
        """Hold a call's tokens if there is room for them and nobody comes first.

        ``patience`` is how long it can wait: what certainly takes longer is refused at once.
        """
        seconds, lack = self._seconds(asked, caps, now)
        if seconds > patience:
            return self.without(asked.id), Refused(lack, None if math.isinf(seconds) else seconds)
        if seconds > 0 or self._ahead(asked, now):
            return self._queued(asked, now), Wait(max(seconds, SOON))
        return self.without(asked.id).entering(asked.held(now)), Granted(now)

    def entering(self, call: Call) -> Self:
        """Put what a call really took in the place of what was held for it."""
        others = self.without(call.id)
        return others.model_copy(update={"calls": (*others.calls, call)})

    def without(self, call: str) -> Self:
        """Forget what is held or wanted for a call."""
        calls = tuple(one for one in self.calls if one.id != call)
        waiting = tuple(one for one in self.waiting if one.asked.id != call)
        return self.model_copy(update={"calls": calls, "waiting": waiting})

    def learn(self, model: str, heard: Heard, now: float) -> Self:
        """Adopt what a model's server says."""
        learnt = {**self.servers, model: self.server(model).learnt(heard, now)}
        return self.model_copy(update={"servers": learnt})

    def left(self, model: str, caps: Caps, now: float) -> Left:
        """Return what is left for a model."""
        left = dict[str, float]()
        for term in terms(self.calls, model, self.server(model), caps):
            free = max(term.gauge.free(now), 0.0)
            left[term.name] = min(left.get(term.name, math.inf), free)
        dollars = left.pop("dollars_a_day", None)
        return Left(**{name: int(free) for name, free in left.items()}, dollars_a_day=dollars)

    def room(self, asked: Asked, caps: Caps, seconds: float, now: float) -> Room:
        """Return what the incident of a call of one token can have within ``seconds``.

        It is shared with the other incidents that call the model at the moment.
        """
        server, sharing = self.server(asked.model), self._sharing(asked, now)
        closed = max(server.closed_until - now, 0.0)
        room = {"calls": float(ENDLESS), "tokens": float(ENDLESS)}
        for term in terms(self.calls, asked.model, server, caps):
            of = "calls" if term.measure == "calls" else "tokens"
            most = term.gauge.within(max(seconds - closed, 0.0), now + closed) if seconds >= closed else 0.0
            if amount := term.amount(asked):
                room[of] = min(room[of], most / amount / sharing)
        return Room(int(room["calls"]), int(room["tokens"]))

    def server(self, model: str) -> Server:
        """Return what is known, or else assumed, of a model's server."""
        return self.servers.get(model, Server())

    def at(self, now: float) -> Self:
        """Return it without what has lapsed, who has gone, and what is older than a day."""
        waiting = tuple(one for one in self.waiting if now - one.seen < GONE)
        calls = [one for one in self.calls if now - one.at < (LAPSE if one.held else DAY)]
        recent = [one for one in calls if one.held or now - one.at < MINUTE]
        merged: dict[tuple[str, str, float], Call] = {}
        for one in calls:
            if not (one.held or now - one.at < MINUTE):
                key = one.incident, one.model, one.at // SLOT
                merged[key] = one.and_also(merged[key]) if key in merged else one
        return self.model_copy(update={"calls": (*merged.values(), *recent), "waiting": waiting})

    def _seconds(self, asked: Asked, caps: Caps, now: float) -> tuple[float, Lack]:
        """Return how long until there is room, as far as is certain, and what is lacking."""
        server = self.server(asked.model)
        closed = max(server.closed_until - now, 0.0)
        longest = closed, Lack.MINUTE if closed <= MINUTE else Lack.DAY
        for term in terms(self.calls, asked.model, server, caps):
            seconds = term.gauge.after(term.amount(asked), now)
            longest = max(longest, (seconds, _lack(term, seconds)), key=lambda one: one[0])
        return longest

    def _ahead(self, asked: Asked, now: float) -> bool:
        """Tell whether somebody comes first: the more severe, the one who has had less, the one who waits longer."""
        had: dict[str, int] = defaultdict(int)
        for call in self.calls:
            had[call.incident] += call.tokens

        def turn(one: Waiting) -> tuple[float, int, float, str]:
            return one.asked.rank - (now - one.since) // AGEING, had[one.asked.incident], one.since, one.asked.id

        others = [one for one in self.waiting if one.asked.model == asked.model and one.asked.id != asked.id]
        return any(turn(one) < turn(self._waits(asked, now)) for one in others)

    def _waits(self, asked: Asked, now: float) -> Waiting:
        waits = next((one for one in self.waiting if one.asked.id == asked.id), None)
        return waits or Waiting(asked=asked, since=now, seen=now)

    def _queued(self, asked: Asked, now: float) -> Self:
        waits = self._waits(asked, now)
        if waits in self.waiting and now - waits.seen < SEEN:
            return self
        others = tuple(one for one in self.waiting if one.asked.id != asked.id)
        return self.model_copy(update={"waiting": (*others, waits.model_copy(update={"seen": now}))})

    def _sharing(self, asked: Asked, now: float) -> int:
        calling = {one.incident for one in self.calls if one.model == asked.model and _calls(one, now)}
        waiting = {one.asked.incident for one in self.waiting if one.asked.model == asked.model}
        return len(calling | waiting | {asked.incident})


def _calls(call: Call, now: float) -> bool:
    return call.held or now - call.at < SHARING


def _lack(term: Term, seconds: float) -> Lack:
    return Lack.TOO_LARGE if term.lack is Lack.MINUTE and math.isinf(seconds) else term.lack
