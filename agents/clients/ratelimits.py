"""What the headers of an answer say of limits: Groq's are of requests a day and of tokens a minute."""

import re
from collections.abc import Mapping

from incident.quota import DAY, Heard

NUMBER = re.compile(r"[0-9]{1,12}")
SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
PART = re.compile(rf"({SECONDS.pattern})(ms|[smhd])")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}


def heard(headers: Mapping[str, str]) -> Heard:
    """Read them, whatever their case; what makes no sense counts as not said."""
    named = {name.lower(): str(value).strip() for name, value in headers.items()}

    def count(name: str) -> int | None:
        value = named.get(f"x-ratelimit-{name}", "")
        return int(value) if NUMBER.fullmatch(value) else None

    after = named.get("retry-after", "")
    return Heard(
        requests=count("limit-requests"),
        requests_left=count("remaining-requests"),
        requests_reset=duration(named.get("x-ratelimit-reset-requests", "")),
        tokens=count("limit-tokens"),
        tokens_left=count("remaining-tokens"),
        tokens_reset=duration(named.get("x-ratelimit-reset-tokens", "")),
        retry_after=min(float(after), DAY) if SECONDS.fullmatch(after) else None,
    )


def duration(text: str) -> float | None:
    """Return the seconds of `2m59.56s` or `172ms`, at most a day; None where it is none."""
    parts = PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return min(sum(float(number) * UNITS[unit] for number, unit in parts), DAY)
