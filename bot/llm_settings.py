"""The settings that bear on language models, read once from the environment, files it names, and `.env`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from bot.mistakes import Mistake
from bot.prices import GROQ_PRICES, Prices
from bot.sources import BadSetting, Sourced, comma_separated, read
from bot.trust import LOOPBACK, Address, Secret, one_place
from incident.quota import Caps, Price

GROQ = "https://api.groq.com/"
SECRETS = ("SFA_GROQ_API_KEY", "GROQ_API_KEY")
MODEL = re.compile(r"[A-Za-z0-9][\w.:/-]{0,199}")


def model(name: str) -> str:
    """Refuse what no server calls a model."""
    if not MODEL.fullmatch(name):
        message = "write a model's name, like openai/gpt-oss-120b"
        raise ValueError(message)
    return name


def key(text: object) -> object:
    """Read an empty line of `.env` as no key."""
    return text.strip() or None if isinstance(text, str) else text


def lower(text: object) -> object:
    """Read `ON` as `on`."""
    return text.lower() if isinstance(text, str) else text


Model = Annotated[str, AfterValidator(model)]


class LLMSettings(Sourced):
    """Names are those of interface.md. ``llm`` is None where nobody has said: on in made-up worlds, off elsewhere.

    ``token_budget`` is one investigation's; the caps are of all of them in 24 hours.
    """

    groq_api_key: Annotated[Secret, BeforeValidator(key)] = Field(
        None, validation_alias=AliasChoices(*SECRETS, "groq_api_key")
    )
    groq_model: Model = "openai/gpt-oss-120b"
    groq_fallback_models: Annotated[tuple[Model, ...], NoDecode, BeforeValidator(comma_separated)] = (
        "openai/gpt-oss-20b",
    )
    groq_base_url: Address = GROQ
    llm: Annotated[Literal["on", "off"] | None, BeforeValidator(lower)] = None
    token_budget: Annotated[int, Field(ge=0, le=1_000_000)] = 8000
    llm_tokens_a_day: Annotated[int, Field(ge=0)] | None = None
    llm_dollars_a_day: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    llm_price: Prices = Field(default_factory=dict)

    @model_validator(mode="after")
    def _priced(self) -> Self:
        unknown = [name for name in self.models if name not in self.prices]
        if self.llm_dollars_a_day is not None and unknown:
            message = (
                f"SFA_LLM_DOLLARS_A_DAY needs to know what {' and '.join(unknown)} costs: "
                f"set SFA_LLM_PRICE={unknown[0]}=INPUT/OUTPUT, in dollars a million tokens"
            )
            raise ValueError(message)
        return self

    @property
    def models(self) -> tuple[str, ...]:
        """The models in order of preference."""
        return tuple(dict.fromkeys((self.groq_model, *self.groq_fallback_models)))

    @property
    def at_groq(self) -> bool:
        """True where it is Groq that is asked, however its address is written."""
        return urlsplit(self.groq_base_url).hostname == urlsplit(GROQ).hostname

    @property
    def at_home(self) -> bool:
        """True where the server is on this machine: what it is told doesn't leave it."""
        return urlsplit(self.groq_base_url).hostname in LOOPBACK

    @property
    def prices(self) -> Mapping[str, Price]:
        """What is known to cost what; Groq's prices say nothing of another server."""
        return {**(GROQ_PRICES if self.at_groq else {}), **self.llm_price}

    @property
    def caps(self) -> Caps:
        """What all investigations together may take in 24 hours."""
        return Caps(tokens_a_day=self.llm_tokens_a_day, dollars_a_day=self.llm_dollars_a_day)


def llm_settings() -> LLMSettings:
    """Return the settings; raises `Mistake` for one that can't be used."""
    try:
        settings = read(LLMSettings)
        if not settings.at_groq:
            one_place("SFA_GROQ_BASE_URL", SECRETS)
    except BadSetting as wrong:
        raise Mistake(str(wrong)) from wrong
    return settings
