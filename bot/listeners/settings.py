"""Settings that admins change in the Home: at once, within the environment's ceilings, each attempt kept."""

import asyncio
from collections.abc import Mapping, Sequence

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.ceilings import APPROVERS, CHANGEABLE, MODE, Held
from bot.listeners.admission import admit
from bot.listeners.bot import Bot
from bot.listeners.careful import careful, metadata, tell
from bot.listeners.changing import objections
from bot.listeners.form import entered, offered
from bot.listeners.home import publish
from bot.listeners.presses import NOT_MINE
from bot.mistakes import Mistake
from bot.thread.presses import CHANGE_SETTINGS, RESET_SETTING, SETTINGS_MODAL
from bot.thread.settings import settings_modal
from incident.values import Json
from storage.overrides import Change, ChangedMeanwhile

QUICK = 2.0
"""Seconds in which Slack has to have answered our questions: it waits three for our answer to a form."""
SLOW = "Slack took too long to look this up. Nothing was changed; please try again."
MEANWHILE = "Somebody else has just changed settings: look at what holds now."
NOT_ADMIN = "People of SFA_ADMINS may change settings"


def register(app: AsyncApp, bot: Bot) -> None:
    """Listen."""

    @app.action(CHANGE_SETTINGS)
    @careful
    async def change(args: AsyncArgs) -> None:
        await args.ack()
        if not await _may(args, bot, []):
            return
        view = settings_modal(await offered(bot), _seen(await bot.in_force.now()))
        await args.client.views_open(trigger_id=args.body["trigger_id"], view=view)

    @app.action(RESET_SETTING)
    @careful
    async def reset(args: AsyncArgs) -> None:
        await args.ack()
        await _reset(args, bot)

    @app.view(SETTINGS_MODAL)
    @careful
    async def submitted(args: AsyncArgs) -> None:
        await _submitted(args, bot)


async def _reset(args: AsyncArgs, bot: Bot) -> None:
    name, held = str((args.action or {}).get("value")), await bot.in_force.now()
    if name not in CHANGEABLE:
        raise Mistake(NOT_MINE)
    changes = [Change(name, held.value(name), bot.in_force.environment.value(name), reset=True)]
    if not await _may(args, bot, changes):
        return
    if name in held.overrides and not await _changed(args, bot, changes, held):
        await tell(args, f"{MEANWHILE} Nothing was changed.")
    await _show(args, bot, changes)


async def _submitted(args: AsyncArgs, bot: Bot) -> None:
    held = await bot.in_force.now()
    changes = await _changes(bot, held, entered(args.body["view"]["state"]["values"]))
    if not await _may(args, bot, changes):
        await args.ack()
        return
    wrong = await _looked_at(args, bot, changes, held)
    if not wrong and changes and not await _changed(args, bot, changes, held):
        wrong = {MODE: MEANWHILE}
    if wrong:
        await args.ack(response_action="errors", errors=wrong)
        return
    await args.ack()
    await _show(args, bot, changes)


async def _show(args: AsyncArgs, bot: Bot, changes: Sequence[Change]) -> None:
    """Draw anew what shows settings: open questions where others may answer them now, and the Home."""
    if any(change.setting == APPROVERS for change in changes):
        await bot.runner.refresh()
    await publish(args, bot, args.body["user"]["id"])


async def _may(args: AsyncArgs, bot: Bot, changes: Sequence[Change]) -> bool:
    """Tell whether somebody is an admin; if not, say who is, and keep what they wanted."""
    user = args.body["user"]["id"]
    why = await _refusal(args, bot, user)
    if why:
        await bot.in_force.refuse(user, changes or [Change("settings", None, None)], why)
        await tell(args, f"{why} Nothing was changed.")
    return not why


async def _refusal(args: AsyncArgs, bot: Bot, user: str) -> str:
    try:
        await admit(args.client, user)
    except Mistake as guest:
        return guest.message
    named = await bot.admins.words()
    return "" if await bot.admins.include(user) else f"{NOT_ADMIN}: {named or 'nobody is named there yet'}."


async def _looked_at(args: AsyncArgs, bot: Bot, changes: Sequence[Change], held: Held) -> dict[str, str]:
    """Return what is wrong with what somebody wants, by field; it is kept as refused."""
    if metadata(args).get("seen") != _seen(held):
        return {MODE: MEANWHILE}
    try:
        async with asyncio.timeout(QUICK):
            wrong = await objections(args.client, bot, {change.setting: change.after for change in changes}, held)
    except TimeoutError:
        return {MODE: SLOW}
    for change in changes:
        if change.setting in wrong:
            await bot.in_force.refuse(args.body["user"]["id"], [change], wrong[change.setting])
    return wrong


async def _changed(args: AsyncArgs, bot: Bot, changes: Sequence[Change], held: Held) -> bool:
    """Change it; False where somebody else was quicker, and nothing is changed."""
    try:
        await bot.in_force.change(args.body["user"]["id"], changes, held.overrides)
    except ChangedMeanwhile:
        return False
    return True


async def _changes(bot: Bot, held: Held, wanted: Mapping[str, Json]) -> list[Change]:
    """Return what somebody wants otherwise than it is; what the environment says anyway is a reset."""
    found = []
    for name, after in wanted.items():
        before, most = await _as_it_is(bot, held, name)
        if after != before:
            found.append(Change(name, before, after, reset=after == most))
    return found


async def _as_it_is(bot: Bot, held: Held, name: str) -> tuple[Json, Json]:
    """Return what holds, and what the environment says: of approvers by their ids, where that has a handle."""
    if name == APPROVERS:
        return [*sorted(await bot.approvers.ids())], [*sorted(await bot.approvers.most())]
    return held.value(name), bot.in_force.environment.value(name)


def _seen(held: Held) -> str:
    """Return what tells one state of the changed settings from another."""
    return " ".join(f"{name}@{each.at:%y%m%d%H%M%S.%f}" for name, each in sorted(held.overrides.items()))
