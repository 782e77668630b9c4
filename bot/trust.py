"""Where secrets may go: to https addresses, or this machine, and nowhere that a file in this folder sends them."""

import os
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from bot.sources import FROM_FILE, BadSetting

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Secret = SecretStr | None


def secure(address: str) -> str:
    """Refuse an address to which secrets would go in the clear."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        message = "write an https address (http on this machine only)"
        raise ValueError(message)
    return address.rstrip("/") + "/"


Address = Annotated[str, AfterValidator(secure)]


def one_place(address: str, secrets: Iterable[str]) -> None:
    """Refuse to send secrets of the environment to the address of a setting that only `.env` names.

    For a setting whose address isn't the default; raises `BadSetting`.
    """
    from_environment = any(os.environ.get(name) or os.environ.get(name + FROM_FILE) for name in secrets)
    if address not in os.environ and from_environment:
        message = f"{address} comes from .env and the tokens from the environment: set both in one place"
        raise BadSetting(message)


def shown(secret: Secret) -> str | None:
    """Return what is secret, to be sent."""
    return None if secret is None else secret.get_secret_value()
