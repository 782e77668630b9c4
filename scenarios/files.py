"""Finds made-up incidents, in the catalog or on disk, and reads them without their answer keys."""

import difflib
import re
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from scenarios.documents import BadScenario, Document, read_document
from scenarios.schema import Scenario
from scenarios.system import System

CATALOG = Path(__file__).parent / "catalog"
ANSWER = "answer"
"""The key of a scenario file that nothing but grading reads."""
ALIASES = "aliases.yml"
PLAIN = re.compile(r"[\w-]{1,80}")


class UnknownScenario(Exception):
    """There is no made-up incident of this name; the message lists the nearest."""


class Listed(NamedTuple):
    """What may be told of a scenario beforehand: never its cause."""

    name: str
    pages: str


def scenarios() -> list[Listed]:
    """Return the catalog, by name."""
    return [_listed(read_document(path)) for path in sorted(CATALOG.glob("*.yml")) if path.name != ALIASES]


def load_scenario(target: str | Path) -> Scenario:
    """Return a scenario of the catalog (older names work), or of a file; raises `UnknownScenario` or `BadScenario`."""
    document = read_document(find(target))
    content = {key: value for key, value in document.content.items() if key != ANSWER}
    content.setdefault("name", document.path.stem)
    if isinstance(content.get("system"), str):
        content["system"] = _system(document, str(content["system"]))
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        raise document.complaint(error, Scenario) from error


def find(target: str | Path) -> Path:
    """Return where a scenario is written."""
    if isinstance(target, Path) or target.endswith((".yml", ".yaml")):
        return Path(target)
    aliases = read_document(CATALOG / ALIASES).content
    names = sorted(path.stem for path in CATALOG.glob("*.yml") if path.name != ALIASES)
    name = str(aliases.get(target, target))
    if name not in names:
        near = difflib.get_close_matches(target, [*names, *aliases], n=3, cutoff=0.5)
        message = f"no scenario is called {target[:80]!r}; " + (
            f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
        )
        raise UnknownScenario(message)
    return CATALOG / f"{name}.yml"


def _system(document: Document, name: str) -> System:
    """Read a shared system: ``systems/NAME.yml`` beside the scenario, or else the catalog's."""
    here = f"{document.path}:{document.line(['system'])}: system:"
    if not PLAIN.fullmatch(name):
        message = f"{here} name a file in systems/ without its .yml, or write the services here"
        raise BadScenario(message)
    places = [folder / "systems" / f"{name}.yml" for folder in (document.path.parent, CATALOG)]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        message = f"{here} there is no {places[0]}"
        raise BadScenario(message)
    shared = read_document(path)
    try:
        return System.model_validate(shared.content)
    except ValidationError as error:
        raise shared.complaint(error, System) from error


def _listed(document: Document) -> Listed:
    alert = document.content.get("alert")
    rule = alert if isinstance(alert, dict) else {}
    return Listed(document.path.stem, f"{rule.get('name')} on {rule.get('service')}")
