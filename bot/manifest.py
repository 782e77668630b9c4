"""The app's manifest: Socket Mode as it stands in `manifest.yml`, and the variant in which Slack calls us over HTTP."""

from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from bot.mistakes import Mistake

EVENTS = "/slack/events"
"""Where Bolt takes everything: events, commands, buttons, shortcuts."""
Manifest = dict[str, Any]


def over_http(manifest: Manifest, address: str) -> Manifest:
    """Return the manifest for HTTP mode, Slack calling ``address``; raises `Mistake` where that isn't https.

    The result is JSON, which Slack takes as well as YAML.
    """
    url = _reachable(address) + EVENTS
    changed = deepcopy(manifest)
    settings = changed["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = url
    settings["interactivity"] |= {"request_url": url, "message_menu_options_url": url}
    for command in changed["features"]["slash_commands"]:
        command["url"] = url
    return changed


def _reachable(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        message = f"Slack calls https addresses only, such as https://responder.example.com, not {address}"
        raise Mistake(message)
    return address.rstrip("/").removesuffix(EVENTS)
