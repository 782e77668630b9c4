"""Whether a rollback could be dispatched, and what runs where can be read."""

from bot.deployers import places
from bot.doctor.finding import Finding, note, right, wrong
from bot.github_settings import GitHubSettings
from incident.catalog import Catalog
from incident.ports import Unreadable
from integrations.github.access import Access, Patience
from integrations.github.answers import Deployment, Repository, Run, Runs, Workflow
from integrations.github.calls import Calls
from integrations.github.rehearsal import TOPIC as SANDBOX

TOPIC = "github"
REPO, SENDING = "SFA_GITHUB_ROLLBACK_REPO", "SFA_GITHUB_DISPATCH_TOKEN"
NOBODY = "no real system can be rolled back: no repository to dispatch to is set"
SETUP = "docs/rollback.md has the five steps"
UNSENT = "nothing can be dispatched: runs and deployments are read only"
DISPATCHES = "that the token may dispatch shows only when it does: it needs Actions: write on this repository alone"


async def github(settings: GitHubSettings, catalog: Catalog) -> list[Finding]:
    """Ask GitHub about each place; changes nothing there. What an earlier answer keeps from being asked is left out."""
    there = places(settings, catalog)
    if there:
        return [finding for place in there for finding in await _examined(place)]
    if settings.github_dispatch_token is not None:
        return [wrong(TOPIC, f"{SENDING} is set, and {NOBODY}", f"set {REPO}, or `repository` in the catalog; {SETUP}")]
    return [right(TOPIC, f"{NOBODY}; {SETUP}")]


async def _examined(there: Access) -> list[Finding]:
    async with Calls(there, Patience()) as calls:
        try:
            repository = await calls.read("", Repository)
        except Unreadable as why:
            return [wrong(TOPIC, f"{there.repository}: {why}", "look at its name, the tokens and SFA_GITHUB_API_URL")]
        found = [_standing(repository), await _workflow(calls), await _deployments(calls), await _runs(calls)]
    return [*found, _sending(there)]


def _standing(repository: Repository) -> Finding:
    if repository.archived:
        return wrong(TOPIC, f"{repository.full_name} is archived: nothing runs there", f"name another in {REPO}")
    kind = "a sandbox for rehearsals" if SANDBOX in repository.topics else "for real rollbacks, never for rehearsals"
    return right(TOPIC, f"{repository.full_name}, branch {repository.default_branch}: {kind}")


async def _workflow(calls: Calls) -> Finding:
    name = calls.access.workflow
    try:
        workflow = await calls.read(f"/actions/workflows/{name}", Workflow)
    except Unreadable as why:
        return wrong(TOPIC, f"{name}: {why}", f"put {name} on the default branch; {SETUP}")
    if workflow.state != "active":
        return wrong(TOPIC, f"{name} is {workflow.state.replace('_', ' ')}", "enable it under Actions")
    return right(TOPIC, f"{name} is there and enabled")


async def _deployments(calls: Calls) -> Finding:
    try:
        there = await calls.read("/deployments", tuple[Deployment, ...], per_page=1)
    except Unreadable as why:
        return wrong(TOPIC, f"deployments: {why}", "grant Deployments: read to SFA_GITHUB_TOKEN")
    if not there:
        said = "no deployment is recorded: without a record of what ran where nothing is rolled back"
        return note(TOPIC, said, "let your deployments be recorded there; " + SETUP)
    return right(TOPIC, "deployments are recorded and can be read")


async def _runs(calls: Calls) -> Finding:
    try:
        runs: tuple[Run, ...] = (await calls.read("/actions/runs", Runs, per_page=1)).workflow_runs
    except Unreadable as why:
        return wrong(TOPIC, f"runs: {why}", "grant Actions: read to SFA_GITHUB_TOKEN")
    return right(TOPIC, "runs can be read" if runs else "runs can be read; there is none yet")


def _sending(there: Access) -> Finding:
    if there.sending is None:
        return note(TOPIC, UNSENT, f"set {SENDING}; {SETUP}")
    return note(TOPIC, f"{SENDING} is set; {DISPATCHES}")
