"""The slash commands."""

from datetime import UTC, datetime

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit
from bot.listeners.asking import Wish, begin, overall
from bot.listeners.asks import HELP
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, metadata, tell
from bot.listeners.pausing import pause, resume
from bot.listeners.reports import find, in_private, readable
from bot.report.words import drill
from bot.thread.modals import (
    INCIDENT,
    SEVERITY,
    SINCE,
    TARGET,
    incident_line,
    investigate_modal,
    rca_modal,
)
from bot.thread.presses import INVESTIGATE_MODAL, RCA_MODAL, option
from bot.thread.text import clean, escaped
from incident.alert import Severity
from incident.model import Incident
from storage.memory import Origin

USAGE = (
    "`/responder status` says what is going on, `/responder drill SCENARIO` rehearses. `/responder pause [REASON]` "
    "pauses all acting at once, `/responder resume` (admins) lets it go on; *Stop* on an incident's card ends that one."
)
MOST_OPTIONS = 100
SEARCHED = 20


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""
    _register_investigate(app, bot)
    _register_rca(app, bot)
    _register_responder(app, bot)


def _register_investigate(app: AsyncApp, bot: Bot) -> None:
    @app.command(bot.slash.investigate)
    @careful
    async def investigate(args: AsyncArgs) -> None:
        target = args.body.get("text", "").strip()
        await args.ack()
        await admit(args.client, args.body["user_id"])
        if target.lower() == "help":
            await tell(args, bot.slash.put_into(HELP))
            return
        if not target:
            await bot.runner.admit()
            view = investigate_modal({"channel": args.body["channel_id"]})
            await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)
            return
        await _begin(args, bot, Wish(target.strip("`\"'")), Origin(args.body["channel_id"]))

    @app.options(TARGET)
    async def targets(args: AsyncArgs) -> None:
        wanted = args.body.get("value", "").strip().lower()
        found = [option(name, name) for name in bot.scenarios if wanted in name]
        await args.ack(options=found[:MOST_OPTIONS])

    @app.view(INVESTIGATE_MODAL)
    @careful
    async def chosen(args: AsyncArgs) -> None:
        await args.ack()
        await admit(args.client, args.body["user"]["id"])
        kept = metadata(args)
        await _begin(args, bot, _wish(args.body["view"]["state"]["values"]), Origin(kept["channel"], kept.get("ts")))


def _register_rca(app: AsyncApp, bot: Bot) -> None:
    @app.command(bot.slash.rca)
    @careful
    async def rca(args: AsyncArgs) -> None:
        about, user = args.body.get("text", "").strip(), args.body["user_id"]
        await args.ack()
        await admit(args.client, user)
        if about:
            await tell(args, await in_private(args.client, bot, await find(args.client, bot, user, about), user))
            return
        recent = await readable(args.client, bot, user, await bot.store.recent(SEARCHED))
        view = rca_modal(recent, {"channel": args.body["channel_id"]})
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.options(INCIDENT)
    async def incidents(args: AsyncArgs) -> None:
        words, user = args.body.get("value", "").strip(), args.body["user"]["id"]
        listed = await (bot.store.find(words, SEARCHED) if words else bot.store.recent(SEARCHED))
        found = await readable(args.client, bot, user, listed)
        await args.ack(options=[option(incident_line(each), each.id) for each in found])

    @app.view(RCA_MODAL)
    @careful
    async def shown(args: AsyncArgs) -> None:
        await args.ack()
        picked = args.body["view"]["state"]["values"][INCIDENT][INCIDENT]["selected_option"]["value"]
        user = args.body["user"]["id"]
        await tell(args, await in_private(args.client, bot, await find(args.client, bot, user, picked), user))


def _register_responder(app: AsyncApp, bot: Bot) -> None:
    @app.command(bot.slash.responder)
    @careful
    async def responder(args: AsyncArgs) -> None:
        word, _, about = args.body.get("text", "").strip().partition(" ")
        await args.ack()
        await admit(args.client, args.body["user_id"])
        if word.lower() == "drill" and about:
            await _begin(args, bot, Wish(f"scenario:{about.strip()}", drill=True), Origin(args.body["channel_id"]))
        elif word.lower() in {"", "status"}:
            await tell(args, await overall(bot))
        elif word.lower() == "pause":
            await tell(args, await pause(args, bot, about))
        elif word.lower() == "resume":
            await tell(args, await resume(args, bot))
        else:
            await tell(args, bot.slash.put_into(USAGE))


async def _begin(args: AsyncArgs, bot: Bot, wish: Wish, origin: Origin) -> None:
    incident = await begin(args.client, bot, wish, origin)
    await tell(args, await _begun(bot, incident, origin))


async def _begun(bot: Bot, incident: Incident, origin: Origin) -> str:
    thread = await bot.memory.thread(incident.id)
    where = "" if thread is None or thread.channel == origin.channel else f" in <#{thread.channel}>"
    return f"{drill(incident)}Investigating {escaped(clean(incident.target))}: {incident.id}{where}."


def _wish(values: dict[str, dict[str, dict[str, object]]]) -> Wish:
    target, severity, since = values[TARGET][TARGET], values[SEVERITY][SEVERITY], values[SINCE][SINCE]
    chosen, moment = severity.get("selected_option"), since.get("selected_date_time")
    return Wish(
        str(_value(target.get("selected_option"))),
        Severity(_value(chosen)) if chosen else None,
        datetime.fromtimestamp(moment, UTC) if isinstance(moment, int) else None,
    )


def _value(chosen: object) -> str:
    return str(chosen["value"]) if isinstance(chosen, dict) else ""
