"""Who may call the API for what: `SFA_API_TOKENS`, each `name:scope:token`. Only a token's hash is kept."""

import hashlib
import hmac
import re
from enum import StrEnum
from typing import NamedTuple

NAME = re.compile(r"[\w.-]{1,60}")
SHORTEST = 20
FORM = "write name:scope:token with a scope of read, alert, changes, admin"


class Scope(StrEnum):
    """What a token is for. ``admin`` may do everything."""

    READ = "read"
    ALERT = "alert"
    CHANGES = "changes"
    ADMIN = "admin"


class ApiToken(NamedTuple):
    """A caller's name, what it may do, and its token's SHA-256."""

    name: str
    scope: Scope
    digest: str

    def __str__(self) -> str:
        """Return it without what lets one in."""
        return f"{self.name}:{self.scope}:***"

    def opened_by(self, token: str) -> bool:
        """Tell whether this is its token, in the same time whatever it is."""
        return hmac.compare_digest(self.digest, _digest(token))


def read_tokens(text: object) -> object:
    """Read `name:scope:token, …`; raises ValueError that doesn't repeat a token."""
    if not isinstance(text, str):
        return text
    return tuple(_token(part.strip()) for part in text.split(",") if part.strip())


def _token(written: str) -> ApiToken:
    name, _, rest = written.partition(":")
    scope, _, token = rest.partition(":")
    if not NAME.fullmatch(name) or scope not in set(Scope) or not token.isascii():
        raise ValueError(FORM)
    if len(token) < SHORTEST:
        message = f"the token of {name} is too short: take at least {SHORTEST} random characters"
        raise ValueError(message)
    return ApiToken(name, Scope(scope), _digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
