"""Words of logs, metrics, diffs and names, made comparable: camelCase and snake_case fall apart, plurals meet."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ENDINGS = (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
NOISE = frozenset(
    """
    the and for with from this that not but are was has have had its our now new old one two per all any into
    out off null nil none true false err error errors return func function def var let const int str string bool
    float void self class struct type import package public private static final async await ctx context add use
    used set get chore feat fix refactor docs test tests style build perf info warn warning debug http https com
    org www json yaml service services svc server pod host src pkg lib main app api internal config after before
    when over above below under than then more less most each every some call calls called make case also only
    just like via req res
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is a hundred lines
)
"""Words that code, logs and English share wherever one looks: they tell nothing apart."""
LONGEST = 20_000
SHORTEST_STEM = 3


def words(text: str) -> list[str]:
    """Return the lower-case pieces of a text's identifiers and words, in order, without noise and digits."""
    pieces = (stem(piece.lower()) for piece in PIECE.findall(text[:LONGEST]))
    return [piece for piece in pieces if len(piece) > 1 and not piece.isdigit() and piece not in NOISE]


def stem(word: str) -> str:
    """Cut the commonest English endings, so that 'queries', 'query' and 'queried' meet."""
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM and not word.endswith(("ss", "us", "is")):
            return word[: -len(ending)] + instead
    return word


def rarity(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """Return the smoothed inverse document frequency of every word: ln((1 + n) / (1 + df)) + 1."""
    sets = [frozenset(document) for document in documents]
    seen = Counter(word for document in sets for word in document)
    return {word: math.log((1 + len(sets)) / (1 + count)) + 1 for word, count in seen.items()}


def vector(document: Iterable[str], idf: Mapping[str, float]) -> dict[str, float]:
    """Weigh each word by (1 + ln count) times its rarity; words without a rarity count as the rarest."""
    rarest = max(idf.values(), default=1.0)
    return {word: (1 + math.log(count)) * idf.get(word, rarest) for word, count in Counter(document).items()}


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """Return the cosine of two weighted bags of words, 0 where either is empty."""
    shared = sum(weight * right[word] for word, weight in left.items() if word in right)
    size = math.sqrt(sum(w * w for w in left.values()) * sum(w * w for w in right.values()))
    return shared / size if size else 0.0
