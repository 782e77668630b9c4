"""What an app's manifest grants it: scopes, events, commands and shortcuts. The workspace holds the app to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Command:
    """A slash command."""

    command: str
    usage: str
    description: str


@dataclass(frozen=True)
class Shortcut:
    """A shortcut of a message's menu (`message`) or of the composer's (`global`)."""

    callback_id: str
    name: str
    type: str


@dataclass(frozen=True)
class Manifest:
    """The parts of a manifest that change what Slack does. Without one an app may nothing and hears nothing."""

    name: str = ""
    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()

    @classmethod
    def parse(cls, manifest: Mapping[str, Any]) -> "Manifest":
        """Read a manifest as Slack's own schema shapes it."""
        features = manifest.get("features", {})
        return cls(
            name=manifest.get("display_information", {}).get("name", ""),
            scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
            events=frozenset(manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(
                Command(each["command"], each.get("usage_hint", ""), each.get("description", ""))
                for each in features.get("slash_commands", ())
            ),
            shortcuts=tuple(
                Shortcut(each["callback_id"], each["name"], each["type"]) for each in features.get("shortcuts", ())
            ),
        )
