"""HTTP mode: payloads as signed requests, shaped as Slack posts them."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.workspace.parsing import parsed
from bot.workspace.sockets import NotAcknowledged
from bot.workspace.state import Json


def signed(secret: str, body: str, at: float | None = None) -> dict[str, str]:
    """Slack's signature headers for a body: docs.slack.dev/authentication/verifying-requests-from-slack."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def encode(payload: Json) -> tuple[str, str]:
    """A payload's content type and body: events as JSON, commands as a form, the rest as a form's one `payload`."""
    if payload.get("type") in ("event_callback", "url_verification"):
        return "application/json", json.dumps(payload)
    form = payload if "command" in payload else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(form)


async def post_signed(url: str, secret: str, payload: Json, retry: Json, deadline: float) -> Json:
    """Post a payload to an app; its answer, {} for an empty one. Raises `NotAcknowledged`."""
    content_type, body = encode(payload)
    headers = {"Content-Type": content_type, **signed(secret, body)}
    if retry.get("retry_attempt"):
        headers |= {"X-Slack-Retry-Num": str(retry["retry_attempt"]), "X-Slack-Retry-Reason": retry["retry_reason"]}
    timeout = aiohttp.ClientTimeout(total=deadline)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as response,
        ):
            answer = await response.read()
            if response.status != 200:  # noqa: PLR2004 - Slack's only yes
                raise NotAcknowledged("http_error")
            return _decoded(answer, response.content_type)
    except TimeoutError:
        raise NotAcknowledged("http_timeout") from None
    except aiohttp.ClientError:
        raise NotAcknowledged("connection_failed") from None


def _decoded(answer: bytes, content_type: str) -> Json:
    text = answer.decode(errors="replace")
    if content_type == "application/json":
        try:
            said = parsed(text)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}
    return {"text": text} if text.strip() else {}
