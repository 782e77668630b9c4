"""What a language model took for an investigation and what is left, in sentences; none where none was asked."""

from collections.abc import Iterator

from incident.diagnosis import Spent, Usage
from incident.quota import Left

CENT = 0.01


def spending(usage: Usage) -> Iterator[str]:
    """Yield what was taken, what is left, and what was left out beforehand."""
    spent = usage.spent
    if spent is None:
        return
    yield _taken(spent)
    if left := _left(spent.left):
        yield left
    if spent.smaller:
        yield spent.smaller


def _taken(spent: Spent) -> str:
    cost = "" if spent.dollars is None else f", {dollars(spent.dollars)}"
    return f"LLM: {_calls(spent.calls)}, {spent.tokens:,} of {spent.budget:,} tokens{cost}"


def _left(left: Left) -> str:
    minute = _amounts(left.tokens_a_minute, left.requests_a_minute, None)
    day = _amounts(left.tokens_a_day, left.requests_a_day, left.dollars_a_day)
    parts = [f"{amounts} {when}" for amounts, when in ((minute, "this minute"), (day, "today")) if amounts]
    return f"Left for all investigations: {'; '.join(parts)}" if parts else ""


def _amounts(tokens: int | None, calls: int | None, money: float | None) -> str:
    amounts = [] if tokens is None else [f"{tokens:,} tokens"]
    amounts += [] if calls is None else [_calls(calls)]
    amounts += [] if money is None else [dollars(money)]
    return ", ".join(amounts)


def _calls(number: int) -> str:
    return f"{number:,} call{'' if number == 1 else 's'}"


def dollars(amount: float) -> str:
    """Return ``$1.25``, and ``$0.0014`` of what is less than a cent."""
    return f"${amount:,.4f}" if 0 < amount < CENT else f"${amount:,.2f}"
