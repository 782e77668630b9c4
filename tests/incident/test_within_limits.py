"""Whatever way a server counts a minute in, nothing is ever asked of it that it would refuse."""

from typing import NamedTuple, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.account import Account
from incident.quota import Asked, Call, Caps, Granted, Heard

MODEL, LIMIT, MINUTE = "openai/gpt-oss-120b", 8000, 60.0


class Server(Protocol):
    def takes(self, tokens: int, now: float) -> bool: ...

    def says(self, now: float) -> Heard: ...


class Bucket:
    """Gives tokens back bit by bit, as Groq does."""

    def __init__(self) -> None:
        self.level, self.at = float(LIMIT), 0.0

    def _fill(self, now: float) -> None:
        self.level = min(LIMIT, self.level + (now - self.at) * LIMIT / MINUTE)
        self.at = now

    def takes(self, tokens: int, now: float) -> bool:
        self._fill(now)
        self.level -= tokens
        return self.level >= -0.001

    def says(self, now: float) -> Heard:
        self._fill(now)
        reset = (LIMIT - self.level) / LIMIT * MINUTE
        return Heard(tokens=LIMIT, tokens_left=int(self.level), tokens_reset=round(reset, 3))


class ByTheClock:
    """Gives all of them back when a minute of the clock is over."""

    def __init__(self) -> None:
        self.minute, self.used = 0, 0

    def _turn(self, now: float) -> None:
        if int(now // MINUTE) > self.minute:
            self.minute, self.used = int(now // MINUTE), 0

    def takes(self, tokens: int, now: float) -> bool:
        self._turn(now)
        self.used += tokens
        return self.used <= LIMIT

    def says(self, now: float) -> Heard:
        self._turn(now)
        return Heard(tokens=LIMIT, tokens_left=LIMIT - self.used, tokens_reset=round(MINUTE - now % MINUTE, 3))


class LastMinute:
    """Counts what was taken in the last sixty seconds."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, int]] = []

    def _used(self, now: float) -> int:
        return sum(tokens for at, tokens in self.taken if at > now - MINUTE)

    def takes(self, tokens: int, now: float) -> bool:
        self.taken.append((now, tokens))
        return self._used(now) <= LIMIT

    def says(self, now: float) -> Heard:
        last = max((at for at, _ in self.taken), default=now)
        reset = round(max(last + MINUTE - now, 0.0), 3)
        return Heard(tokens=LIMIT, tokens_left=LIMIT - self._used(now), tokens_reset=reset)


class Flight(NamedTuple):
    asked: Asked
    at: float


steps = st.lists(st.tuples(st.floats(0, 20), st.integers(50, 3500), st.booleans()), max_size=80)


@pytest.mark.parametrize("kind", [Bucket, ByTheClock, LastMinute])
@given(steps=steps)
def test_nothing_is_asked_that_a_server_would_refuse(
    kind: type[Bucket | ByTheClock | LastMinute], steps: list[tuple[float, int, bool]]
) -> None:
    """Up to three calls are under way at once; each answer says what is left by then."""
    server: Server = kind()
    account, now = Account(), 0.0
    under_way: list[Flight] = []
    for number, (passed, tokens, answered) in enumerate(steps):
        now += passed
        if under_way and (answered or len(under_way) == 3):
            flight = under_way.pop(0)
            account = account.at(now).learn(MODEL, server.says(now), now)
            took = Call(id=flight.asked.id, incident="INC-1", model=MODEL, at=flight.at, tokens=flight.asked.tokens)
            account = account.entering(took)
            continue
        asked = Asked(id=str(number), incident="INC-1", rank=1, model=MODEL, tokens=tokens)
        account, answer = account.at(now).ask(asked, Caps(), 0.0, now)
        if isinstance(answer, Granted):
            assert server.takes(tokens, now)
            under_way.append(Flight(asked, now))
