"""Slack's Web API, by family: a method's name and what it does."""

from bot.workspace.methods import about, agents, chat, conversations, files, reactions, views
from bot.workspace.methods.call import Call, Method, Refused

METHODS: dict[str, Method] = {
    **about.METHODS,
    **agents.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Call", "Refused"]
