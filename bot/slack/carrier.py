"""One parcel on its way: found, sent, waited with, mended or given up. The row knows which, before and after."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.pace import Lane, Pace
from bot.slack.plainer import apology, parts, unnamed
from bot.slack.refusal import DONE, LOST, NEVER_LEFT, UNREACHABLE, code, doubtful, down, retry_after
from bot.slack.sending import find, send
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Waiting

logger = logging.getLogger(__name__)


class Carrier:
    """Carries parcels of an outbox to Slack, one at a time in each lane."""

    def __init__(self, outbox: SqlOutbox, client: AsyncWebClient, pace: Pace) -> None:
        self._outbox = outbox
        self._client = client
        self._pace = pace

    async def deliver(self, lane: Lane, parcel: Waiting) -> None:
        """Look whether it has arrived, else send it; whatever happens, the row says so."""
        if parcel.orphaned:
            await self._give_up(parcel, "the message that begins its thread was refused")
            return
        try:
            ts = await self._found(parcel) or await self._sent(parcel)
        except SlackApiError as refused:
            await self._refused(lane, parcel, refused)
        except LOST as lost:
            await self._lost(lane, parcel, lost)
        else:
            lane.went_well()
            await self._outbox.sent(parcel.key, ts)

    async def _found(self, parcel: Waiting) -> str | None:
        doubtful = parcel.ts is None and parcel.tried_at is not None
        return await find(self._client, parcel, self._pace.sharing) if doubtful else None

    async def _sent(self, parcel: Waiting) -> str | None:
        parcel = await self._outbox.take(parcel.key)
        try:
            return await send(self._client, parcel, self._pace.sharing)
        except SlackApiError as refused:
            if not doubtful(refused):
                await self._outbox.not_sent(parcel.key)
            raise
        except NEVER_LEFT:
            await self._outbox.not_sent(parcel.key)
            raise

    async def _refused(self, lane: Lane, parcel: Waiting, refused: SlackApiError) -> None:
        """Wait, mend, or give the parcel up, so that those behind it get their turn."""
        error = code(refused)
        seconds = retry_after(refused)
        if seconds is not None:
            lane.hold(seconds)
        elif error in DONE:
            await self._outbox.sent(parcel.key)
        elif down(refused):
            tries = lane.went_wrong(parcel.key)
            logger.warning("Slack is down for us (%s), try %d of %s", error or "no answer", tries, parcel.key)
        elif doubtful(refused) and lane.went_wrong(parcel.key) < self._pace.tries:
            logger.warning("Slack answered %s to %s, which is tried again", error, parcel.key)
        elif not await self._mended(lane, parcel, error):
            await self._give_up(parcel, error)

    async def _mended(self, lane: Lane, parcel: Waiting, error: str) -> bool:
        """Do something about a refusal; True: the parcel may be tried again at once."""
        if error == "msg_too_long" and parcel.kind is Kind.POST and (short := parts(parcel.body)):
            await self._outbox.split(parcel.key, short)
            return True
        if error == "missing_scope" and "username" in parcel.body:
            await self._outbox.split(parcel.key, [unnamed(parcel.body)])
            return True
        if error == "not_in_channel" and lane.went_wrong(parcel.key, pause=False) < self._pace.tries:
            return await self._joined(parcel.channel)
        return False

    async def _joined(self, channel: str) -> bool:
        try:
            await self._client.conversations_join(channel=channel)
        except SlackApiError as refused:
            logger.warning("%s can't be joined (%s): invite the bot there", channel, code(refused))
            return down(refused) or retry_after(refused) is not None
        except LOST:
            pass  # then the next try meets it
        return True

    async def _lost(self, lane: Lane, parcel: Waiting, lost: Exception) -> None:
        """Wait for Slack, for ever if need be. Only a file is given up, where nothing goes wrong but files."""
        tries = lane.went_wrong(parcel.key)
        logger.warning("no answer to %s (%s), try %d", parcel.key, type(lost).__name__, tries)
        if parcel.kind is Kind.UPLOAD and tries >= self._pace.upload_tries and await self._reachable():
            await self._give_up(parcel, "the upload failed again and again")

    async def _reachable(self) -> bool:
        try:
            await self._client.auth_test()
        except UNREACHABLE:
            return False
        return True

    async def _give_up(self, parcel: Waiting, why: str) -> None:
        logger.error("%s can't be shown in %s: %s", parcel.key, parcel.channel, why)
        await self._outbox.failed(parcel.key, why, apology(parcel, why) if parcel.kind is Kind.UPLOAD else None)
