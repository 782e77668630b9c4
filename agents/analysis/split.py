"""Where an investigation's telemetry begins, when the alert fired, and up to when anything may be used."""

from datetime import datetime
from typing import NamedTuple


class Split(NamedTuple):
    """All aware UTC: ``start <= fired_at <= as_of``."""

    start: datetime
    fired_at: datetime
    as_of: datetime
