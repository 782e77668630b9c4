"""Who may approve: people and user groups of `SFA_APPROVERS`, looked up anew for each click."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

logger = logging.getLogger(__name__)

NOBODY = "nobody may approve here yet: set SFA_APPROVERS to people and user groups"


class Approvers:
    """People by their id, groups by their id or @handle."""

    def __init__(self, client: AsyncWebClient, listed: tuple[str, ...]) -> None:
        self._client = client
        self._people = tuple(name for name in listed if name[:1] in {"U", "W"})
        self._groups = tuple(name for name in listed if name[:1] not in {"U", "W"})

    async def include(self, user: str) -> bool:
        """Tell whether somebody may; a group that can't be read has nobody in it."""
        if user in self._people:
            return True
        for group in await self._group_ids():
            if user in await self._members(group):
                return True
        return False

    async def ids(self) -> tuple[str, ...]:
        """Return the ids of everybody who was listed."""
        return (*self._people, *await self._group_ids())

    async def words(self) -> str:
        """Return who may, as Slack shows people and groups."""
        named = [f"<@{user}>" for user in self._people] + [f"<!subteam^{id_}>" for id_ in await self._group_ids()]
        return f"{' or '.join(named)} may approve" if named else NOBODY

    async def _group_ids(self) -> list[str]:
        handles = {name.removeprefix("@").casefold() for name in self._groups if name.startswith("@")}
        ids = [name for name in self._groups if not name.startswith("@")]
        if not handles:
            return ids
        try:
            answer = await self._client.usergroups_list()
        except SlackApiError as refused:
            logger.warning("SFA_APPROVERS: user groups can't be read: %s", refused.response["error"])
            return ids
        return ids + [each["id"] for each in answer["usergroups"] if each["handle"].casefold() in handles]

    async def _members(self, group: str) -> list[str]:
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except SlackApiError as refused:
            logger.warning("SFA_APPROVERS: the members of %s can't be read: %s", group, refused.response["error"])
            return []
        return list(answer["users"])
