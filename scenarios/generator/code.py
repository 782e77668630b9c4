"""What is written in diffs and logs: mistakes (bugs.yml), harmless changes (innocents.yml), words (sayings.yml)."""

from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from incident.change import ChangeKind
from scenarios.documents import read_document
from scenarios.generator.draft import Draft, Unfit
from scenarios.generator.settings import Edited

HERE = Path(__file__).parent
BUGS: Any = read_document(HERE / "bugs.yml").content
INNOCENTS: Any = read_document(HERE / "innocents.yml").content["innocents"]
SAYINGS: Any = read_document(HERE / "sayings.yml").content
MIXED = 0.3
"""How often something harmless goes in with a mistake."""


class Bug(NamedTuple):
    """A mistake, and what the service then says. The commit may have held more than the mistake."""

    title: str
    edited: list[Edited]
    said: list[str]
    stack: str


class Innocent(NamedTuple):
    """A change that does nothing wrong."""

    kind: ChangeKind
    title: str
    edited: list[Edited]


def bug(draft: Draft, sort: str, service: str, **more: str) -> Bug:
    """Return a mistake in a service's code, in the language that it is written in."""
    entries = [entry for entry in BUGS[sort] if entry["runtime"] == draft.services[service].runtime]
    if not entries:
        raise Unfit
    entry, words = draft.dice.choice(entries), draft.words(service) | more

    def fill(text: str) -> str:
        return Template(text).safe_substitute(words)

    edited = [Edited(fill(entry["files"][0]), fill(entry["diff"]))]
    if draft.chance(MIXED):
        edited = sorted([*edited, *innocent(draft, service, shipped=True).edited])
    said = [fill(text) for text in entry["said"]]
    return Bug(fill(draft.dice.choice(entry["titles"])), edited, said, fill(entry.get("stack", "")))


def innocent(draft: Draft, service: str, *, shipped: bool = False) -> Innocent:
    """Return a harmless change of a service; ``shipped``: one that makes a new version."""
    entries = [entry for entry in INNOCENTS if not shipped or entry["kind"] in {"deploy", "config"}]
    entry, words = draft.dice.choice(entries), draft.words(service)
    edited = [
        Edited(Template(path).safe_substitute(words), Template(entry["diff"]).safe_substitute(words))
        for path in entry["files"]
    ]
    return Innocent(ChangeKind(entry["kind"]), Template(entry["title"]).safe_substitute(words), edited)


def saying(draft: Draft, about: str, **words: str) -> str:
    """Return what is said about something, filled in."""
    return Template(draft.dice.choice(SAYINGS[about])).safe_substitute(words)
