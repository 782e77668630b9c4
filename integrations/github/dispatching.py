"""Sends the one dispatch of a rollback."""

from pydantic import ValidationError

from incident.facts import Plan
from integrations.github.answers import Repository, Sent
from integrations.github.calls import Calls, NotSent

DETAILS = "return_run_details"


async def dispatch(calls: Calls, repository: Repository, plan: Plan, key: str) -> int | None:
    """Send it; return the run's id where the server tells. Raises `NotSent`, `MaybeSent`.

    A server too old for `return_run_details` may refuse the field, by its name and before anything began: then it is
    left out.
    """
    inputs = {
        "service": plan.service,
        "environment": plan.environment,
        "to_version": plan.to_version,
        "from_version": plan.from_version,
        "incident": key.rpartition("-")[0],
        "key": key,
    }
    path, body = f"/actions/workflows/{calls.access.workflow}/dispatches", {
        "ref": repository.default_branch, "inputs": inputs,
    }  # fmt: skip
    try:
        answer = await calls.send(path, {**body, DETAILS: True})
    except NotSent as refused:
        if DETAILS not in str(refused):
            raise
        answer = await calls.send(path, body)
    try:
        return Sent.model_validate(answer).workflow_run_id
    except ValidationError:
        return None
