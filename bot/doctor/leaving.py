"""What leaves this machine, and to whom."""

import os
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.config import Settings
from bot.deployers import places
from bot.doctor.chosen import harmless
from bot.github_settings import GitHubSettings
from bot.llm_settings import LLMSettings
from bot.slack_settings import SlackSettings
from bot.thinking import may_hear, wished
from incident.catalog import Catalog
from incident.status import World

TOLD = "threads: turns, evidence, charts and the report as PDF, without the secrets and personal data of telemetry"
ROLLED_BACK = "rollbacks: service, environment, versions, the incident's id and a key; no telemetry"
READ = (
    "log lines, metric statements, commit titles and diffs, alert texts, what people say in threads, "
    "without secrets and personal data"
)
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


class Leaving(NamedTuple):
    """``what`` goes to ``to``."""

    to: str
    what: str


def leaving(settings: Settings, slack: SlackSettings, github: GitHubSettings, llm: LLMSettings) -> tuple[Leaving, ...]:
    """Return everything that goes to somebody else."""
    found = [Leaving(str(urlsplit(slack.api_url).hostname), TOLD)] if slack.in_slack else []
    dispatching = bool(places(github, settings.catalog))
    if dispatching:
        found.append(Leaving(str(urlsplit(github.github_api_url).hostname), ROLLED_BACK))
    thinking = wished(llm, None) is not None and not llm.at_home
    if thinking:
        found.append(Leaving(str(urlsplit(llm.groq_base_url).hostname), _told(llm, settings.catalog)))
    if not settings.database_url.startswith("sqlite"):
        host = urlsplit(settings.database_url).hostname
        found.append(Leaving(str(host), "incidents, their evidence and reports, as the database"))
    proxy = next((os.environ[name] for name in PROXIES if os.environ.get(name)), None)
    if proxy and (slack.in_slack or dispatching or thinking):
        found.append(Leaving(harmless(proxy), "all traffic with these but the database, encrypted, as the proxy"))
    return tuple(found)


def _told(llm: LLMSettings, catalog: Catalog) -> str:
    """Return what a language model hears."""
    if llm.llm is None:
        return f"made-up incidents alone: {READ}; nothing of real systems unless SFA_LLM is on"
    silent = [name for name in catalog.services if not may_hear(llm, World.REAL, name, catalog)]
    return f"incidents, real ones too: {READ}" + (f"; never real ones of {', '.join(silent)}" if silent else "")
