"""The payloads of commands and interactions, as Slack shapes them."""

from bot.workspace.state import App, Channel, Json, User
from bot.workspace.switchboard import Switchboard

TOKEN = "verification-token"  # noqa: S105 - Slack's old way of signing; nothing may rest on it


def command(board: Switchboard, app: App, user: User, channel: Channel) -> Json:
    """A slash command's payload, but for the command and its text."""
    return {
        "token": TOKEN,
        "team_id": board.team.id,
        "team_domain": board.team.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.with_user else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "trigger_id": board.trigger(user.id, app),
    }


def interaction(board: Switchboard, app: App, user: User, kind: str) -> Json:
    """What all interactive payloads have."""
    team = board.team
    return {
        "type": kind,
        "token": TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": app.id,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": board.trigger(user.id, app),
    }
