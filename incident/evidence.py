"""One thing that telemetry shows, with everything that is needed to see it again."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from incident.values import Instant, Json, Text, Value

EvidenceId = Annotated[str, StringConstraints(pattern=r"^E[1-9][0-9]{0,4}$")]
CITATION = re.compile(r"\bE[1-9][0-9]{0,4}\b")
"""An evidence id inside prose."""


class Source(StrEnum):
    """The signal that a piece of evidence was read from."""

    METRICS = "metrics"
    LOGS = "logs"
    SPANS = "spans"
    CHANGES = "changes"
    COMMITS = "commits"
    EVENTS = "events"
    TOPOLOGY = "topology"


class Evidence(Value):
    """A finding of one tool, redacted before it was made.

    ``statement`` is one sentence for people, its figures are those of ``values``. ``values`` is an
    observation of ``agents.analysis.observations`` as JSON: what the reasoner and the charts read.
    ``query`` makes it again. ``outsider_text`` says that somebody outside the company could have
    written the words in it, so that it can't carry a decision alone.
    """

    id: EvidenceId
    source: Source
    service: str | None = None
    query: Text
    window: tuple[Instant, Instant]
    statement: Text
    values: Mapping[str, Json] = Field(default_factory=dict)
    outsider_text: bool = False
