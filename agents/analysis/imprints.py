"""What a change leaves in the new errors word for word: its source files, its messages, its names."""

import re
from typing import Final

from agents.analysis.confidence import Witness
from agents.analysis.diffs import INERT, live, net, parse, stuff
from agents.analysis.observations import LogPattern
from agents.analysis.shipping import Shipped
from agents.analysis.symptoms import complaint
from agents.analysis.witnesses import Scene
from agents.analysis.words import words
from incident.patches import bare

FAIRLY_SURE: Final = 0.8
"""How sure it must be that a commit reached production before its words count as its imprint."""
LONG_NAME: Final = 4
IDENTIFIER: Final = re.compile(r"[\w.]+")
SOURCE: Final = re.compile(
    r"[\w.\-]+\.(?:java|kt|scala|groovy|py|go|[cm]?[jt]sx?|rb|erb|cs|fs|vb|php|rs|cpp|cc|c|exs?|pl|lua)\b"
)
LITERAL: Final = re.compile(r"\"((?:[^\"\\\n]|\\.){8,200})\"|'((?:[^'\\\n]|\\.){8,200})'|`([^`\n]{8,200})`")
FILLED_IN: Final = re.compile(r"%[-+#0-9.]*[a-zA-Z]|\$?\{[^{}]*\}|#\{[^{}]*\}|<\w+>")
SPOKEN: Final = re.compile(r"[^\W\d_]{2,}")
FEWEST_WORDS: Final = 3
GAP: Final = r"(?:\W+(?:[^\s]+\s+){0,3}?\W*|\W+)"
"""What may stand between two words of a message once it is filled in."""


def imprints(one: Shipped, scene: Scene) -> list[Witness]:
    """Look for the change in the new complaints themselves; what only may have been shipped leaves none."""
    if not one.committed or one.sure < FAIRLY_SURE:
        return []
    return [*_sources(one, scene), *_messages(one, scene), *_names(one, scene)]


def _sources(one: Shipped, scene: Scene) -> list[Witness]:
    """Do stack traces lead into a file that it changes?"""
    files = one.committed.files if one.committed else ()
    own = {path.rsplit("/", 1)[-1] for path in files if stuff(path) not in INERT}
    for seen, pattern in scene.complaints():
        hit = next((name for name in SOURCE.findall(f"{pattern.frame or ''} {pattern.example}") if name in own), None)
        if hit:
            return [Witness("source", 1.0, 1.2, seen.id, f"the new errors come out of {hit}, which it changes")]
    return []


def _messages(one: Shipped, scene: Scene) -> list[Witness]:
    """Does it bring the very message that is logged?"""
    hunks = live(parse(one.committed.diff, one.committed.files)) if one.committed else ()
    removed = {text for h in hunks for line in h.code("-") for text in _literals(line)}
    added = {text: None for h in hunks for line in h.code("+") for text in _literals(line) if text not in removed}
    for text in added:
        said = re.compile(GAP.join(map(re.escape, SPOKEN.findall(FILLED_IN.sub(" ", text)))), re.IGNORECASE)
        for seen, pattern in scene.complaints():
            if said.search(pattern.example):
                return [Witness("message", 1.0, 2.4, seen.id, f"the new errors say '{text}', which it brought")]
    return []


def _literals(line: str) -> list[str]:
    """Return the strings of a line that are long enough to be told from others."""
    found = ("".join(groups) for groups in LITERAL.findall(line))
    return [text for text in found if len(SPOKEN.findall(FILLED_IN.sub(" ", text))) >= FEWEST_WORDS]


def _names(one: Shipped, scene: Scene) -> list[Witness]:
    """Look for what it takes away or brings, word for word, in the new complaints and nowhere else."""
    changed = net(live(parse(one.committed.diff, one.committed.files))) if one.committed else net(())
    own = {bare(service) for service in scene.near}
    tokens = {token.strip("\"'") for token in (*changed.lost, *changed.gained)}
    rare = {t for t in tokens if len(t) >= LONG_NAME and words(t) and bare(t) not in own}
    usual = (s.what for s in scene.seen if isinstance(s.what, LogPattern) and not complaint(s.what))
    calm = {token for pattern in usual for token in IDENTIFIER.findall(pattern.template)}
    for seen, pattern in scene.complaints():
        hits = sorted((rare & set(IDENTIFIER.findall(pattern.example))) - calm, key=len)
        if hits:
            return [Witness("names", 1.0, 1.2, seen.id, f"the new errors name '{hits[-1]}', which it changes")]
    return []
