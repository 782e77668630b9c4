"""Whether Slack lets the bot in, and what it lets it do."""

from collections.abc import Iterator

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.doctor.channels import channels
from bot.doctor.finding import Finding, note, right, wrong
from bot.doctor.people import people
from bot.manifest import scopes
from bot.slack.refusal import LOCKED_OUT, LOST, code, down
from bot.slack_settings import SlackSettings
from bot.trust import shown

TOPIC, SCOPES = "slack", "scopes"
PATIENCE = 10
"""Seconds for each call."""
INSTALL = "install the app (https://api.slack.com/apps → Install App) and set its Bot User OAuth Token, xoxb-…"
APP_LEVEL = "make one with connections:write (Basic Information → App-Level Tokens), xapp-…"
ADD = "add it under OAuth & Permissions (or paste `first-responder manifest`), then install the app again"
NETWORK = "look at SLACK_API_URL, the network, HTTPS_PROXY and SSL_CERT_FILE on this machine"
UNNAMED = "Slack doesn't say which scopes are granted"


async def slack(settings: SlackSettings) -> list[Finding]:
    """Ask Slack; changes nothing there. What can't be asked because of an earlier answer is left out."""
    client = AsyncWebClient(shown(settings.bot_token), base_url=settings.api_url, timeout=PATIENCE)
    try:
        who = await client.auth_test()
    except LOST as lost:
        return [wrong(TOPIC, f"{settings.api_url} can't be reached: {str(lost) or type(lost).__name__}", NETWORK)]
    except SlackApiError as refused:
        return [_refused(settings, refused)]
    found = [_introduced(who), *_scopes(who)]
    try:
        found.append(await _socket(client, settings))
        found += await channels(client, settings, str(who["user"]))
        found += await people(client, settings)
    except LOST as lost:
        found.append(wrong(TOPIC, f"{settings.api_url} was lost in the middle: {lost}", "ask again"))
    return found


def _refused(settings: SlackSettings, refused: SlackApiError) -> Finding:
    if not code(refused):
        status = getattr(refused.response, "status_code", None) or getattr(refused.response, "status", "no status")
        return wrong(TOPIC, f"{settings.api_url} answers, but not as Slack does (HTTP {status})", NETWORK)
    if down(refused) and code(refused) not in LOCKED_OUT:
        return wrong(TOPIC, f"{settings.api_url} is in trouble: {code(refused)}", "ask again later")
    return wrong(TOPIC, f"SLACK_BOT_TOKEN: Slack refuses it: {code(refused)}", INSTALL)


def _introduced(who: AsyncSlackResponse) -> Finding:
    if not who.get("bot_id"):
        return wrong(TOPIC, f"SLACK_BOT_TOKEN is the token of {who.get('user')}, who is no bot", INSTALL)
    return right(TOPIC, f"SLACK_BOT_TOKEN: let in as @{who['user']} in {who.get('team')} ({who.get('url')})")


async def _socket(client: AsyncWebClient, settings: SlackSettings) -> Finding:
    """Ask for the address of a socket, which is what the app-level token is for."""
    if settings.app_token is None:
        said = f"HTTP mode: Slack delivers to /slack/events on port {settings.port}, which can't be tried from here"
        return note(TOPIC, said, "Event Subscriptions in the app's settings shows whether Slack gets through")
    try:
        await client.apps_connections_open(app_token=shown(settings.app_token) or "")
    except SlackApiError as refused:
        return wrong(TOPIC, f"SLACK_APP_TOKEN: Slack refuses it: {code(refused) or 'no reason given'}", APP_LEVEL)
    return right(TOPIC, "SLACK_APP_TOKEN: Socket Mode is open to it")


def _scopes(who: AsyncSlackResponse) -> Iterator[Finding]:
    headers = {name.lower(): value for name, value in who.headers.items()}
    if "x-oauth-scopes" not in headers:
        yield note(SCOPES, UNNAMED)
        return
    granted = {each.strip() for each in headers["x-oauth-scopes"].split(",")}
    wanted = scopes()
    for scope in wanted:
        if scope.name not in granted:
            yield wrong(SCOPES, f"{scope.name} is not granted: {scope.why}; without it: {scope.lost}", ADD)
    more = sorted(granted - {scope.name for scope in wanted} - {""})
    if more:
        yield note(SCOPES, f"granted and not needed: {', '.join(more)}", "take them away under OAuth & Permissions")
    if granted >= {scope.name for scope in wanted}:
        yield right(SCOPES, f"all {len(wanted)} scopes of the manifest are granted")
