"""What may be asked of language models in a minute and in a day, and what that costs."""

from typing import NamedTuple

MILLION = 1_000_000


class Price(NamedTuple):
    """Dollars a million tokens."""

    prompt: float
    completion: float
    cached: float

    def dollars(self, prompt: int, completion: int, cached: int = 0) -> float:
        """Return what a call costs; ``cached`` tokens are some of the prompt's."""
        paid = (prompt - cached) * self.prompt + cached * self.cached + completion * self.completion
        return paid / MILLION


class Caps(NamedTuple):
    """The most that people let all incidents and all models together take in 24 hours; None is no cap."""

    tokens_a_day: int | None = None
    dollars_a_day: float | None = None
