"""The answer key of a recorded incident. Only grading reads it, after the investigation has ended."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from incident.diagnosis import Remediation
from incident.ports import Unreadable
from scenarios.jsons import document
from scenarios.reading import plain_file

PREFIX = 7
"""Characters of a commit that are enough, where no other commit begins with them."""


class Truth(BaseModel):
    """What really was the cause. A key that is absent isn't graded; a null one is an answer ("none did it")."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    culprit_service: str | None = None
    culprit_services: tuple[str, ...] = ()
    culprit_commit: str | None = None
    culprit_change: str | None = None
    blast_radius: tuple[str, ...] | None = None
    remediation: Remediation | None = None
    decoy_commits: tuple[str, ...] = ()

    @property
    def services(self) -> frozenset[str]:
        """Every service that counts as the culprit."""
        return frozenset((*self.culprit_services, *((self.culprit_service,) if self.culprit_service else ())))

    @property
    def tells_service(self) -> bool:
        """True where the key says which service it was; a null one says that it was none."""
        return bool(self.model_fields_set & {"culprit_service", "culprit_services"})

    @property
    def tells_change(self) -> bool:
        """True where the key says which change it was, or that it was none."""
        return bool(self.model_fields_set & {"culprit_commit", "culprit_change"})

    @property
    def no_change(self) -> bool:
        """True where the key says that no change did it."""
        return self.tells_change and self.culprit_commit is None and self.culprit_change is None


def read_truth(folder: Path) -> Truth | None:
    """Return the answer key, None where there is none; raises `Unreadable` where it is broken."""
    path = folder / "truth.json"
    if not plain_file(path, folder.resolve().parent):
        return None
    try:
        return Truth.model_validate(document(path))
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{path}: {'.'.join(map(str, first['loc']))} is wrong ({first['msg'].lower()})"
        raise Unreadable(message) from error


def same_commit(named: str, meant: str, others: Sequence[str]) -> bool:
    """Tell whether two ways of writing a commit mean the same one: equal, or one begins with the other.

    A prefix has at least 7 characters and fits none of the ``others`` but the one that is meant.
    """
    named, meant = named.lower(), meant.lower()
    short, long = sorted((named, meant), key=len)
    if named == meant:
        return True
    fits = {sha.lower() for sha in others if sha.lower().startswith(short)}
    return (
        len(short) >= PREFIX
        and long.startswith(short)
        and all(sha.startswith(long) or long.startswith(sha) for sha in fits)
    )
