"""Slack in, one module a feature: acknowledge, look who it is, hand over."""

from slack_bolt.async_app import AsyncApp

from bot.listeners import actions, again, closing, commands, decisions, home, messages, settings, shortcuts
from bot.listeners.bot import Bot


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen to everything."""
    for feature in (commands, actions, decisions, again, closing, messages, shortcuts, home, settings):
        feature.register(app, bot)
