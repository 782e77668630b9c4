"""Times, durations and quantities as people read them."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

UNITS = (
    ("_percent", " %"), ("_pct", " %"), ("_ms", " ms"), ("_milliseconds", " ms"), ("_seconds", " s"),
    ("_mb", " MB"), ("_mib", " MiB"), ("_gb", " GB"), ("_bytes", " B"), ("_per_second", "/s"), ("_rps", "/s"),
    ("(%)", " %"), ("(ms)", " ms"), ("(s)", " s"), ("(mb)", " MB"), ("(mi)", " MiB"), ("(gi)", " GiB"),
)  # fmt: skip
"""How names of metrics end, and the unit that this means."""
PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"))
MINUTE, HOUR, DAY = 60, 3600, 86_400


def clock(moment: datetime | None) -> str:
    """Return ``24 Nov 04:19:38``, in UTC, its blanks unbreakable."""
    return f"{moment.astimezone(UTC):%-d\N{NO-BREAK SPACE}%b\N{NO-BREAK SPACE}%H:%M:%S}" if moment else "not known"


def stretch(start: datetime, end: datetime) -> str:
    """Return ``24 Nov 04:19 to 05:19``, in UTC; the second date only where it is another."""
    there, then = start.astimezone(UTC), end.astimezone(UTC)
    return (
        f"{there:%-d %b %H:%M} to {then:%H:%M}"
        if there.date() == then.date()
        else f"{there:%-d %b %H:%M} to {then:%-d %b %H:%M}"
    )


def full(moment: datetime | None) -> str:
    """Return ``2026-11-24 04:19:38 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "not known"


def duration(length: timedelta) -> str:
    """Return ``under a second``, ``45 s``, ``12 min``, ``3 h 5 min`` or ``2 d 4 h``."""
    seconds = max(round(length.total_seconds()), 0)
    if seconds < 1:
        return "under a second"
    if seconds < 2 * MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"
    return f"{seconds // DAY} d {seconds % DAY // HOUR} h"


def quantity(value: float | None, metric: str | None = None) -> str:
    """Return the value with the unit that its metric's name promises."""
    if value is None or not math.isfinite(value):
        return "not known"
    name = (metric or "").lower()
    if name.endswith(("_ratio", "_rate_ratio")):
        return f"{_short(value * 100)} %"
    unit = next((shown for ending, shown in UNITS if name.endswith(ending)), "")
    return f"{_short(value)}{unit}"


def _short(value: float) -> str:
    """Return three to four significant digits with thousands separators, no exponent below a million."""
    size = abs(value)
    for bound, prefix in PREFIXES:
        if size >= bound:
            return f"{value / bound:,.3g}{prefix}"
    if size >= 100:  # noqa: PLR2004 - from here on, decimals say nothing
        return f"{value:,.0f}"
    return f"{value:.3g}" if size >= 0.001 or size == 0 else f"{value:.1e}"  # noqa: PLR2004 - smaller needs an exponent


def share(confidence: float) -> str:
    """Return ``91 %``."""
    return f"{confidence:.0%}".replace("%", " %")


BARS = "▁▂▃▄▅▆▇█"
"""Eight heights of a reading, for a text."""


def sparkline(values: Sequence[float], length: int = 24, among: Sequence[float] = ()) -> str:
    """Return the readings as at most ``length`` bars, each the highest of its stretch, as high as ``among`` others."""
    step = max(-(-len(values) // length), 1)
    tops = [max(values[i : i + step]) for i in range(0, len(values), step)]
    low, high = min((*values, *among)), max((*values, *among))
    scale = (len(BARS) - 1) / ((high - low) or 1.0)
    return "".join(BARS[min(round((top - low) * scale), len(BARS) - 1)] for top in tops)


def ranges(ids: Sequence[str]) -> str:
    """Return evidence ids in short: ``E1, E3 to E7``."""
    numbers = sorted({int(i[1:]) for i in ids})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"E{r[0]}" if len(r) == 1 else f"E{r[0]} to E{r[-1]}" for r in runs)
