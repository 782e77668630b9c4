"""Bounded reading of files that anybody could have written: lines of text, gzip included."""

import gzip
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from incident.ports import Unreadable

BATCH = 1 << 20
"""Bytes that are split into lines at a time: large enough to be quick, small beside everything else."""


class Limits(NamedTuple):
    """What is read at most of one file; what lies beyond is a stated gap."""

    size: int = 1 << 30
    """Bytes after decompression: four million log lines as people write them, and a bomb ends here."""
    lost: int = 1_000_000
    """Lines that can't be read, or are blank, before nobody reads on: what comes then is no better."""
    rows: int = 5_000_000
    """Rows that are kept; above it those nearest to the alert stay, whatever their order in the file."""
    line: int = 8 << 20
    """Bytes of one line. A 5 MB stack trace is still read; without a limit one line could be the whole file."""
    text: int = 16 << 10
    """Characters of one message or attribute that are kept: a stack trace, not a heap dump."""


LIMITS = Limits()


class Damage:
    """What was lost of one file, counted by reason while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.unit = "line"
        self._lost: Counter[str] = Counter()
        self._cut = 0
        self._notes: dict[str, None] = {}

    @property
    def lost(self) -> int:
        """How many lines or rows could not be read."""
        return self._lost.total()

    def lose(self, reason: str, count: int = 1) -> None:
        """Count lines or rows that are left out."""
        if count > 0:
            self._lost[reason] += count

    def cut(self, count: int = 1) -> None:
        """Count texts that are kept in part."""
        self._cut += count

    def note(self, what: str) -> None:
        """Remember something that befell the whole file."""
        self._notes[what] = None

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence on lost lines and one for each note."""
        shortened = ("1 overlong text was cut" if self._cut == 1 else f"{self._cut} overlong texts were cut",)
        notes = tuple(f"{self.name}: {note}" for note in (*self._notes, *(shortened if self._cut else ())))
        if not self._lost:
            return notes
        units = self.unit if self.lost == 1 else f"{self.unit}s"
        reasons = ", ".join(f"{count} {reason}" for reason, count in self._lost.most_common())
        return (f"{self.name}: {self.lost} {units} could not be read ({reasons})", *notes)


def plain_file(path: Path, root: Path) -> bool:
    """Tell whether there is a file to read; raises `Unreadable` where it isn't one, or leads out of ``root``."""
    if not (path.exists() or path.is_symlink()):
        return False
    if not path.is_file():
        message = f"{path.name} is not a readable file: put a regular file there or take it away"
        raise Unreadable(message)
    if root not in path.resolve().parents:
        message = f"{path.name} leads out of {root} and was not followed: copy the file into the folder"
        raise Unreadable(message)
    return True


def batches(path: Path, limits: Limits, damage: Damage) -> Iterator[list[bytes]]:
    """Yield the lines of a text file, or of a gzip file by its ending, about a MiB at a time and without line ends.

    Overlong lines are dropped while they pass. Nothing is raised for a damaged end: what came before it counts.
    """
    kept = bytearray()
    skipping = False
    blank = 0
    for block in _blocks(path, limits, damage):
        *lines, rest = block.split(b"\n")
        if lines:
            lines[0] = b"" if skipping else bytes(kept + lines[0])
            kept.clear()
            skipping = False
            told = list(filter(None, lines))
            yield list(_short(told, limits, damage))
            blank += len(lines) - len(told)
            if damage.lost + blank > limits.lost:
                damage.note(f"reading stopped after {damage.lost + blank:,} lines that are blank or can't be read")
                return
        if not skipping:
            kept += rest
        if len(kept) > limits.line:
            damage.lose("too long")
            kept.clear()
            skipping = True
    if kept:
        yield [bytes(kept)]


def _short(lines: list[bytes], limits: Limits, damage: Damage) -> Iterator[bytes]:
    for line in lines:
        if len(line) > limits.line:
            damage.lose("too long")
        else:
            yield line.removesuffix(b"\r")


def _blocks(path: Path, limits: Limits, damage: Damage) -> Iterator[bytes]:
    """Yield blocks of about a MiB up to the size limit; an error in the middle ends them with a note."""
    block = bytearray()
    marked = False
    for piece in _pieces(path, limits, damage):
        block += piece if marked else _unmarked(piece, path)
        marked = True
        if len(block) >= BATCH:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _unmarked(first: bytes, path: Path) -> bytes:
    """Return the beginning of a text without the mark that some editors put there; raises `Unreadable` for UTF-16."""
    if first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        message = f"{path.name} is UTF-16 and has to be UTF-8: save it so"
        raise Unreadable(message)
    return first.removeprefix(BOM_UTF8)


def _pieces(path: Path, limits: Limits, damage: Damage) -> Iterator[bytes]:
    """Yield what each single read gives: a longer read would lose what it had when the data turn out damaged."""
    left = limits.size
    try:
        with _opened(path) as file:
            while left > 0 and (piece := file.read1(min(BATCH, left))):
                left -= len(piece)
                yield piece
            if left <= 0 and file.read1(1):
                damage.note(f"only its first {_amount(limits.size)} were read; what comes later was not seen")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        damage.note("its compressed data end early or are damaged; only what comes before was read")
    except OSError as error:
        damage.note(f"it could not be read to its end ({error.strerror or error})")


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")


def _amount(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"
