"""What can be pressed and submitted: the ids that Slack sends back, and what buttons carry. One home for both ends."""

import json
from typing import Any, NamedTuple

from bot.thread.message import Block
from bot.thread.text import fit, label

APPROVE, REJECT, STOP, OWN, OPEN_REPORT, MUTE = "approve", "reject", "stop", "own", "open_report", "mute"
FEEDBACK = {"feedback_right": "Right", "feedback_partly": "Partly right", "feedback_wrong": "Wrong"}
LOOK_AGAIN, CLOSE = "look_again", "close"
HOME_SEARCH, HOME_FILTER, OPEN_THREAD = "home_search", "home_filter", "open_thread"
CHANGE_SETTINGS, RESET_SETTING, SETTINGS_MODAL = "change_settings", "reset_setting", "settings_modal"
INVESTIGATE_MODAL, REJECT_MODAL, RCA_MODAL, MUTE_MODAL = "investigate_modal", "reject_modal", "rca_modal", "mute_modal"
INVESTIGATE_MESSAGE = "investigate_message"


LONGEST, LONGEST_NAME = 2_000, 200


class Pressed(NamedTuple):
    """What a button is about. ``digest`` is the plan that an answer is bound to, on Approve and Reject only."""

    incident: str
    digest: str | None = None

    def value(self) -> str:
        """Return what the button carries; at most 2,000 characters, since ids have at most 200."""
        return json.dumps({"incident": self.incident} | ({"digest": self.digest} if self.digest else {}))


def pressed(value: str) -> Pressed:
    """Read a button's value back; raises ValueError for anything else than what a button of ours carries.

    Values can be forged: what is too long for Slack's own limit isn't even parsed.
    """
    match json.loads(value) if len(value) <= LONGEST else None:
        case {"incident": str(incident), "digest": str(digest)} if _plain(incident) and _plain(digest):
            return Pressed(incident, digest)
        case {"incident": str(incident)} if _plain(incident):
            return Pressed(incident)
        case _:
            pass
    message = f"not a button of ours: {value[:100]}"
    raise ValueError(message)


def _plain(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def button(action: str, said: str, about: Pressed, **known: Any) -> Block:  # noqa: ANN401 - as Block Kit has them
    """Return a button; ``known`` is a style, a confirm dialog."""
    return {"type": "button", "action_id": action, "text": label(fit(said, 75)), "value": about.value(), **known}


def option(said: str, value: str) -> dict[str, Any]:
    """Return a choice of a menu."""
    return {"text": label(fit(said, 75)), "value": value}


def row(*buttons: Block) -> Block:
    """Return buttons beside each other."""
    return {"type": "actions", "elements": list(buttons)}


def confirm(title: str, text: str, yes: str, no: str, *, danger: bool = False) -> Block:
    """Return Slack's own "are you sure" dialog."""
    fields = {"title": fit(title, 100), "text": fit(text, 300), "confirm": fit(yes, 30), "deny": fit(no, 30)}
    return {**{name: label(told) for name, told in fields.items()}, "style": "danger" if danger else "primary"}
