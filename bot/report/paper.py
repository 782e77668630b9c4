"""The report on A4: Markdown → HTML → PDF. Nothing is fetched and no file is read but our own letters."""

import base64
import io
import logging
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.report import page, words
from bot.report.blameless import without_authors
from bot.report.breaking import let_long_tables_break
from bot.report.chosen import choose
from bot.report.drawing import Picture, font_folder, glyphs, printable
from bot.report.ending import banner
from bot.report.escape import brief, visible
from bot.report.files import PdfFailed
from bot.report.html import html_of
from bot.report.options import Options
from bot.report.pictures import pictures
from incident.model import Incident
from incident.status import Status

if TYPE_CHECKING:
    from jinja2 import Template

LETTERS = frozenset({"DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSansMono.ttf"})
NOTHING = "data:,"
"""What anything but our own pictures and letters is replaced by."""
MOODS = {Status.RESOLVED: "good", Status.HANDED_OVER: "bad", Status.REPORTED: "plain", Status.CLOSED: "plain"}
LONGEST = 60.0
"""Seconds after which a page is given up."""


def pdf(incident: Incident, options: Options) -> bytes:
    """Return the PDF; raises `PdfFailed` with what the library said."""
    shown = incident if options.authors else without_authors(incident)
    chosen = choose(shown, options)
    drawn = pictures(shown, chosen)
    texts = page.parts(shown, options, chosen, {name: picture.alt for name, picture in drawn.items()})
    body, appendix = (html_of(printable(text), drawn) for text in texts)
    return _print(_html(shown, options, body, appendix), drawn)


def warm() -> None:
    """Import the libraries and print one small page: fonts are parsed and caches filled."""
    from datetime import UTC, datetime

    from bot.report.charts import chart
    from bot.report.observed import Series

    glyphs()
    _template()
    moment = datetime(2000, 1, 1, tzinfo=UTC)
    chart(Series(kind="signal", service="s", readings=((moment, 0.0), (moment.replace(hour=1), 1.0))), ()).png()
    html_of("x", {})
    _print(f"<style>{_css()}</style><p>x <b>x</b> <i>x</i> <code>x</code></p>", {})


def _html(incident: Incident, options: Options, body: str, appendix: str) -> str:
    cells = [(name, _line(value, 160)) for name, value in page.cover(incident, options)]
    draft, mark = words.draft(incident), words.drill(incident)
    return _template().render(
        css=_css(),
        title=_line(f"{mark}{incident.id} {incident.alert.service}", 120),
        running=_line(f"{mark}{incident.id} · {incident.alert.service}", 90),
        incident=_line(incident.id, 60),
        world=f"{mark}{words.WORLDS[incident.world]}",
        heading=_line(f"{mark}{incident.alert.name} at {incident.alert.service}", 110),
        under=_line(incident.alert.summary, 240),
        mood=MOODS.get(incident.status, "waiting"),
        banner=_line(banner(incident), 300),
        draft="Draft, not final" if draft else "",
        promise="" if options.authors else "Blameless: it says what happened, not who did it.",
        cover=list(zip(cells[::2], cells[1::2], strict=True)),
        body=body,
        appendix=appendix,
    )


def _line(raw: str, limit: int) -> str:
    return brief(printable(visible(raw)), limit)


def _print(html: str, drawn: Mapping[str, Picture]) -> bytes:
    with warnings.catch_warnings():
        # xhtml2pdf and reportlab use what Python's own library deprecates; nothing of it concerns our callers
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(xhtml2pdf|reportlab|svglib|html5lib)")
        from reportlab import rl_config
        from xhtml2pdf import pisa
        from xhtml2pdf.config.resources import ResourceAccessPolicy

        letters = ResourceAccessPolicy.server(font_folder(), allow_remote=False, max_render_seconds=LONGEST)
        logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)
        let_long_tables_break()
        rl_config.useA85 = 0  # pictures as bytes: as text they take a quarter longer and more room
        sheet = io.BytesIO()
        try:
            done = pisa.CreatePDF(html, dest=sheet, link_callback=resolver(drawn), resource_policy=letters)
        except Exception as wrong:
            message = f"the PDF can't be made: {type(wrong).__name__}: {brief(str(wrong), 200)}"
            raise PdfFailed(message) from wrong
    if done.err:
        message = f"the PDF can't be made: {done.err} errors in the page"
        raise PdfFailed(message)
    return sheet.getvalue()


def resolver(drawn: Mapping[str, Picture]) -> Callable[[str, str], str]:
    """Return the only way by which paper gets at bytes: our pictures and letters, and nothing for all else."""

    def resolve(uri: str, _relative: str) -> str:
        scheme, _, name = uri.partition(":")
        if scheme == "picture" and name in drawn:
            return "data:image/png;base64," + base64.b64encode(drawn[name].png()).decode()
        if scheme == "letters" and name in LETTERS:
            return font_folder() + name
        return NOTHING

    return resolve


@cache
def _css() -> str:
    return files("bot.report").joinpath("templates/paper.css").read_text(encoding="utf-8")


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("bot.report"), undefined=StrictUndefined, autoescape=True, trim_blocks=True
    ).get_template("paper.html.j2")  # fmt: skip
