"""Who may do something: the people and user groups that a setting names, looked up anew for each click."""

import logging
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.refusal import UNREACHABLE, code
from incident.values import Json

logger = logging.getLogger(__name__)

Listed = Callable[[], Awaitable[tuple[str, ...]]]


class People:
    """People by their id, groups by their id or @handle. ``listed`` says who is named at this moment.

    Where ``most`` names anybody, only those count who are among them as well.
    """

    def __init__(self, client: AsyncWebClient, setting: str, listed: Listed, most: tuple[str, ...] = ()) -> None:
        self._client = client
        self._setting = setting
        self._listed = listed
        self._most = most
        self._known: dict[str, str] = {}

    async def include(self, user: str) -> bool:
        """Tell whether somebody is among them; a group that can't be read has nobody in it."""
        listed = await self._listed()
        return await self._among(user, listed) and (listed == self._most or await self.could_include(user))

    async def could_include(self, name: str) -> bool:
        """Tell whether somebody, or a group by its id, may be named here at all."""
        return not self._most or name in await self.most() or await self._among(name, self._most)

    async def _among(self, user: str, listed: tuple[str, ...]) -> bool:
        if user in _people(listed):
            return True
        for group in await self._groups(listed):
            if user in await self._members(group):
                return True
        return False

    async def ids(self) -> tuple[str, ...]:
        """Return the ids of everybody who is named, for showing: a handle that is known isn't looked up again."""
        listed = await self._listed()
        known = tuple(self._known.get(_handle(name), name) for name in listed)
        return (*_people(known), *await self._groups(known))

    async def everybody(self) -> frozenset[str]:
        """Return everybody who is among them at this moment."""
        listed = await self._listed()
        members = [await self._members(group) for group in await self._groups(listed)]
        all_ = frozenset((*_people(listed), *(user for group in members for user in group)))
        if listed == self._most:
            return all_
        return frozenset([user for user in all_ if await self.could_include(user)])

    async def readable(self) -> tuple[str, ...]:
        """Return the ids of the people who are named, and of the groups that can be seen."""
        listed = await self._listed()
        return (*_people(listed), *await self._groups(listed))

    async def meant(self) -> dict[str, Json]:
        """Return everybody who is among them at this moment: people, and each group's members, for the audit trail."""
        listed = await self._listed()
        groups: dict[str, Json] = {group: [*await self._members(group)] for group in await self._groups(listed)}
        return {"people": [*_people(listed)], "groups": groups}

    async def most(self) -> tuple[str, ...]:
        """Return the ids of everybody who may be named at all; nobody: whoever is wanted."""
        return (*_people(self._most), *await self._groups(self._most))

    async def groups(self) -> tuple[tuple[str, str], ...]:
        """Return the ids and handles of all user groups that can be seen."""
        return tuple(sorted(((id_, handle) for handle, id_ in (await self._seen()).items()), key=lambda each: each[1]))

    async def words(self) -> str:
        """Return who may, as Slack shows people and groups; empty for nobody."""
        return " or ".join(f"<@{id_}>" if _person(id_) else f"<!subteam^{id_}>" for id_ in await self.ids())

    async def _groups(self, listed: tuple[str, ...]) -> list[str]:
        groups = [name for name in listed if not _person(name)]
        handles = {_handle(name) for name in groups if name.startswith("@")}
        if handles:
            self._known |= await self._by_handle(handles)
        ids = (self._known.get(_handle(name)) if name.startswith("@") else name for name in groups)
        return [id_ for id_ in ids if id_]

    async def _by_handle(self, handles: set[str]) -> dict[str, str]:
        """Look the groups up; one that has gone has no id any more, and where nothing can be seen all are as before."""
        there = await self._seen()
        return {handle: there.get(handle, "") for handle in handles} if there else {}

    async def _seen(self) -> dict[str, str]:
        try:
            answer = await self._client.usergroups_list()
        except UNREACHABLE as why:
            logger.warning("%s: user groups can't be read: %s", self._setting, _said(why))
            return {}
        return {each["handle"].casefold(): str(each["id"]) for each in answer["usergroups"]}

    async def _members(self, group: str) -> list[str]:
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except UNREACHABLE as why:
            logger.warning("%s: the members of %s can't be read: %s", self._setting, group, _said(why))
            return []
        return list(answer["users"])


def _people(listed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in listed if _person(name))


def _person(name: str) -> bool:
    return name[:1] in {"U", "W"}


def _handle(name: str) -> str:
    return name.removeprefix("@").casefold()


def _said(why: Exception) -> str:
    return code(why) or "no reason given" if isinstance(why, SlackApiError) else type(why).__name__
