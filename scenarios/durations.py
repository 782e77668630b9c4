"""Durations as people write them: ``15m``, ``-1h30m``, ``250ms``; as seconds in the model."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
WHOLE = re.compile(rf"-?(?:{PART.pattern})+")
MONTH = 31 * 86400.0
LONGEST = 40


def read_duration(text: object) -> object:
    """Return seconds for a written duration; numbers pass as seconds, whatever else is left for pydantic to refuse."""
    if isinstance(text, bool):
        message = "that is no duration; write 15m, -90s, 1h30m or 250ms"
        raise ValueError(message)  # noqa: TRY004 - pydantic tells people of a ValueError only
    if not isinstance(text, str):
        return text
    written = text.replace(" ", "")
    if len(written) > LONGEST or not WHOLE.fullmatch(written):
        message = f"{text[:LONGEST]!r} is no duration; write 15m, -90s, 1h30m or 250ms"
        raise ValueError(message)
    length = sum(float(number) * UNITS[unit] for number, unit in PART.findall(written))
    if length > MONTH:
        message = f"{text!r} is more than the 31 days that a scenario reaches"
        raise ValueError(message)
    return -length if written.startswith("-") else length


Offset = Annotated[float, BeforeValidator(read_duration), Field(ge=-MONTH, le=MONTH, allow_inf_nan=False)]
"""Seconds before (negative) or after the alert."""
Duration = Annotated[float, BeforeValidator(read_duration), Field(ge=0, le=MONTH, allow_inf_nan=False)]
"""Seconds, not negative."""
