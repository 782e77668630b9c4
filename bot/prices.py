"""What a model's tokens cost, as people write it: `MODEL=INPUT/OUTPUT` or `MODEL=INPUT/OUTPUT/CACHED`."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from bot.sources import comma_separated
from incident.quota import Price

GROQ_PRICES: Mapping[str, Price] = {
    "openai/gpt-oss-120b": Price(prompt=0.15, completion=0.60, cached=0.075),
    "openai/gpt-oss-20b": Price(prompt=0.075, completion=0.30, cached=0.0375),
}
"""Groq's list, November 2026."""
AMOUNT = r"\d{1,6}(?:\.\d{1,6})?"
WRITTEN = re.compile(rf"(?P<model>[^=\s]+)=(?P<prompt>{AMOUNT})/(?P<completion>{AMOUNT})(?:/(?P<cached>{AMOUNT}))?")


def read_prices(text: object) -> object:
    """Read prices, separated by commas; anything but text is left alone."""
    return dict(map(_price, comma_separated(text))) if isinstance(text, str) else text  # type: ignore[call-overload]


def _price(written: str) -> tuple[str, Price]:
    found = WRITTEN.fullmatch(written)
    if found is None:
        message = "write dollars a million tokens as MODEL=INPUT/OUTPUT, like openai/gpt-oss-120b=0.15/0.60"
        raise ValueError(message)
    prompt, completion = float(found["prompt"]), float(found["completion"])
    return found["model"], Price(prompt, completion, float(found["cached"]) if found["cached"] else prompt)


Prices = Annotated[Mapping[str, Price], NoDecode, BeforeValidator(read_prices)]
