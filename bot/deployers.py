"""Who rolls back: GitHub for real systems, and for a made-up world that is rehearsed there; else a world itself."""

from collections.abc import Callable

from bot.app import Place
from bot.github_settings import GitHubSettings
from bot.mistakes import Mistake
from bot.trust import shown
from incident.catalog import Catalog, Entry
from incident.ports import Deployer
from integrations.github.access import WORKFLOW, Access
from integrations.github.deployer import GitHubDeployer
from integrations.github.rehearsal import Rehearsal
from integrations.github.services import EachInItsOwn
from scenarios.world import World as MadeUp

NOTHING_SAID = Entry()


def access(github: GitHubSettings, entry: Entry = NOTHING_SAID) -> Access | None:
    """Return where rollbacks are dispatched, None where that isn't set; what a service's owners say wins."""
    repository = entry.repository or github.github_rollback_repo
    if repository is None:
        return None
    return Access(
        repository=repository,
        api_url=github.github_api_url,
        reading=shown(github.github_token),
        sending=shown(github.github_dispatch_token),
        workflow=entry.workflow or WORKFLOW,
    )


def places(github: GitHubSettings, catalog: Catalog) -> tuple[Access, ...]:
    """Return every place that rollbacks can be dispatched to, each once, the one for all services first."""
    entries = (NOTHING_SAID, *catalog.services.values())
    return tuple(dict.fromkeys(there for entry in entries if (there := access(github, entry)) is not None))


def real_deployer(github: GitHubSettings, catalog: Catalog) -> Deployer | None:
    """Return who rolls real systems back, None where nobody may dispatch."""
    if github.github_dispatch_token is None:
        return None
    return EachInItsOwn(lambda service: access(github, catalog.entry(service)))


def rehearsing(github: GitHubSettings) -> Callable[[Place], Place]:
    """Return what lets a made-up place's rollback be dispatched to the sandbox first; both raise `Mistake`."""
    there = access(github)
    if there is None or there.sending is None:
        message = "--rehearse-on-github needs SFA_GITHUB_ROLLBACK_REPO (a sandbox) and SFA_GITHUB_DISPATCH_TOKEN"
        raise Mistake(message)
    deployer = GitHubDeployer(there)

    def rehearsed(place: Place) -> Place:
        if not isinstance(place.deployer, MadeUp):
            message = f"--rehearse-on-github is for scenarios, and {place.target} is none"
            raise Mistake(message)
        return place._replace(deployer=Rehearsal(place.deployer, deployer))

    return rehearsed
