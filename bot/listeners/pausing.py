"""`/responder pause` and `resume`: anybody of the team may pause acting, admins let it go on."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.answers import when, who
from bot.listeners.bot import Bot
from bot.listeners.refusals import Attempt, refuse
from bot.thread.text import clean, escaped
from incident.policy import Pause

LONGEST = 500
NO_ADMINS = "nobody may yet: set SFA_ADMINS to people and user groups"


async def pause(args: AsyncArgs, bot: Bot, reason: str) -> str:
    """Pause, and return what to say."""
    before = await bot.kill_switch.standing()
    standing = await bot.kill_switch.pause(args.body["user_id"], reason.strip()[:LONGEST])
    if before is not None:
        return f"{stands(standing)} That stays as it is."
    return (
        "Acting is paused: nothing is rolled back, whatever is pressed, until an admin says "
        f"`{bot.slash.responder} resume`. "
        "Investigations go on."
    )


async def resume(args: AsyncArgs, bot: Bot) -> str:
    """Resume for an admin, and return what to say."""
    user, standing = args.body["user_id"], await bot.kill_switch.standing()
    if not await bot.admins.include(user):
        named = await bot.admins.words()
        said = f"You may not resume: {named} may." if named else f"You may not resume; {NO_ADMINS}."
        await refuse(bot, Attempt(user, "resume"), said, bot.admins)
        return f"{said} {stands(standing) if standing else 'Acting is not paused.'}"
    resumed = await bot.kill_switch.resume(user)
    if resumed.standing is not None:
        return f"{stands(resumed.standing)} That is a setting: change it and start the bot again."
    return "Acting is resumed." if resumed.ended else "Acting is not paused."


def stands(pause: Pause) -> str:
    """Say who has paused acting, since when and why."""
    why = f" Reason: {escaped(clean(pause.reason))}" if pause.reason else ""
    return f"Acting is paused by {who(pause.by)} since {when(pause.since)}.{why}"
