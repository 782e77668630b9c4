"""What an answer of Slack's that isn't yes means for the call."""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

LOST = (aiohttp.ClientError, OSError, SlackRequestError)
"""There was no answer: the call may have been made or not. `TimeoutError` is an `OSError`."""
UNREACHABLE = (SlackApiError, *LOST)
"""Nobody there said yes, for whatever reason."""
PASSING = {
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "team_unavailable",
}
"""Slack's own trouble, said politely."""
LOCKED_OUT = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
"""Nothing can be said until somebody mends the token."""
NEVER_LEFT = (aiohttp.ClientConnectorError, SlackRequestError)
"""Of these the call certainly wasn't made: nobody was reached, or a file's bytes weren't taken."""
DONE = {"already_reacted", "no_reaction"}
TOO_RICH = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
LOWEST_SERVER_ERROR = 500


def code(refused: SlackApiError) -> str:
    """Return Slack's error, empty where the answer wasn't Slack's."""
    answer = refused.response
    known = isinstance(answer, AsyncSlackResponse) and isinstance(answer.data, dict)
    return str(answer.get("error") or "") if known else ""


def retry_after(refused: SlackApiError) -> float | None:
    """Return the seconds that Slack wants to be left alone; None: it is no question of rate."""
    if _status(refused.response) != 429 and code(refused) not in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - HTTP's
        return None
    try:
        return max(0.0, float(getattr(refused.response, "headers", {}).get("Retry-After", 1)))
    except ValueError:
        return 1.0


def down(refused: SlackApiError) -> bool:
    """Tell whether nobody gets through at the moment: it isn't the call's fault."""
    return _status(refused.response) >= LOWEST_SERVER_ERROR or not code(refused) or code(refused) in LOCKED_OUT


def unheard_of(refused: SlackApiError) -> bool:
    """Tell whether nobody there knows the method at all."""
    return code(refused) == "unknown_method" or (not code(refused) and _status(refused.response) in {404, 405, 501})


def doubtful(refused: SlackApiError) -> bool:
    """Tell whether the call may have been made all the same."""
    return code(refused) in PASSING or (down(refused) and code(refused) not in LOCKED_OUT)


def _status(answer: Any) -> int:  # noqa: ANN401 - the SDK puts its own or aiohttp's response there
    return int(getattr(answer, "status_code", getattr(answer, "status", 0)))
