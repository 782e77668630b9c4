"""Reads what a pressed button of ours is about."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.mistakes import Mistake
from bot.thread.presses import Pressed, pressed


def press_of(args: AsyncArgs) -> Pressed:
    """Return what the button carries; raises `Mistake` for a button of somebody else."""
    try:
        return pressed(str((args.action or {}).get("value")))
    except ValueError as wrong:
        message = "This button is not one of mine."
        raise Mistake(message) from wrong
