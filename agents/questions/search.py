"""Finds the evidence that a question is about: Okapi BM25 over what each piece says, names and shows."""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from agents.known import leaves
from agents.questions.words import words
from incident.evidence import Evidence

SATURATION: Final = 1.2
LENGTH: Final = 0.4
"""BM25's k1 and b: statements are of one kind, so their length counts for less than in a library."""
NAMED: Final = 2
"""How often the name of a service counts."""
CITED: Final = 1.25
"""What the diagnosis rests on comes first among equals."""
LONGEST: Final = 2_000
SKIPPED: Final = frozenset({"readings", "entries", "depends_on", "first_at", "last_at", "onset", "at"})


class Hit(NamedTuple):
    """A piece of evidence, and how well it fits; ``share`` of the words that anything has are in it."""

    item: Evidence
    score: float
    share: float


def search(subject: Collection[str], evidence: Sequence[Evidence], cited: Collection[str] = ()) -> list[Hit]:
    """Return what is about the subject (`words`), the best first; nothing where no word of it is known."""
    wanted = frozenset(subject)
    counts = [Counter(_said(item)) for item in evidence]
    usual = sum(map(Counter.total, counts)) / max(len(counts), 1) or 1.0
    rare = {word: _rarity(sum(word in count for count in counts), len(counts)) for word in wanted}
    rare = {word: weight for word, weight in rare.items() if any(word in count for count in counts)}
    hits = [
        Hit(item, _score(count, rare, usual) * (CITED if item.id in cited else 1.0), share)
        for item, count in zip(evidence, counts, strict=True)
        if (share := sum(rare[word] for word in rare.keys() & count.keys()) / (sum(rare.values()) or 1.0))
    ]
    return sorted(hits, key=lambda hit: (-hit.share * hit.score, -hit.score))


def _rarity(there: int, total: int) -> float:
    return math.log(1 + (total - there + 0.5) / (there + 0.5))


def _score(count: Mapping[str, int], rare: Mapping[str, float], usual: float) -> float:
    length = 1 - LENGTH + LENGTH * sum(count.values()) / usual
    return sum(
        weight * (often * (SATURATION + 1) / (often + SATURATION * length))
        for word, weight in rare.items()
        if (often := count.get(word, 0))
    )


def _said(item: Evidence) -> Iterator[str]:
    yield from words(item.statement)
    for _ in range(NAMED):
        yield from words(item.service or "")
    yield from words(item.source)
    told = {name: value for name, value in item.values.items() if name not in SKIPPED}
    texts = [leaf[:LONGEST] for leaf in leaves(told) if isinstance(leaf, str)]
    for text in texts:
        yield from set(words(text)) if text not in item.statement else ()
