"""Why an LLM did not answer, as the one error that every model client raises for it."""

from enum import StrEnum
from typing import Final


class Why(StrEnum):
    """What kept the LLM from answering; what is worth another try later has a ``retry_after``."""

    NO_KEY = "no-key"
    WRONG_KEY = "wrong-key"
    MODEL_GONE = "model-gone"
    RATE_LIMITED = "rate-limited"
    DAY_SPENT = "day-spent"
    TOO_LARGE = "too-large"
    AT_CAPACITY = "at-capacity"
    NO_ANSWER = "no-answer"
    BROKEN_OFF = "broken-off"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NONSENSE = "nonsense"
    OVER_BUDGET = "over-budget"
    UNCOUNTED = "uncounted"


CLAUSES: Final = {
    Why.NO_KEY: "no key for the LLM is set",
    Why.WRONG_KEY: "the LLM's provider does not accept the key",
    Why.MODEL_GONE: "the LLM's provider no longer serves any of the configured models",
    Why.RATE_LIMITED: "the LLM's limit for this minute is used up",
    Why.DAY_SPENT: "the LLM's limit for today is used up",
    Why.TOO_LARGE: "the question is larger than the LLM's limits allow",
    Why.AT_CAPACITY: "the LLM's provider is failing or out of capacity",
    Why.NO_ANSWER: "the LLM did not answer in time",
    Why.BROKEN_OFF: "the LLM's answer broke off in the middle",
    Why.UNREACHABLE: "the LLM's provider can't be reached",
    Why.REFUSED: "the LLM's provider refused the question",
    Why.NONSENSE: "the LLM's answer could not be read",
    Why.OVER_BUDGET: "today's budget for the LLM is used up",
    Why.UNCOUNTED: "the database can't say what the LLM may still be asked",
}


class LLMUnavailable(Exception):
    """No answer came from an LLM, and `str` says why in a clause; never holds a key or any text of a message.

    ``retry_after`` are the seconds after which another try may succeed, where that is known; ``model`` the last asked.
    """

    def __init__(self, why: Why, retry_after: float | None = None, model: str = "") -> None:
        named = f" ({model})" if model else ""
        wait = f"; it may answer again in {retry_after:.0f} s" if retry_after is not None else ""
        super().__init__(f"{CLAUSES[why]}{named}{wait}")
        self.why, self.retry_after, self.model = why, retry_after, model
