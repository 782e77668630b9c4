"""How far settings may be changed in the Home: the environment's word is the most. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.config import Settings
from bot.slack_settings import SlackSettings
from incident.mode import Mode
from incident.values import Json
from storage.overrides import Overrides

MODE, AUTO, ASK = "mode", "confidence_auto", "confidence_ask"
APPROVERS, ALERT_CHANNELS, INCIDENT_CHANNEL = "approvers", "alert_channels", "incident_channel"
CHANGEABLE = (MODE, AUTO, ASK, APPROVERS, ALERT_CHANNELS, INCIDENT_CHANNEL)
MODES = tuple(Mode)
"""From the least that may happen to the most."""


class Held(NamedTuple):
    """The settings that hold at one moment, and which of them were changed in the Home."""

    settings: Settings
    slack: SlackSettings
    overrides: Overrides

    def value(self, name: str) -> Json:
        """Return a changeable setting as it is stored and compared: lists in order."""
        found = getattr(self.slack if name in SlackSettings.model_fields else self.settings, name)
        return [*sorted(found)] if isinstance(found, tuple) else found


def variable(name: str) -> str:
    """Return what a setting is called in the environment."""
    return f"SFA_{name.upper()}"


def within(environment: Held, overrides: Overrides) -> Held:
    """Return what holds with these overrides: nothing beyond the environment, which may be stricter than it was."""
    chosen = {name: override.value for name, override in overrides.items() if name in CHANGEABLE}
    return Held(
        environment.settings.model_copy(update=dict(_settings(environment.settings, chosen))),
        environment.slack.model_copy(update=dict(_slack(environment.slack, chosen))),
        {name: override for name, override in overrides.items() if name in CHANGEABLE},
    )


def _settings(most: Settings, chosen: Mapping[str, Json]) -> Iterator[tuple[str, object]]:
    if MODE in chosen:
        yield MODE, min(Mode(str(chosen[MODE])), most.mode, key=MODES.index)
    ask = max(most.confidence_ask, _number(chosen.get(ASK)))
    yield ASK, ask
    yield AUTO, max(most.confidence_auto, _number(chosen.get(AUTO)), ask)


def _slack(most: SlackSettings, chosen: Mapping[str, Json]) -> Iterator[tuple[str, object]]:
    if APPROVERS in chosen:  # whether they are among the environment's is looked up at each click: groups change
        yield APPROVERS, names(chosen[APPROVERS])
    if ALERT_CHANNELS in chosen:
        wanted = names(chosen[ALERT_CHANNELS])
        kept = tuple(name for name in wanted if not most.alert_channels or name in most.alert_channels)
        yield ALERT_CHANNELS, kept or most.alert_channels
    if INCIDENT_CHANNEL in chosen:
        yield INCIDENT_CHANNEL, most.incident_channel or chosen[INCIDENT_CHANNEL]


def beyond(environment: Held, wanted: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield what of this may not be, each with a sentence; ``wanted`` has what is to hold after it, by name.

    Whether approvers are among the environment's groups has to be looked up, which is done elsewhere.
    """
    settings, slack = environment.settings, environment.slack
    if MODE in wanted and wanted[MODE] not in MODES[: MODES.index(settings.mode) + 1]:
        yield MODE, f"SFA_MODE is {settings.mode} in the environment: no more than that can be chosen here."
    bands = [name for name in (AUTO, ASK) if name in wanted]
    wrong = [name for name in bands if not _least(settings, name) <= _number(wanted[name]) <= 1]
    for name in wrong:
        least = _least(settings, name)
        yield name, f"{variable(name)} is {least} in the environment: write a number from {least} to 1."
    if not wrong and len(bands) > 1 and _number(wanted[ASK]) > _number(wanted[AUTO]):
        yield ASK, "What is asked about can't need more confidence than what is done without asking."
    if APPROVERS in wanted and not wanted[APPROVERS]:
        yield (
            APPROVERS,
            "Name somebody, or press Reset on the Home. SFA_MODE report asks nobody.",
        )
    yield from _channels(slack, wanted)


def _channels(slack: SlackSettings, wanted: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    named = names(wanted.get(ALERT_CHANNELS))
    if ALERT_CHANNELS in wanted and not named and slack.alert_channels:
        yield ALERT_CHANNELS, "Name at least one. With SFA_MODE off no alert opens an investigation."
    elif slack.alert_channels and not set(named) <= set(slack.alert_channels):
        most = ", ".join(slack.alert_channels)
        yield ALERT_CHANNELS, f"SFA_ALERT_CHANNELS is {most} in the environment: only those can be chosen here."
    if wanted.get(INCIDENT_CHANNEL) and slack.incident_channel not in {None, wanted[INCIDENT_CHANNEL]}:
        yield INCIDENT_CHANNEL, f"SFA_INCIDENT_CHANNEL is {slack.incident_channel} in the environment, and stays."


def _least(settings: Settings, name: str) -> float:
    return settings.confidence_auto if name == AUTO else settings.confidence_ask


def names(value: Json) -> tuple[str, ...]:
    """Return a list of names as it is in settings."""
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _number(value: Json) -> float:
    """Return a number; -1 for what is none, which is below every threshold."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
