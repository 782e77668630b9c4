"""Reads what a pressed button of ours is about."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.admission import admit
from bot.mistakes import Mistake
from bot.thread.presses import Pressed, pressed

NOT_MINE = "This button is not one of mine."


def press_of(args: AsyncArgs) -> Pressed:
    """Return what the button carries; raises `Mistake` for a button of somebody else."""
    try:
        return pressed(str((args.action or {}).get("value")))
    except ValueError as wrong:
        raise Mistake(NOT_MINE) from wrong


async def pressed_by(args: AsyncArgs) -> tuple[Pressed, str]:
    """Acknowledge a press, and return what it is about and who it was; raises `Mistake` for a guest."""
    await args.ack()
    user = str(args.body["user"]["id"])
    await admit(args.client, user)
    return press_of(args), user
