"""Names the texts that talk to whoever reads them (a model, say): noticed, told to everybody, obeyed by nobody."""

from collections.abc import Iterable, Iterator, Sequence

from agents.analysis.outsiders import suspicious
from agents.known import leaves
from incident.alert import Alert
from incident.evidence import Evidence

AS_DATA = "treated as data"
NAMED = 6
"""Pieces of evidence that a sentence names; the rest are counted."""


def in_case(alert: Alert, evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Return the sentences about the page and about evidence."""
    return (*in_alert(alert), *attempts(evidence))


def attempts(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Return a sentence for each kind of attempt that is in evidence, with the ids that hold it."""
    held: dict[str, list[str]] = {}
    for item in evidence:
        for tries in _tried(leaf for leaf in leaves(item.values) if isinstance(leaf, str)):
            held.setdefault(tries, []).append(item.id)
    return tuple(
        f"{_listed(ids)} {'holds' if len(ids) == 1 else 'hold'} text that {tries}: {AS_DATA}."
        for tries, ids in held.items()
    )


def in_alert(alert: Alert) -> tuple[str, ...]:
    """Return a sentence for each kind of attempt that is in the words of the page."""
    texts = (alert.name, alert.summary, alert.service, alert.metric or "", *alert.labels.values())
    return tuple(f"The alert holds text that {tries}: {AS_DATA}." for tries in _tried(texts))


def _tried(texts: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(tries for text in texts if (tries := suspicious(text)))


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
