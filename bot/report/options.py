"""What a reader may choose about a report."""

from datetime import UTC, tzinfo
from typing import NamedTuple

EVIDENCE_ROWS = 15
"""A reader who needs more than this opens the JSON document."""


class Options(NamedTuple):
    """``timezone`` is shown beside UTC where it differs; ``authors`` lets the names of a change's authors in."""

    timezone: tzinfo = UTC
    authors: bool = False
    evidence_rows: int = EVIDENCE_ROWS
