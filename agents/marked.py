"""Marks what strangers may have written as data, between marks that no text in it can close."""

import re
from collections.abc import Iterable

MARK = re.compile(r"<(?=[\s/\\]*data\b)", re.IGNORECASE)
LOOKALIKE = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"


def marked(name: str, lines: Iterable[str]) -> str:
    """Return the lines as data, a name before them; empty where there are none."""
    text = "\n".join(lines)
    return f'<data of="{name}">\n{MARK.sub(LOOKALIKE, text)}\n</data>' if text else ""
