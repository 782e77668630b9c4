"""Who and what is there when a workspace begins: people, apps, channels, and the manifest the bot is installed from."""

import secrets
from collections.abc import Mapping
from typing import Any

from bot.workspace.manifest import Manifest
from bot.workspace.state import App, Channel, User, UserGroup
from bot.workspace.team import Team

BOT = "AFIRST"
"""The app under test."""
SLACKBOT = "USLACKBOT"
"""Who says what Slack itself has to say."""

CLEOS = (
    "a.kowalska", "c.weiss", "d.lindqvist", "j.silva", "l.brandt", "p.moreau", "r.iyer", "s.haddad", "t.nakamura",
)  # fmt: skip
"""Whoever else deploys in the made-up worlds is Cleo, so that the rule of two people can be kept and broken here."""
TEAM = frozenset({"U0ADA", "U0BEN", "U0CLEO", "UFRBOT"})
"""Everybody but the guest, and the bot."""
SCOPES = """
app_mentions:read assistant:write channels:history channels:join channels:read chat:write chat:write.customize commands
files:read files:write groups:history groups:read im:history im:read im:write metadata.message:read
reactions:write usergroups:read users:read
"""
EVENTS = """
agent_session_stopped app_home_opened app_mention message.channels message.groups message.im member_joined_channel
"""
DEFAULT_MANIFEST: Mapping[str, Any] = {
    "display_information": {"name": "First Responder"},
    "features": {
        "slash_commands": [
            {"command": "/investigate", "usage_hint": "[target]", "description": "Investigate a service or scenario"},
            {"command": "/rca", "usage_hint": "[id]", "description": "Show the report of an incident"},
            {"command": "/responder", "usage_hint": "status", "description": "Say how things are"},
        ],
        "shortcuts": [{"name": "Investigate this message", "type": "message", "callback_id": "investigate_message"}],
    },
    "oauth_config": {"scopes": {"bot": SCOPES.split()}},
    "settings": {"event_subscriptions": {"bot_events": EVENTS.split()}},
}
"""What the bot is installed from where its own manifest isn't given."""


def begin(manifest: Mapping[str, Any] | None = None) -> Team:
    """A fresh workspace with tokens of its own."""
    team = Team()
    for user in _people():
        team.users[user.id] = user
    for app in _apps(Manifest.parse(DEFAULT_MANIFEST if manifest is None else manifest)):
        team.apps[app.id] = app
        if app.user_id:
            name = app.name.lower().replace(" ", "-")
            team.users[app.user_id] = User(app.user_id, name, app.name, app_id=app.id)
    team.groups["S0ONCALL"] = UserGroup("S0ONCALL", "oncall", "On call", ["U0ADA", "U0BEN"])
    for channel in _channels():
        team.channels[channel.id] = channel
    for person in ("U0ADA", "U0BEN", "U0CLEO", "U0GUEST"):
        team.dm(person, team.apps[BOT])
    return team


def _people() -> list[User]:
    return [
        User("U0ADA", "ada", "Ada Okafor", "On call, payments", admin=True, approver=True, deploys_as=("m.okafor",)),
        User("U0BEN", "ben", "Ben Vasquez", "Site reliability engineer", approver=True),
        User("U0CLEO", "cleo", "Cleo Lindqvist", "Product manager", deploys_as=CLEOS),
        User("U0GUEST", "gus", "Gus Meyer", "Guest", guest=True),
        User(SLACKBOT, "slackbot", "Slackbot", app_id="ASLACKBOT"),
    ]


def _apps(manifest: Manifest) -> list[App]:
    return [
        App(
            BOT,
            manifest.name or "First Responder",
            "BFRBOT",
            ":rotating_light:",
            user_id="UFRBOT",
            bot_token=f"xoxb-{secrets.token_hex(16)}",
            app_token=f"xapp-1-{BOT}-{secrets.token_hex(16)}",
            signing_secret=secrets.token_hex(16),
            manifest=manifest,
        ),
        App("AALERTM", "Alertmanager", "BALERTM", ":bell:"),
        App("ADATADOG", "Datadog", "BDATADOG", ":dog:", user_id="UDATADOG"),
    ]


def _channels() -> list[Channel]:
    return [
        Channel("C0ALERTS", "alerts", topic="What pages us", members={*TEAM, "UDATADOG"}),
        Channel("C0INCIDENTS", "incidents", topic="Incidents, one thread each", members=set(TEAM)),
        Channel("C0GENERAL", "general", topic="Everybody", members={*TEAM, "U0GUEST"} - {"UFRBOT"}),
        Channel(
            "C0PAYMENTS",
            "payments",
            private=True,
            topic="Payments, on call",
            members={"U0ADA", "U0BEN", "UFRBOT"},
        ),
    ]
