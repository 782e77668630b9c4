"""What alert channels say: messages of any sender, and webhooks, as alerts that fired or healed. Pure."""

from bot.alerts.readers import read_message
from bot.alerts.seen import Fired, Healed, Seen
from bot.alerts.webhook import alertmanager_webhook

__all__ = ["Fired", "Healed", "Seen", "alertmanager_webhook", "read_message"]
