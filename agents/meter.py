"""Counts what an investigation asks of a model."""

from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage

from incident.diagnosis import Usage


class Meter:
    """Counts answers as they pass."""

    def __init__(self, model: str) -> None:
        self._usage = Usage(model=model)

    def count(self, item: BaseAgentEvent | BaseChatMessage) -> None:
        """Note an answer of a model, if this is one."""
        took = item.models_usage
        if took is None:
            return
        counted = {
            "model_calls": self._usage.model_calls + 1,
            "prompt_tokens": self._usage.prompt_tokens + took.prompt_tokens,
            "completion_tokens": self._usage.completion_tokens + took.completion_tokens,
        }
        self._usage = self._usage.model_copy(update=counted)

    def usage(self, seconds: float) -> Usage:
        """Return what it came to."""
        return self._usage.model_copy(update={"seconds": seconds})
