"""Who rolls back: GitHub for real systems, and for a made-up world that is rehearsed there; else a world itself."""

from collections.abc import Callable

from bot.app import Place
from bot.github_settings import GitHubSettings
from bot.mistakes import Mistake
from bot.trust import shown
from incident.ports import Deployer
from integrations.github.access import Access
from integrations.github.deployer import GitHubDeployer
from integrations.github.rehearsal import Rehearsal
from scenarios.world import World as MadeUp


def access(github: GitHubSettings) -> Access | None:
    """Return where rollbacks are dispatched, None where that isn't set."""
    if github.github_rollback_repo is None:
        return None
    return Access(
        repository=github.github_rollback_repo,
        api_url=github.github_api_url,
        reading=shown(github.github_token),
        sending=shown(github.github_dispatch_token),
    )


def real_deployer(github: GitHubSettings) -> Deployer | None:
    """Return who rolls real systems back, None where nobody may dispatch."""
    there = access(github)
    return GitHubDeployer(there) if there is not None and there.sending is not None else None


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
