"""What a message says about an alert: it fired, or it healed."""

from collections.abc import Mapping

from pydantic import Field

from incident.alert import Alert, fingerprint
from incident.values import Name, Value


class Fired(Value):
    """Something pages. ``links`` lead where the sender leads: an outsider's addresses, shown as text only."""

    alert: Alert
    environment: Name
    links: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What the same problem has again when it pages again."""
        return self.alert.fingerprint(self.environment)


class Healed(Value):
    """What paged says that it is over."""

    service: Name
    name: Name
    labels: Mapping[str, str] = Field(default_factory=dict)
    environment: Name

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the page that this ends."""
        return fingerprint(self.environment, self.service, self.name, self.labels)


Seen = Fired | Healed
