"""Untrusted text into Markdown that shows it as it is: no markup, no links, no pictures, no table breaks."""

import re
import unicodedata

SPECIAL = re.compile(r"[\\`*\[\]<>|~$]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])|!(?=\[|[^\x00-\x7f])")
LINE_START = re.compile(r"^(?:[#+=>-]|\d{1,9}(?=[.)](?:\s|$)))")
ADDRESS = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s`]+|(?:mailto|javascript|data|file):[^\s`]+")
"""What some renderer somewhere would make clickable; it is shown as code, which none of them touches."""
MAIL = re.compile(r"[^\s`@]{1,64}@[^\s`@]{1,255}")
BULLET = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+(?=\S)|[ ]{2,}(?=\S)")
"""How agents write an item of a list: with a mark, or indented."""
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
SHOWN = 600
"""Characters of one statement that a report shows."""


class Markdown(str):
    """Text that is Markdown already: the template puts everything else through `text`."""

    __slots__ = ()


def visible(raw: str) -> str:
    """Return the text on one line; control, direction-changing and unassigned characters become ``[U+202E]``."""
    line = " ".join(raw.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) in INVISIBLE else c for c in line)


def brief(raw: str, limit: int = SHOWN) -> str:
    """Return at most ``limit`` characters, and say how many were left out."""
    return raw if len(raw) <= limit else f"{raw[:limit].rstrip()} … ({len(raw) - limit:,} more characters)"


def text(raw: object) -> Markdown:
    """Escape a text for any place within a paragraph, a list item or a table cell."""
    if isinstance(raw, Markdown):
        return raw
    parts: list[str] = []
    line, done = visible(str(raw)), 0
    for address in sorted((*ADDRESS.finditer(line), *MAIL.finditer(line)), key=lambda m: m.start()):
        if address.start() >= done:
            parts += [_plain(line[done : address.start()]), cell_code(address.group())]
            done = address.end()
    parts.append(_plain(line[done:]))
    return Markdown(LINE_START.sub(r"\\\g<0>" if not line[:1].isdigit() else r"\g<0>\\", "".join(parts)))


def _plain(line: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", line)


def code(raw: object) -> Markdown:
    """Return a code span for running text."""
    line = visible(str(raw)) or " "
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return Markdown(f"{fence}{padding}{line}{padding}{fence}")


def cell_code(raw: object) -> Markdown:
    """Return a code span for a table cell, whose pipes need an escape even in code."""
    return Markdown(code(raw).replace("|", "\\|"))


def prose(raw: str, limit: int = 6000) -> Markdown:
    """Return paragraphs and bullets of what an agent wrote; every other markup in it is shown, not obeyed."""
    lines: list[str] = []
    for line in brief(raw, limit).splitlines():
        bullet = BULLET.match(line)
        if bullet:
            lines.append(f"- {text(line[bullet.end() :])}")
        elif line.strip():
            lines += ["", str(text(line)), ""]
    return Markdown(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or "(nothing)")
