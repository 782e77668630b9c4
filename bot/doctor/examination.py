"""The whole examination, and how it reads."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from bot.config import Settings
from bot.doctor.catalog import catalog
from bot.doctor.chosen import Chosen, chosen, unread
from bot.doctor.database import database
from bot.doctor.finding import Finding, State, note, right, wrong
from bot.doctor.github import github as ask_github
from bot.doctor.leaving import Leaving, leaving
from bot.doctor.llm import llm as ask_llm
from bot.doctor.slack import slack as ask_slack
from bot.github_settings import GitHubSettings
from bot.llm_settings import LLMSettings
from bot.slack_settings import SlackSettings
from bot.sources import Sourced
from bot.standin import real_systems
from incident.mode import Mode

STAND_IN = "no SLACK_BOT_TOKEN: serve starts the stand-in workspace, on this machine only"
MODES = {
    Mode.OFF: "no new investigations are begun",
    Mode.REPORT: "it shows what it would have done and changes nothing",
    Mode.ASK: "nothing is rolled back without an approver's yes",
    Mode.AUTO: "what is sure enough is rolled back without a person",
}
NOTHING = "nothing: nobody else is told anything"

NOTHING_ELSE = "nothing else, to nobody else"


class Examination(NamedTuple):
    """What is set, what was found, what leaves."""

    settings: tuple[Chosen, ...]
    findings: tuple[Finding, ...]
    leaving: tuple[Leaving, ...]

    @property
    def wrong(self) -> int:
        """How much doesn't work."""
        return sum(finding.state is State.WRONG for finding in self.findings)


async def examine(settings: Settings, slack: SlackSettings, github: GitHubSettings, llm: LLMSettings) -> Examination:
    """Look at everything; changes nothing anywhere."""
    asked = await ask_slack(slack) if slack.in_slack else list(_stand_in())
    models = (settings, slack, github, llm)
    found = (
        *_permitted(settings, models),
        *catalog(settings.catalog, everyone=bool(slack.approvers), two_person=slack.two_person),
        await database(settings.database_url),
        *asked,
        *await ask_github(github, settings.catalog),
        *await ask_llm(llm),
    )
    return Examination(chosen(*models), found, leaving(settings, slack, github, llm))


def _permitted(settings: Settings, models: tuple[Sourced, ...]) -> Iterator[Finding]:
    where = ", ".join(sorted(settings.environments))
    yield right("SFA_MODE", f"{settings.mode}, in {where}: {MODES[settings.mode]}. Scenarios act on themselves only")
    for name in unread(*models):
        yield note("settings", f"{name} is set, and this version reads no such setting", "look at .env.example")


def _stand_in() -> Iterator[Finding]:
    yield right("slack", STAND_IN)
    for name in real_systems():
        said = f"{name} connects a real system, beside which the stand-in isn't started"
        yield wrong("slack", said, "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or unset it")


def as_lines(found: Examination) -> Iterator[str]:
    """Yield the examination for people; what is wrong stands last."""
    yield "What is set"
    width = max(len(each.name) for each in found.settings)
    yield from (f"  {each.name:<{width}}  {each.value}  ({each.source})" for each in found.settings)
    yield "What leaves this machine"
    yield from (f"  to {each.to}: {each.what}" for each in found.leaving)
    yield f"  {NOTHING_ELSE if found.leaving else NOTHING}"
    yield "What was looked at"
    for finding in sorted(found.findings, key=lambda finding: list(State).index(finding.state)):
        yield f"  {finding.state:<6} {finding.topic}: {finding.said}"
        yield from (f"         → {finding.remedy}",) if finding.remedy else ()
    yield {0: "Nothing is wrong.", 1: "One thing is wrong."}.get(found.wrong, f"{found.wrong} things are wrong.")


def as_document(found: Examination) -> dict[str, Any]:
    """Return the examination for programs."""
    return {
        "wrong": found.wrong,
        "settings": [each._asdict() for each in found.settings],
        "findings": [each._asdict() for each in found.findings],
        "leaving": [each._asdict() for each in found.leaving],
    }
