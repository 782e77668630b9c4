"""Reads diffs, whole or in fragments: what a change takes away and what it puts there, file by file."""

import re
from collections import Counter
from enum import StrEnum
from typing import NamedTuple

BIGGEST = 200_000
WIDEST = 400
"""Characters of a diff and of one line that are read: nobody reviews more, and patterns stay fast."""
HEADER = re.compile(r"^@@\s*(?P<ranges>-\d[\d,]*\s+\+\d[\d,]*\s*@@)?\s*(?P<rest>.*?)\s*(?:@@.*)?$")
PATH = re.compile(r"^(?:[ab]/)?([\w.@+\-]+(?:/[\w.@+\-]+)*\.\w{1,12}|[\w.\-]+(?:/[\w.@+\-]+)+|Dockerfile|Makefile)")
COMMENT = re.compile(r"^\s*(?://|#(?!include|define|if|endif|!)|--\s|/\*|\*[ /]|\*$|<!--|;;|\"\"\"|''')")
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\"[^\"\s]{1,80}\"|'[^'\s]{1,80}'|[<>=!]=|[<>]|&&|\|\|")


class Stuff(StrEnum):
    """What a file is made of, read off its path."""

    CODE = "code"
    CONFIG = "config"
    SCHEMA = "schema"
    MANIFEST = "manifest"
    IMAGE = "image"
    LOOKS = "looks"
    PROSE = "prose"
    TESTS = "tests"
    BUILD = "build"


INERT = frozenset({Stuff.LOOKS, Stuff.PROSE, Stuff.TESTS, Stuff.BUILD})
"""What can't make a running backend behave differently."""
STUFF: tuple[tuple[Stuff, re.Pattern[str]], ...] = (
    (Stuff.TESTS, re.compile(
        r"(^|/)(tests?|testdata|fixtures|__tests__|spec|e2e)/|_test\.\w+$|\.(test|spec)\.\w+$|(^|/)test_"
        r"|(?-i:Tests?\.\w+$)"
    , re.IGNORECASE)),
    (Stuff.BUILD, re.compile(
        r"(^|/)(\.github|\.circleci|\.gitlab|\.vscode|\.idea)/|\.gitlab-ci|\.golangci"
        r"|(^|/)\.[\w-]+(rc|ignore|config)?$|jenkinsfile|makefile$|codeowners|\.lint"
    , re.IGNORECASE)),
    (Stuff.PROSE, re.compile(
        r"\.(md|rst|adoc|txt)$|(^|/)(docs?|documentation)/|(^|/)(readme|license|changelog|notice)"
    , re.IGNORECASE)),
    (Stuff.MANIFEST, re.compile(
        r""
        r"(^|/)(go\.(mod|sum)|package(-lock)?\.json|yarn\.lock|pnpm-lock.*|requirements[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pipfile.*|cargo\.(toml|lock)|pom\.xml|build\.gradle(\.kts)?|gemfile.*|composer\.(json|lock)|.*\.csproj|libs\.versions\.toml)$"
    , re.IGNORECASE)),
    (Stuff.LOOKS, re.compile(r"\.(css|scss|sass|less|svg|png|jpe?g|gif|ico|woff2?)$", re.IGNORECASE)),
    (Stuff.SCHEMA, re.compile(r"\.sql$|(^|/)migrations?/|\.(proto|avsc|graphql)$|schema\.\w+$", re.IGNORECASE)),
    (Stuff.IMAGE, re.compile(r"(^|/)(dockerfile|containerfile)", re.IGNORECASE)),
    (Stuff.CONFIG, re.compile(r"\.(ya?ml|json|toml|ini|conf|cfg|properties|env|tf|tfvars|hcl|xml)$", re.IGNORECASE)),
)  # fmt: skip


def stuff(path: str) -> Stuff:
    """Tell what a file is made of; requirements.txt is a manifest although it ends like prose."""
    kinds = [kind for kind, pattern in STUFF if pattern.search(path)]
    if Stuff.MANIFEST in kinds:
        return Stuff.MANIFEST
    return kinds[0] if kinds else Stuff.CODE


class Hunk(NamedTuple):
    """One stretch of one file: its lines in order as (sign, text), sign being '-', '+' or ' '."""

    path: str
    lines: tuple[tuple[str, str], ...]

    @property
    def stuff(self) -> Stuff:
        """What the file is made of."""
        return stuff(self.path)

    def code(self, sign: str) -> tuple[str, ...]:
        """Return the removed ('-') or added ('+') lines, comments and blank ones left out."""
        return tuple(text for s, text in self.lines if s == sign and text.strip() and not COMMENT.match(text))


class Net(NamedTuple):
    """What is gone and what is there for the first time, counted in tokens: moved code cancels out."""

    lost: Counter[str]
    gained: Counter[str]


def parse(diff: str | None, files: tuple[str, ...] = ()) -> tuple[Hunk, ...]:
    """Return the hunks of a unified diff, or of fragments whose ``@@`` line holds a path, a function, or nothing.

    A fragment that names no file belongs to the first of ``files``. Never raises: what is no diff has no hunks.
    """
    hunks: list[Hunk] = []
    path, lines = (files[0] if files else ""), list[tuple[str, str]]()
    for whole in (diff or "")[:BIGGEST].splitlines():
        line = whole[:WIDEST]
        named = _path_of(line)
        if named is None and not line.startswith(("@@", "diff --git", "index ", "--- ", "+++ ")):
            lines.append(
                (line[0], line[1:]) if line[:1] in {"+", "-"} else (" ", line[1:] if line[:1] == " " else line)
            )
            continue
        if lines:
            hunks.append(Hunk(path, tuple(lines)))
            lines = []
        path = named or path
    return (*hunks, Hunk(path, tuple(lines))) if lines else tuple(hunks)


def _path_of(line: str) -> str | None:
    """Return the file that a header line names, None for every other line."""
    if line.startswith(("--- ", "+++ ")):
        found = None if "/dev/null" in line else PATH.match(line[4:].strip())
    elif line.startswith("@@"):
        header = HEADER.match(line)
        found = PATH.match(header["rest"]) if header and not header["ranges"] else None
    else:
        found = None
    return found[1] if found else None


def live(hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """Return the hunks that a running backend can feel."""
    return tuple(h for h in hunks if h.stuff not in INERT and (h.code("-") or h.code("+")))


def net(hunks: tuple[Hunk, ...]) -> Net:
    """Count what all hunks together take away and bring: code that only moved is in neither."""
    removed = Counter(t for h in hunks for line in h.code("-") for t in TOKEN.findall(line))
    added = Counter(t for h in hunks for line in h.code("+") for t in TOKEN.findall(line))
    return Net(removed - added, added - removed)
