"""What the catalog says of each service, and what it leaves open."""

from collections.abc import Iterator

from bot.doctor.finding import Finding, note, right
from incident.catalog import Catalog, Entry

TOPIC = "SFA_CATALOG"
NONE = "none: no real service is known by name, and each is treated as the settings say (docs/catalog.md)"


def catalog(seen: Catalog, *, everyone: bool, two_person: bool = False) -> Iterator[Finding]:
    """Look at the catalog; ``everyone``: somebody may approve by the settings. Its mistakes end the program before."""
    if seen.people:
        yield right(TOPIC, f"{len(seen.people)} of those who deploy are known in Slack: {', '.join(seen.people)}")
    elif two_person:
        said = "SFA_TWO_PERSON is on, and nothing says who in Slack deploys: nobody can approve anything"
        yield note(TOPIC, said, "name them under `people`: their GitHub login, and their Slack id")
    if not seen.services:
        yield right(TOPIC, NONE)
    for freeze in seen.freeze:
        yield right(TOPIC, f"nothing is changed anywhere {freeze}")
    for name, entry in seen.services.items():
        yield right(TOPIC, f"{name}: {'; '.join(_said(entry)) or 'as the settings say'}")
        yield from _left_open(name, entry, everyone=everyone)


def _said(entry: Entry) -> Iterator[str]:
    if entry.aliases:
        yield f"also called {', '.join(entry.aliases)}"
    if entry.environment:
        yield f"in {entry.environment} alone"
    if entry.mode:
        yield f"at most {entry.mode}"
    if entry.approvers is not None:
        yield f"approved by {', '.join(entry.approvers) or 'nobody'}"
    if entry.repository:
        yield f"rolled back by {entry.workflow or 'the usual workflow'} of {entry.repository}"
    if entry.on_call:
        yield f"on call {entry.on_call}"
    if entry.reversible is not None:
        yield "its changes can be undone" if entry.reversible else "its changes can't be undone"
    if entry.llm:
        yield "no language model hears of its incidents"
    yield from (f"nothing is changed {freeze}" for freeze in entry.freeze)


def _left_open(name: str, entry: Entry, *, everyone: bool) -> Iterator[Finding]:
    if entry.workflow and not entry.repository:
        yield note(TOPIC, f"{name} has a workflow and no repository", "say in which `repository` it is")
    if entry.approvers and not everyone:
        said = f"{name} names approvers, and SFA_APPROVERS names nobody they could be among"
        yield note(TOPIC, said, "set SFA_APPROVERS: the catalog only narrows it")
