"""The alerts that the stand-in workspace offers to fire: one a made-up incident, posted as Alertmanager posts them."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.app import SEED_LABEL, listed_scenarios
from bot.mistakes import Mistake
from bot.places import Places
from bot.workspace.server import Offer
from incident.alert import Alert

logger = logging.getLogger(__name__)


class Offers:
    """What can be fired. Each alert is the first of a world of its own, and carries that world's opaque label."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.listed = tuple(Offer(each.name, each.pages, "") for each in listed_scenarios())

    async def fire(self, name: str) -> Mapping[str, Any]:
        """Return the message of a new alert."""
        try:
            place = await self._places.named(name)
        except Mistake:
            logger.exception("an offer can't be fired")
            raise
        return posted(place.alert, place.environment)


def posted(alert: Alert, environment: str, state: str = "FIRING") -> dict[str, Any]:
    """Return an alert as Alertmanager's Slack receiver posts it, its labels listed."""
    told = {"alertname": alert.name, "service": alert.service, "severity": alert.severity.value, "env": environment}
    told |= {name: value for name, value in alert.labels.items() if name != SEED_LABEL}
    labels = "\n".join(f"• *{name}:* `{value}`" for name, value in told.items())
    title = f"[{state}:1] {alert.name} {alert.service}"
    attachment = {
        "fallback": f"{title} | {alert.summary}",
        "color": "danger" if state == "FIRING" else "good",
        "title": title,
        "text": f"{alert.summary}\n{labels}",
        "mrkdwn_in": ["text"],
    }
    return {"text": "", "attachments": [attachment]}
