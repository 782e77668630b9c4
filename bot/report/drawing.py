"""What all pictures share: colours, letters, and how a figure becomes a PNG. Thread-safe: no pyplot."""

import io
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

DPI = 150
INK, MUTED, FAINT, PAPER = "#1f2933", "#5f6b7a", "#d5dbe3", "#ffffff"
BLUE, VERMILION, GREEN, ORANGE, PURPLE = "#0072b2", "#c6440e", "#00785a", "#b36b00", "#8f4f7a"
"""Okabe and Ito's palette, told apart with any colour vision, darkened to read on white."""
BACKGROUNDS = {BLUE: "#e3f0f8", VERMILION: "#fbe9e2", GREEN: "#e0f2ed", ORANGE: "#fdf3e0", MUTED: "#f2f4f7"}


class Picture(NamedTuple):
    """The sentence that says what a picture shows, its width and height in inches, and what makes it on a figure.

    Describing is quick and drawing is not: a picture is drawn when its `png` is asked for.
    """

    alt: str
    size: tuple[float, float]
    paint: Callable[["Figure"], None]

    def png(self) -> bytes:
        """Draw it."""
        return _drawn(self.size, self.paint)


def _drawn(size: tuple[float, float], paint: Callable[["Figure"], None]) -> bytes:
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.family": "DejaVu Sans", "text.parse_math": False, "font.size": 8.5, "text.color": INK}):
        figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER)
        canvas = FigureCanvasAgg(figure)
        paint(figure)
        canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
        return _png(canvas)


def _png(canvas: "FigureCanvasAgg") -> bytes:
    """Drop the alpha channel, which a PDF would carry as a second picture, and keep 64 colours: far fewer bytes."""
    from PIL import Image

    page = io.BytesIO()
    pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
    drawn = Image.frombuffer("RGBA", canvas.get_width_height(), pixels, "raw", "RGBA", 0, 1)
    drawn.convert("RGB").quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(page, "PNG")
    return page.getvalue()


@cache
def glyphs() -> frozenset[int]:
    """Return the code points that our letters can show, upright and bold."""
    return _letters("DejaVuSans.ttf") & _letters("DejaVuSans-Bold.ttf")


def _letters(file: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(font_folder() + file, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def font_folder() -> str:
    """Return where matplotlib keeps DejaVu, with a slash at the end: our letters on every machine."""
    from matplotlib import get_data_path

    return f"{get_data_path()}/fonts/ttf/"


def printable(raw: str) -> str:
    """Return the text with what our letters can't show spelled out: ``[U+4E2D U+6587]``, never a box."""
    if raw.isascii():
        return raw
    known, out = glyphs(), list[str]()
    missing: list[str] = []
    for char in raw:
        if ord(char) in known or char in "\n\t":
            out += [_spelled(missing), char]
            missing = []
        else:
            missing.append(char)
    return "".join((*out, _spelled(missing)))


def _spelled(missing: list[str]) -> str:
    return f"[{' '.join(f'U+{ord(c):04X}' for c in missing)}]" if missing else ""


def fitted(raw: str, length: int) -> str:
    """Return a label of at most ``length`` characters, cut in its middle: both ends of a name tell it apart."""
    from bot.report.escape import visible

    line = printable(visible(raw))
    if len(line) <= length:
        return line
    return f"{line[: length // 2 - 1]}…{line[len(line) - (length - length // 2) :]}"
