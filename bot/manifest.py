"""The app's manifest: `manifest.yml` for Socket Mode, and the variant in which Slack calls us over HTTP."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bot.mistakes import Mistake
from bot.slash import Slash

EVENTS = "/slack/events"
"""Where Bolt takes everything: events, commands, buttons, shortcuts."""
NAME = "manifest.yml"
SCOPE = re.compile(r"^ +- ([a-z_.:]+) # (.+?); without it: (.+)$", re.MULTILINE)
Manifest = dict[str, Any]


class Scope(NamedTuple):
    """What Slack is asked to let us do, why, and what is lost without it."""

    name: str
    why: str
    lost: str


def text() -> str:
    """Return the manifest as it is written: at the root of a checkout, beside this module where it is installed."""
    beside = Path(__file__).with_name(NAME)
    return (beside if beside.is_file() else Path(__file__).parents[1] / NAME).read_text(encoding="utf-8")


def chosen(slash: Slash) -> str:
    """Return it with the names that the commands were given."""
    return slash.put_into(text())


def scopes() -> tuple[Scope, ...]:
    """Return the scopes that the manifest asks for, with the reasons that stand beside them."""
    return tuple(Scope(*found) for found in SCOPE.findall(text()))


def over_http(manifest: Manifest, address: str) -> Manifest:
    """Return the manifest for HTTP mode, Slack calling ``address``; raises `Mistake` where that isn't https."""
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
