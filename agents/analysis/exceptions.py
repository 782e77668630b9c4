"""Stack traces: which exception, and which line of the application (not of a library) owns it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 16_000
"""Characters of one message that are read."""

NAMED = re.compile(
    r"(?<![\w./])((?:[A-Za-z_]\w{0,60}\.){0,12}[A-Z]\w{0,80}(?:Exception|Error|Failure|Fault|Timeout|Interrupt|Exit"
    r"|Panic|Throwable))(?![\w/])"
    r"|(?<!\w)panic: (runtime error: [\w ]{1,60}|[^\n\[(]{1,80})"
)
CAUSED = re.compile(r"(?:Caused by:|nested exception is|--->|The above exception was the direct cause)\s{0,3}")

FRAMES = (
    re.compile(
        r"^\s{0,8}at (?P<where>[\w$.<>]{1,300})\((?P<file>[\w$-]{1,120}\.(?:java|kt|scala|groovy)):(?P<line>\d{1,7})\)",
        re.MULTILINE,
    ),
    re.compile(
        r"^\s{0,8}at (?P<where>[\w.<>`\[\],+]{1,300})\([^)\n]{0,300}\) in "
        r"(?P<file>[^\n]{1,300}\.(?:cs|fs|vb)):line (?P<line>\d{1,7})",
        re.MULTILINE,
    ),
    re.compile(
        r"^\s{0,8}at (?:(?:async |new )?(?P<where>[\w.<>$\[\] ]{1,200}?) \()?"
        r"(?P<file>[^\s()\n]{1,300}\.[cm]?[jt]sx?):(?P<line>\d{1,7}):\d{1,7}\)?",
        re.MULTILINE,
    ),
    re.compile(
        r"^\s{0,8}File \"(?P<file>[^\"\n]{1,300})\", line (?P<line>\d{1,7})(?:, in (?P<where>[\w<>.]{1,120}))?",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?P<where>[\w./*()\-]{1,300})\([^\n]{0,300}\)\n\s{1,8}(?P<file>[^\s:\n]{1,300}\.go):(?P<line>\d{1,7})",
        re.MULTILINE,
    ),
)
"""JVM, .NET, Node, Python, Go."""

LIBRARY = re.compile(
    r"^(?:java[x]?|jdk|sun|com\.sun|kotlin[x]?|scala|groovy|org\.(?:apache|spring\w*|hibernate|eclipse|postgresql|slf4j|jboss|junit|mongodb)"
    r"|com\.(?:fasterxml|google|zaxxer|mysql|netflix|amazonaws|mongodb|microsoft)|io\.(?:netty|grpc|undertow|micrometer|vertx|lettuce|r2dbc)"
    r"|feign|reactor|okhttp3?|ch\.qos|redis\.clients|System|Microsoft|Npgsql|Grpc|StackExchange|Polly|runtime|net/http|net|database/sql|syscall)[./(]"
    r"|site-packages|dist-packages|node_modules|/lib/python|/usr/l(?:ocal/)?lib|<frozen|^node:|internal/|/go/pkg/mod/|/usr/local/go/|/vendor/|\.m2/|^panic"
)
"""Frames that nobody here wrote: well-known packages, and the folders where languages keep dependencies."""

SOURCE = re.compile(
    r"(?<!\w)([\w.$\[\]-]{0,120}[\w\]]#\d{1,7}|[\w/.-]{0,200}\w\.(?:java|kt|scala|py|go|js|mjs|ts|tsx|rb|cs|php|rs|cpp|cc|c):\d{1,7})\b"
)
"""``Class#line`` and ``file.ext:line`` as loggers write them."""


class Owned(NamedTuple):
    """An exception's class (the root cause's where there is a chain) and the frame that owns it; None if not seen."""

    exception: str | None
    frame: str | None


class _Frame(NamedTuple):
    at: int
    where: str
    file: str
    line: str

    @property
    def own(self) -> bool:
        return not (LIBRARY.search(self.where) or LIBRARY.search(self.file))

    def __str__(self) -> str:
        name = self.file.replace("\\", "/").rsplit("/", 1)[-1]
        return f"{self.where} ({name}:{self.line})" if self.where else f"{name}:{self.line}"


def owner(message: str) -> Owned:
    """Read the exception and the frame out of one message, escaped line ends included."""
    text = message[:LONGEST]
    if "\\n" in text and "\n" not in text:
        text = text.replace("\\n", "\n").replace("\\t", "\t")
    frames = sorted(_frames(text))
    root = _root(text)
    own = [f for f in frames if f.own]
    python = 'File "' in text and "Traceback" in text
    if own:
        frame = own[-1] if python else next((f for f in own if f.at >= root), own[0])
        return Owned(_exception(text, root, last=python), str(frame))
    source = SOURCE.search(text[:600])
    return Owned(_exception(text, root, last=python), source[1] if source else None)


def _root(text: str) -> int:
    """Return where the root cause of a chain begins; 0 where there is no chain."""
    return max((found.end() for found in CAUSED.finditer(text)), default=0)


def _exception(text: str, root: int, *, last: bool) -> str | None:
    names = [found[1] or f"panic: {found[2]}" for found in NAMED.finditer(text, root)] or [
        found[1] or f"panic: {found[2]}" for found in NAMED.finditer(text[:root])
    ]
    if not names:
        return None
    return names[-1 if last else 0].strip()


def _frames(text: str) -> Iterator[_Frame]:
    for shape in FRAMES:
        for found in shape.finditer(text):
            yield _Frame(found.start(), found["where"] or "", found["file"], found["line"])
