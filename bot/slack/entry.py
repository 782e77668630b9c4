"""Getting into Slack: being let in, being where alerts are heard, being connected."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.mistakes import Mistake
from bot.slack.channels import by_name
from bot.slack.refusal import LOST, UNREACHABLE, code
from bot.slack_settings import CHANNEL_ID, SlackSettings

logger = logging.getLogger(__name__)

SOCKETS = 2
"""Slack renews connections now and then; with two there is no gap."""
PING_EVERY = 5.0
"""Seconds after which a dead connection is noticed and another one tried; the SDK's ten are a long time for a click."""


class Me(NamedTuple):
    """Who we are; ``bot_id`` is empty where Slack doesn't say it."""

    name: str
    user_id: str
    bot_id: str

    def wrote(self, message: Mapping[str, Any]) -> bool:
        """Tell our own messages."""
        by = {message.get("user"), message.get("bot_id")}
        return not by.isdisjoint({self.user_id, self.bot_id} - {""})


async def introduced(client: AsyncWebClient) -> Me:
    """Ask Slack who we are, which is whether it lets us in; raises `Mistake`."""
    try:
        who = await client.auth_test()
    except SlackApiError as refused:
        message = f"SLACK_BOT_TOKEN: Slack refuses it: {code(refused) or 'no reason given'}"
        raise Mistake(message) from refused
    except LOST as lost:
        message = f"SLACK_API_URL: {client.base_url} can't be reached: {str(lost) or type(lost).__name__}"
        raise Mistake(message) from lost
    return Me(*(str(who.get(part) or "") for part in ("user", "user_id", "bot_id")))


async def with_channel_ids(client: AsyncWebClient, slack: SlackSettings) -> SlackSettings:
    """Return the settings with ids in place of channels' names; raises `Mistake` for a channel nobody can see."""
    told = [name for name in (*slack.alert_channels, slack.incident_channel) if name and not CHANNEL_ID.fullmatch(name)]
    if not told:
        return slack
    seen = await by_name(client, archived=False)
    unknown = [name for name in told if name.removeprefix("#") not in seen]
    if unknown:
        message = f"SFA_ALERT_CHANNELS, SFA_INCIDENT_CHANNEL: I see no channel {', '.join(unknown)}; invite me there"
        raise Mistake(message)
    here = {name: str(seen[name.removeprefix("#")]["id"]) for name in told}
    channels = tuple(here.get(name, name) for name in slack.alert_channels)
    main = slack.incident_channel
    return slack.model_copy(
        update={"alert_channels": channels, "incident_channel": None if main is None else here.get(main, main)}
    )


async def join(client: AsyncWebClient, channels: Iterable[str], me: Me) -> None:
    """Be in these channels before anything is said there. Where that can't be, the log says who can help."""
    for channel in dict.fromkeys(channels):
        try:
            await _join(client, channel)
        except SlackApiError as refused:
            said = code(refused) or "no reason given"
            logger.warning("%s can't be joined (%s): a member has to /invite @%s there", channel, said, me.name)
        except LOST as lost:
            logger.warning("%s can't be joined (%s): it is tried again with the first message", channel, lost)


async def _join(client: AsyncWebClient, channel: str) -> None:
    about = (await client.conversations_info(channel=channel)).get("channel") or {}
    shared = about.get("is_ext_shared") or about.get("is_pending_ext_shared")
    if not (about.get("is_member") or shared or about.get("is_im")):
        await client.conversations_join(channel=channel)
        logger.info("%s is joined", channel)


async def connect(app: AsyncApp, token: SecretStr) -> list[AsyncSocketModeHandler]:
    """Connect in Socket Mode; raises `Mistake` for a refused token, which the SDK would try again for ever."""
    sockets = [AsyncSocketModeHandler(app, token.get_secret_value(), ping_interval=PING_EVERY) for _ in range(SOCKETS)]
    try:
        for socket in sockets:
            opened = await app.client.apps_connections_open(app_token=token.get_secret_value())
            socket.client.wss_uri = str(opened["url"])
        await asyncio.gather(*(socket.connect_async() for socket in sockets))  # type: ignore[no-untyped-call]
    except UNREACHABLE as why:
        await asyncio.gather(*(socket.close_async() for socket in sockets))  # type: ignore[no-untyped-call]
        told = f"Slack refuses it: {code(why) or 'no reason given'}" if isinstance(why, SlackApiError) else f"{why}"
        message = f"SLACK_APP_TOKEN: {told}"
        raise Mistake(message) from why
    return sockets
