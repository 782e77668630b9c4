"""The App Home, and what else Slack tells of people's whereabouts."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

from bot.listeners.admission import GUESTS, admit
from bot.listeners.bot import Bot
from bot.listeners.careful import careful
from bot.listeners.overview import Looked, overview
from bot.mistakes import Mistake
from bot.slack.refusal import code
from bot.thread.home import home
from bot.thread.presses import HOME_FILTER, HOME_SEARCH, OPEN_THREAD
from bot.thread.text import label

REFUSED = {"type": "home", "blocks": [{"type": "section", "text": label(GUESTS)}]}


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.event("app_home_opened")
    @careful
    async def opened(args: AsyncArgs) -> None:
        event = args.event or {}
        if event.get("tab") == "home":
            await publish(args, bot, event["user"], Looked())

    @app.action(HOME_SEARCH)
    @app.action(HOME_FILTER)
    @careful
    async def looked(args: AsyncArgs) -> None:
        await args.ack()
        values = args.body["view"]["state"]["values"]
        query = values.get(HOME_SEARCH, {}).get(HOME_SEARCH, {}).get("value") or ""
        chosen = values.get(HOME_FILTER, {}).get(HOME_FILTER, {}).get("selected_option") or {}
        await publish(args, bot, args.body["user"]["id"], Looked(query, chosen.get("value", "all")))

    @app.action(OPEN_THREAD)
    @careful
    async def followed(args: AsyncArgs) -> None:
        await args.ack()  # it is a link; Slack tells of it all the same

    @app.event("member_joined_channel")
    @careful
    async def joined(args: AsyncArgs) -> None:
        event = args.event or {}
        if event.get("user") == args.context.bot_user_id:
            await bot.outbox.again(event["channel"])


async def publish(args: AsyncArgs, bot: Bot, user: str, looked: Looked = Looked()) -> None:  # noqa: B008 - frozen
    """Draw somebody's Home anew."""
    try:
        await admit(args.client, user)
    except Mistake:
        await args.client.views_publish(user_id=user, view=REFUSED)
        return
    view = home(await overview(args.client, bot, user, looked))
    try:
        await args.client.views_publish(user_id=user, view=dict(view))
    except SlackApiError as refused:
        if code(refused) != "hash_conflict":  # a newer one was faster
            raise
