"""Whose messages count as alerts: `SFA_ALERT_SENDERS`."""

from collections.abc import Iterable, Mapping

from bot.alerts.blocks import mapping, string
from bot.alerts.escapes import clean
from bot.alerts.rules import Allowed, Ignored

SET = "set SFA_ALERT_SENDERS to the apps, bots or users whose alerts count"


def allowed_sender(message: Mapping[str, object], senders: Iterable[str]) -> Allowed | Ignored:
    """Tell whether a message's sender is among ``senders``: ids, or names of apps and bots in any case.

    A name is what an app or webhook calls itself, so it is only as trustworthy as those who may install one; an id
    can't be chosen. People are known by their id alone.
    """
    wanted = {sender.strip().casefold() for sender in senders if sender.strip()}
    if not wanted:
        return Ignored(f"nobody's messages count as alerts: {SET}")
    profile = mapping(message.get("bot_profile"))
    ids = [message.get("app_id"), message.get("bot_id"), message.get("user"), profile.get("app_id"), profile.get("id")]
    bot = bool(message.get("bot_id") or message.get("app_id") or message.get("subtype") == "bot_message")
    names = [profile.get("name"), message.get("username")] if bot else []
    called = [name for value in (*ids, *names) if (name := clean(string(value)).strip())]
    if wanted & {name.casefold() for name in called}:
        return Allowed()
    who = " / ".join(dict.fromkeys(reversed(called))) or "an unknown sender"
    return Ignored(f"{who} is not among the alert senders: {SET}"[:500])
