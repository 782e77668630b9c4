"""Counts what an investigation asks of a model."""

from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage
from autogen_core.models import ChatCompletionClient

from agents.clients.relay import Relay
from incident.diagnosis import Usage


class Meter:
    """Counts answers as they pass, except where the client keeps the books itself: not every turn is an LLM's there."""

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

    async def usage(self, client: ChatCompletionClient, seconds: float) -> Usage:
        """Return what it came to."""
        timed = self._usage.model_copy(update={"seconds": seconds})
        if not isinstance(client, Relay):
            return timed
        took = client.total_usage()
        counted = {"prompt_tokens": took.prompt_tokens, "completion_tokens": took.completion_tokens}
        counted["model_calls"] = client.allowance.asked
        return timed.model_copy(update={**counted, "spent": await client.cost()})
