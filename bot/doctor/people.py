"""Whether those who may approve, and those who may change settings, are there."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.finding import Finding, note, right, wrong
from bot.slack.refusal import code
from bot.slack_settings import SlackSettings

APPROVERS, ADMINS, TWO = "SFA_APPROVERS", "SFA_ADMINS", "SFA_TWO_PERSON"
NOBODY = "nobody may approve: what needs a yes stays a report"
WRITE = "write ids of people (U…) and user groups (S…), or a group's @handle"
NEEDED = 2


async def people(client: AsyncWebClient, settings: SlackSettings) -> list[Finding]:
    """Look up everybody who is named."""
    found: list[Finding] = []
    able: set[str] = set()
    for setting, names in ((APPROVERS, settings.approvers), (ADMINS, settings.admins)):
        for name in names:
            members, finding = await _one(client, setting, name)
            found.append(finding)
            able |= members if setting == APPROVERS else set()
    if not settings.approvers:
        found.append(note(APPROVERS, NOBODY, WRITE))
    elif settings.two_person and len(able) < NEEDED:
        found.append(wrong(TWO, f"two people have to approve, and {len(able)} can", f"name more in {APPROVERS}"))
    return found


async def _one(client: AsyncWebClient, setting: str, name: str) -> tuple[set[str], Finding]:
    """Return who somebody stands for, and what is to be said of them."""
    try:
        if name[:1] in {"U", "W"}:
            return _person(setting, name, dict((await client.users_info(user=name))["user"]))
        if name[:1] in {"S", "@"}:
            return await _group(client, setting, name)
    except SlackApiError as refused:
        return set(), wrong(setting, f"{name} can't be looked up: {code(refused)}", WRITE)
    return set(), wrong(setting, f"{name} is neither a person's nor a group's id", WRITE)


def _person(setting: str, name: str, about: dict[str, Any]) -> tuple[set[str], Finding]:
    shown = f"{about.get('real_name') or about.get('name')} ({name})"
    if about.get("deleted"):
        return set(), wrong(setting, f"{shown} has left", f"take them out of {setting}")
    if about.get("is_bot"):
        return set(), wrong(setting, f"{shown} is an app", WRITE)
    if about.get("is_restricted") or about.get("is_ultra_restricted"):
        return set(), wrong(setting, f"{shown} is a guest, and guests are refused", f"take them out of {setting}")
    return {name}, right(setting, shown)


async def _group(client: AsyncWebClient, setting: str, name: str) -> tuple[set[str], Finding]:
    groups = (await client.usergroups_list())["usergroups"]
    handle = name.removeprefix("@").casefold()
    there = (each for each in groups if each["id"] == name or (name[0] == "@" and each["handle"].casefold() == handle))
    group = next(there, None)
    if group is None:
        return set(), wrong(setting, f"there is no user group {name}", WRITE)
    members = set((await client.usergroups_users_list(usergroup=group["id"]))["users"])
    shown = f"@{group['handle']} ({group['id']}, {len(members)} people)"
    if not members:
        return members, wrong(setting, f"{shown} has nobody in it", "put people into the group")
    return members, right(setting, shown)
