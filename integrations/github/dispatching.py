"""The one dispatch of a rollback: made up first, and then sent."""

from typing import Any, NamedTuple, Self

from pydantic import ValidationError

from incident.facts import Plan
from integrations.github.access import Access
from integrations.github.answers import Repository, Sent
from integrations.github.calls import Calls, NotSent

DETAILS = "return_run_details"


class Dispatch(NamedTuple):
    """What is sent, and where to."""

    key: str
    path: str
    body: dict[str, Any]

    @classmethod
    def of(cls, plan: Plan, key: str, access: Access, repository: Repository) -> Self:
        """Make it up: the workflow on the default branch, with exactly what was decided."""
        inputs = {
            "service": plan.service,
            "environment": plan.environment,
            "to_version": plan.to_version,
            "from_version": plan.from_version,
            "incident": key.rpartition("-")[0],
            "key": key,
        }
        body = {"ref": repository.default_branch, "inputs": inputs}
        return cls(key, f"/actions/workflows/{access.workflow}/dispatches", body)


async def dispatch(calls: Calls, ready: Dispatch) -> int | None:
    """Send it; return the run's id where the server tells. Raises `NotSent`, `MaybeSent`.

    A server too old for `return_run_details` may refuse the field, by its name and before anything began: then it is
    left out.
    """
    try:
        answer = await calls.send(ready.path, {**ready.body, DETAILS: True})
    except NotSent as refused:
        if DETAILS not in str(refused):
            raise
        answer = await calls.send(ready.path, ready.body)
    try:
        return Sent.model_validate(answer).workflow_run_id
    except ValidationError:
        return None
