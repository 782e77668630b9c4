"""What is read of GitHub's answers: only what is needed, checked and bounded; the rest of them is passed over."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, StringConstraints

Short = Annotated[str, StringConstraints(max_length=1_000)]
Id = Annotated[int, Field(ge=1)]

LONGEST = 200
"""Characters that are kept of a name."""


class Repository(BaseModel):
    """One repository."""

    full_name: Short
    default_branch: Short
    topics: tuple[Short, ...] = ()
    archived: bool = False


class Workflow(BaseModel):
    """The workflow that rolls back."""

    state: Short


class Sent(BaseModel):
    """What a server that knows `return_run_details` answers to a dispatch."""

    workflow_run_id: Id


class Run(BaseModel):
    """One run of the workflow."""

    id: Id
    status: Short | None = None
    conclusion: Short | None = None
    display_title: Short = ""
    name: Short | None = None

    def carries(self, key: str) -> bool:
        """Tell whether the key stands in the run's name."""
        return key in self.display_title.split() or key in (self.name or "").split()


class Runs(BaseModel):
    """A page of runs, newest first."""

    workflow_runs: tuple[Run, ...]


class Step(BaseModel):
    """One step of a job."""

    name: Short
    conclusion: Short | None = None


class Job(BaseModel):
    """One job of a run."""

    name: Short
    conclusion: Short | None = None
    steps: tuple[Step, ...] = ()


class Jobs(BaseModel):
    """The jobs of a run."""

    jobs: tuple[Job, ...]


class Account(BaseModel):
    """Somebody as GitHub knows them: a "User", or an app as a "Bot" whose login ends in [bot]."""

    login: Short
    type: Short = ""


class Origin(BaseModel):
    """Where a run comes from. ``triggering_actor`` has started its last attempt, at ``run_started_at``."""

    event: Short
    head_branch: Short | None = None
    run_started_at: AwareDatetime | None = None
    actor: Account | None = None
    triggering_actor: Account | None = None


class RunId(BaseModel):
    """One run, and no more of it."""

    id: Id


class Artifact(BaseModel):
    """What a run has uploaded."""

    name: Short
    created_at: AwareDatetime
    workflow_run: RunId | None = None


class Artifacts(BaseModel):
    """A page of artifacts."""

    artifacts: tuple[Artifact, ...]


class Deployment(BaseModel):
    """One deployment; which service and version it is of stands in its payload (docs/rollback.md)."""

    id: Id
    ref: Short
    created_at: AwareDatetime
    payload: JsonValue = None
    creator: Account | None = None


class DeploymentStatus(BaseModel):
    """What became of a deployment."""

    state: Short
    created_at: AwareDatetime
