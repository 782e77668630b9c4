"""The form in which settings are changed: what it offers, and what was entered."""

import math
from collections.abc import Mapping
from typing import Any

from bot.ceilings import ALERT_CHANNELS, APPROVERS, ASK, AUTO, INCIDENT_CHANNEL, MODE, MODES, variable
from bot.listeners.bot import Bot
from bot.thread.settings import OTHERS, PEOPLE, Offer
from incident.values import Json


async def offered(bot: Bot) -> Offer:
    """Return what may be chosen at this moment."""
    held, environment = await bot.in_force.now(), bot.in_force.environment
    confidence = {name: (getattr(held.settings, name), getattr(environment.settings, name)) for name in (AUTO, ASK)}
    slack = environment.slack
    most = await bot.approvers.most()
    return Offer(
        mode=held.settings.mode.value,
        modes=[mode.value for mode in MODES[: MODES.index(environment.settings.mode) + 1]],
        confidence=confidence,
        approvers=await bot.approvers.ids(),
        groups=[each for each in await bot.approvers.groups() if not most or each[0] in most],
        most_approvers=variable(APPROVERS) if most else "",
        alert_channels=None if len(slack.alert_channels) == 1 else held.slack.alert_channels,
        incident_channel=None if slack.incident_channel else (held.slack.incident_channel or ""),
    )


def entered(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Json]:
    """Return what was entered, by setting; what stood on no form isn't there."""
    found: dict[str, Json] = {}
    given = {name: fields[name] for name, fields in values.items() if name in fields}
    if MODE in given:
        found[MODE] = (given[MODE].get("selected_option") or {}).get("value")
    found |= {name: _number(given[name].get("value")) for name in (AUTO, ASK) if name in given}
    if PEOPLE in given:
        groups = [str(each["value"]) for each in given.get(OTHERS, {}).get("selected_options") or []]
        found[APPROVERS] = sorted([*(given[PEOPLE].get("selected_users") or []), *groups])
    if ALERT_CHANNELS in given:
        found[ALERT_CHANNELS] = sorted(given[ALERT_CHANNELS].get("selected_conversations") or [])
    if INCIDENT_CHANNEL in given:
        found[INCIDENT_CHANNEL] = given[INCIDENT_CHANNEL].get("selected_conversation")
    return found


def _number(text: object) -> Json:
    """Return a number, and as it was written what is none."""
    try:
        number = float(str(text))
    except ValueError:
        return str(text)
    return number if math.isfinite(number) else str(text)
