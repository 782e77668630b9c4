"""Which words of a text tell what it is about, in one spelling each."""

import re
from collections.abc import Iterator

WORD = re.compile(r"[A-Za-z]+|\d[\d.]*\d|\d")
PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
STOP = frozenset(
    """a about actually after again all also am an and any anything are aren around as ask at be because been
    before being between bit but by can check checked come could did didn do does doesn doing don down during
    each else for from get give go going got had has have he hello help here hey hi how i if in instead into is
    isn it its just know last let like list look looked looks made make may maybe me might mind more most much
    my near no nor not now of off ok okay on one only or other our out over past please really recent recently
    said same say see seem seems seen should show shows since so some something still such sure than thank
    thanks that the their them then there these they thing think this those time to today too two under until up
    us very want was wasn we were what when where whether which while who whole why will with would yet you your
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
SAME = (
    ("db", "database", "postgre", "postgresql", "mysql", "mongo", "sql", "aurora", "rds"),
    ("cache", "redi", "memcach", "valkey"),
    ("k8", "kubernete", "kube"),
    ("cert", "certificate", "tl", "ssl"),
    ("deploy", "release", "rollout", "ship"),
    ("config", "configuration", "setting"),
    ("latency", "slow", "duration"),
    ("error", "exception", "failure", "fail"),
    ("memory", "heap", "oom", "rs"),
    ("traffic", "load", "rp", "qp"),
    ("queue", "kafka", "rabbitmq", "backlog", "lag"),
    ("auth", "login", "authentication"),
)
"""Words that ask for the same thing, as `stem` leaves them: the first stands for all."""
MEANING = {word: group[0] for group in SAME for word in group}
SHORTEST = 4
ENDINGS = ("ings", "ing", "ments", "ment", "ed", "es", "s")


def stem(word: str) -> str:
    """Return a word without the endings by which a question and a log line differ."""
    plain = word.lower()
    if plain.endswith("ies") and len(plain) > SHORTEST:
        return f"{plain[:-3]}y"
    for ending in ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= (SHORTEST if len(ending) > 1 else 2):
            return plain[: -len(ending)] + ("" if ending != "es" else "e")
    return plain


def words(text: str) -> Iterator[str]:
    """Yield what a text is about: its words and the parts of its names, each in one spelling."""
    for found in WORD.findall(text):
        for part in {found, *PARTS.findall(found)}:
            root = stem(part)
            if part.lower() not in STOP and root not in STOP:
                yield MEANING.get(root, root)
