"""Who made a deployment: a person whom GitHub has verified, also where a workflow that they started has recorded it."""

import asyncio
from collections.abc import Mapping, Sequence

from incident.ports import Unreadable
from integrations.github.answers import LONGEST, Account, Artifacts, Deployment, Origin, Repository
from integrations.github.calls import Calls

WORKFLOWS = "github-actions[bot]"
"""Who makes what is made with a workflow's own token."""
BY_A_PERSON = frozenset({"push", "workflow_dispatch"})
"""Runs that somebody has started, of code that stands in the branch. GitHub names a person for a schedule, too."""
MOST = 5
"""Deployments that workflows have recorded, the newest, whose runs are looked for."""


async def actors(calls: Calls, newest: Sequence[Deployment]) -> Mapping[int, str]:
    """Return by the deployments' ids who made them, where that is proved; newest first.

    Links, payloads and commits can name anybody. Only a run itself can upload an artifact to itself: the one run with
    an artifact that is called after the deployment has made it, if it ran what stands in the default branch.
    """
    by_workflows = [each for each in newest if each.creator is not None and each.creator.login == WORKFLOWS][:MOST]
    found = await _started(calls, by_workflows) if by_workflows else {}
    return found | {each.id: who for each in newest if (who := _person(each.creator))}


async def _started(calls: Calls, those: Sequence[Deployment]) -> dict[int, str]:
    try:
        branch = (await calls.read("", Repository)).default_branch
        people = await asyncio.gather(*(_starter(calls, each, branch) for each in those))
    except Unreadable:  # what ran is known all the same
        return {}
    return {each.id: who for each, who in zip(those, people, strict=True) if who}


async def _starter(calls: Calls, each: Deployment, branch: str) -> str | None:
    name = f"deployment-{each.id}"
    there = (await calls.read("/actions/artifacts", Artifacts, name=name, per_page=100)).artifacts
    made = [each for each in there if each.name == name and each.workflow_run is not None]
    runs = {each.workflow_run.id for each in made if each.workflow_run is not None}
    if len(runs) != 1:
        return None
    run = await calls.read(f"/actions/runs/{runs.pop()}", Origin)
    if run.event not in BY_A_PERSON or run.head_branch != branch:
        return None
    if run.run_started_at is None or any(each.created_at < run.run_started_at for each in made):
        return None  # by an earlier attempt, and who started that isn't told
    began, again = _person(run.actor), _person(run.triggering_actor)
    return began if began == again else None


def _person(account: Account | None) -> str | None:
    return account.login[:LONGEST] or None if account is not None and account.type == "User" else None
