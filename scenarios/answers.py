"""Answer keys of made-up incidents. Only grading and tests read them, and only from the file: no world holds one."""

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from incident.diagnosis import Category, Remediation
from incident.values import Name, Text, Value
from scenarios.documents import BadScenario, read_document
from scenarios.files import ANSWER, find


class AnswerKey(Value):
    """What a right investigation says. Several ``culprit_services`` or ``categories``: any of them is right.

    ``culprit_change`` null: no change did it. ``rival_change`` has to be named beside it.
    """

    culprit_services: tuple[Name, ...] = ()
    categories: tuple[Category, ...]
    culprit_change: Name | None
    rival_change: Name | None = None
    action: Literal["rollback", "ask", "report"]
    ends_as: Literal["resolved", "awaiting_approval", "reported"]
    remediation: tuple[Remediation, ...] = ()
    blast_radius: tuple[Name, ...] = ()
    notes: Text = ""


def answer_key(target: str | Path) -> AnswerKey:
    """Return the key of a scenario; raises what `load_scenario` raises, and `BadScenario` where the file has none."""
    document = read_document(find(target))
    if ANSWER not in document.content:
        message = f"{document.path}: has no `{ANSWER}`, so nothing can be graded"
        raise BadScenario(message)
    try:
        return AnswerKey.model_validate(document.content[ANSWER])
    except ValidationError as error:
        raise document.within(ANSWER).complaint(error, AnswerKey) from error
