"""What leaves this machine, and to whom."""

import os
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.config import Settings
from bot.deployers import places
from bot.doctor.chosen import harmless
from bot.github_settings import GitHubSettings
from bot.slack_settings import SlackSettings

TOLD = "threads: turns, evidence, charts and the report as PDF, without the secrets and personal data of telemetry"
ROLLED_BACK = "rollbacks: service, environment, versions, the incident's id and a key; no telemetry"
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


class Leaving(NamedTuple):
    """``what`` goes to ``to``."""

    to: str
    what: str


def leaving(settings: Settings, slack: SlackSettings, github: GitHubSettings) -> tuple[Leaving, ...]:
    """Return everything that goes to somebody else; no language model is asked by this version."""
    found = [Leaving(str(urlsplit(slack.api_url).hostname), TOLD)] if slack.in_slack else []
    dispatching = bool(places(github, settings.catalog))
    if dispatching:
        found.append(Leaving(str(urlsplit(github.github_api_url).hostname), ROLLED_BACK))
    if not settings.database_url.startswith("sqlite"):
        host = urlsplit(settings.database_url).hostname
        found.append(Leaving(str(host), "incidents, their evidence and reports, as the database"))
    proxy = next((os.environ[name] for name in PROXIES if os.environ.get(name)), None)
    if proxy and (slack.in_slack or dispatching):
        found.append(Leaving(harmless(proxy), "all traffic with Slack and GitHub, encrypted, as the proxy"))
    return tuple(found)
