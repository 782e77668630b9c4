"""The settings on the Home: what holds, who changed it, and for admins the way to change it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bot.thread.compose import bounded, header
from bot.thread.message import Block
from bot.thread.modals import View, bare_modal, field
from bot.thread.presses import CHANGE_SETTINGS, RESET_SETTING, SETTINGS_MODAL, confirm, option, row
from bot.thread.rich import Inline, joined, line, mention, person, rich, say, section, when
from bot.thread.text import fit, label

SETTINGS = 40
"""Rows shown."""
GROUPS = 100
"""Options of a menu that Slack takes."""
MOST_PEOPLE = 20
LISTED = 6
"""Names of one setting that are shown."""
WORDS = {
    "off": "off: no new investigations",
    "report": "report: says what it found, changes nothing",
    "ask": "ask: rolls back after an approver's yes",
    "auto": "auto: rolls back without a person where it is sure enough",
}
PEOPLE, OTHERS = "approvers", "approver_groups"


class Setting(NamedTuple):
    """A setting in force and where it comes from; never a secret. ``by`` changed it here, and ``name`` is its own.

    ``raised`` says where more holds than was set, and why.
    """

    variable: str
    value: str | Sequence[str]
    source: str
    name: str = ""
    by: str | None = None
    at: datetime | None = None
    raised: str = ""


class Offer(NamedTuple):
    """What the modal shows: each value as it holds now, and how far it may be changed.

    None, or nothing to choose from, leaves a field out. ``groups`` are ids and handles.
    """

    mode: str
    modes: Sequence[str]
    confidence: Mapping[str, tuple[float, float]]
    approvers: Sequence[str] = ()
    groups: Sequence[tuple[str, str]] = ()
    most_approvers: str = ""
    alert_channels: Sequence[str] | None = None
    incident_channel: str | None = None


def settings(shown: Sequence[Setting], *, admin: bool) -> Iterator[Block]:
    """Yield the settings in force, and the buttons to change them."""
    if not shown:
        return
    yield header("Settings in force")
    yield from bounded([_line(one) for one in shown], SETTINGS)
    if admin:
        yield from (_reset(one) for one in shown if one.by is not None)
        yield row({"type": "button", "action_id": CHANGE_SETTINGS, "text": label("Change settings")})
    else:
        yield rich(section(say("People of SFA_ADMINS may change some of them here.", italic=True)))


def _line(one: Setting) -> list[Inline]:
    told = [line(one.variable, 60, code=True), say(" "), *_value(one.value), say(" ")]
    raised = [line(f" {one.raised}", 200)] if one.raised else []
    if one.by is None or one.at is None:
        return [*told, line(f"({one.source})", 60), *raised]
    source = say(f"; {fit(one.source, 100)})")
    return [*told, say("(changed here by "), person(one.by), say(", "), when(one.at), source, *raised]


def _value(value: str | Sequence[str]) -> Iterator[Inline]:
    """Yield it; people, groups and channels by their names, as Slack writes those."""
    if isinstance(value, str):
        yield line(value, 150)
        return
    yield from () if value else (say("none"),)
    yield from joined(mention(fit(name, 30)) for name in value[:LISTED])
    if len(value) > LISTED:
        yield say(f" and {len(value) - LISTED} more")


def _reset(one: Setting) -> Block:
    sure = confirm(f"Reset {one.variable}?", f"It is {one.source} again, at once.", "Reset", "Leave it")
    again = {"type": "button", "action_id": RESET_SETTING, "text": label("Reset"), "value": one.name, "confirm": sure}
    return {"type": "section", "text": label(fit(f"{one.variable} was changed here", 150)), "accessory": again}


def settings_modal(offer: Offer, seen: str) -> View:
    """Ask what is to hold; ``seen`` tells whether somebody else has changed something meanwhile."""
    blocks = [*_acting(offer), *_approving(offer), *_places(offer)]
    return bare_modal(SETTINGS_MODAL, "Settings", "Change", {"seen": seen}) | {"blocks": blocks}


def _acting(offer: Offer) -> Iterator[Block]:
    modes = {mode: option(WORDS[mode], mode) for mode in offer.modes}
    menu = {"type": "static_select", "options": list(modes.values()), "initial_option": modes[offer.mode]}
    yield field(
        "mode", "Mode", menu, "The most that may happen without a person. More than the environment's isn't listed."
    )
    titles = {
        "confidence_auto": "Acts without asking at a confidence of at least",
        "confidence_ask": "Asks at a confidence of at least",
    }
    for name, title in titles.items():
        now, least = offer.confidence[name]
        entry = {"type": "number_input", "is_decimal_allowed": True, "initial_value": str(now)}
        yield field(name, title, entry, f"From {least}, which is the environment's, to 1.")


def _approving(offer: Offer) -> Iterator[Block]:
    users = [name for name in offer.approvers if name[:1] in {"U", "W"}]
    hint = f"Among {offer.most_approvers}, as in the environment." if offer.most_approvers else ""
    people = {"type": "multi_users_select", "max_selected_items": MOST_PEOPLE, **_initial("initial_users", users)}
    yield field(PEOPLE, "People who may approve", people, hint, optional=True)
    groups = {id_: option(f"@{handle}", id_) for id_, handle in offer.groups[:GROUPS]}
    if groups:
        chosen = [groups[name] for name in offer.approvers if name in groups]
        menu = {"type": "multi_static_select", "options": list(groups.values()), **_initial("initial_options", chosen)}
        yield field(OTHERS, "User groups who may approve", menu, optional=True)


def _places(offer: Offer) -> Iterator[Block]:
    among = {"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True}
    if offer.alert_channels is not None:
        chosen = _initial("initial_conversations", list(offer.alert_channels))
        menu = {"type": "multi_conversations_select", "filter": among, **chosen}
        yield field("alert_channels", "Alert channels", menu, "I have to be in them.", optional=True)
    if offer.incident_channel is not None:
        only = {"initial_conversation": offer.incident_channel} if offer.incident_channel else {}
        menu = {"type": "conversations_select", "filter": among, **only}
        title = "Channel for what has none of its own"
        yield field("incident_channel", title, menu, "I have to be in it.", optional=True)


def _initial(name: str, chosen: list[Any]) -> dict[str, Any]:
    return {name: chosen} if chosen else {}
