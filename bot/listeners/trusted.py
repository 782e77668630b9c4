"""Whose answer can count at all: a person of this very workspace, as Slack says at the click. In doubt nobody's."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import GUESTS
from bot.mistakes import Mistake
from bot.slack.refusal import UNREACHABLE

UNSURE = (
    "Slack doesn't tell me who you are just now, so your answer can't count. Please try again; if this stays, the app "
    "needs the scope users:read. Nothing was done."
)
ROBOT = "Apps and workflows can't answer this: only people of this workspace can. Nothing was done."
GONE = "This account is deactivated, so its answer can't count. Nothing was done."
FOREIGN = "This account is of another workspace or organisation, so its answer can't count. Nothing was done."
SLACKBOT = "USLACKBOT"


async def trust(args: AsyncArgs, user: str) -> None:
    """Raise `Mistake` unless Slack says that this is a full member of our own workspace, and a person."""
    try:
        about = (await args.client.users_info(user=user))["user"]
    except UNREACHABLE as why:
        raise Mistake(UNSURE) from why
    authorized = args.context.authorize_result
    refusal = _refusal(about, None if authorized is None else authorized.team_id)
    if refusal:
        raise Mistake(refusal)


def _refusal(about: Mapping[str, Any], ours: str | None) -> str:
    """Return why somebody can't count; empty where they can."""
    if about.get("is_bot") or about.get("is_workflow_bot") or about.get("id") == SLACKBOT:
        return ROBOT
    if about.get("deleted"):
        return GONE
    if about.get("is_stranger") or ours is None or ours not in _teams(about):
        return FOREIGN
    if about.get("is_restricted") or about.get("is_ultra_restricted"):
        return GUESTS
    return ""


def _teams(about: Mapping[str, Any]) -> set[object]:
    """Return the workspaces that somebody belongs to; with Enterprise Grid there may be several."""
    return {about.get("team_id"), *(about.get("enterprise_user") or {}).get("teams", ())}
