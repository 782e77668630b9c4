"""Our Markdown as HTML for paper: no HTML passes, no link exists, and a picture is one that we drew."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bot.report.drawing import Picture

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

CSS_DPI = 96
SCHEME = "picture:"
LINKS = ("link", "autolink", "reference", "html_inline", "html_block", "entity")
WIDTHS = {
    "Time (UTC)|Kind|What happened|Evidence": (15, 11, 60, 14),
    "Signal|Before|At worst|Bound|Left its baseline (UTC)|Evidence": (36, 11, 11, 17, 16, 9),
    "Check|Result|Reason": (27, 11, 62),
    "Signal that paged|Usually|Before|After|Threshold|Result": (30, 14, 14, 14, 14, 14),
    "Rival|Confidence|Why less likely": (40, 11, 49),
    "Ruled out|Why|Evidence": (40, 44, 16),
    "#|Action|Why|Owner": (4, 44, 44, 8),
    "Id|Source|What it shows|Query": (7, 18, 68, 7),
    "Query|What was asked|Window (UTC)|Evidence": (7, 47, 21, 25),
    "Model|Calls|Tokens in|Tokens out|Seconds|Redacted": (26, 10, 14, 14, 10, 26),
}
"""Percent of the paper's width that the columns of a table take, by its headings."""
LOCAL = (16, 15, 10, 47, 12)
"""The same for a timeline with the reader's own time as its second column."""


def html_of(text: str, drawn: Mapping[str, Picture]) -> str:
    """Return the HTML of our Markdown."""
    tokens = _parser().parse(text)
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            _widen(tokens[place:])
        for inner in token.children or ():
            if inner.type == "image":
                _place(inner, drawn)
    rendered: str = _parser().renderer.render(tokens, _parser().options, {})
    return rendered


def _widen(table: Sequence["Token"]) -> None:
    """Give the columns of the table that starts here their widths."""
    end = next(i for i, t in enumerate(table) if t.type == "thead_close")
    cells = [(t, table[i + 1].content) for i, t in enumerate(table[:end]) if t.type == "th_open"]
    headings = [words for _, words in cells]
    widths = WIDTHS.get("|".join(headings), LOCAL if len(headings) == len(LOCAL) else None)
    for (cell, _), width in zip(cells, widths or (), strict=False):
        cell.attrSet("style", f"width: {width}%")


def _place(image: "Token", drawn: Mapping[str, Picture]) -> None:
    """Size one of our pictures; whatever else got this far becomes its own words."""
    source = str(image.attrs.get("src", ""))
    picture = drawn.get(source.removeprefix(SCHEME)) if source.startswith(SCHEME) else None
    if picture is None:
        image.type, image.content, image.children = "text", image.content or "picture", None
        return
    image.attrSet("width", f"{picture.size[0] * CSS_DPI:.0f}")
    image.attrSet("height", f"{picture.size[1] * CSS_DPI:.0f}")


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable([r for r in LINKS if r != "entity"])
