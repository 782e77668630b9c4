"""Pure: an incident becomes Markdown, pictures and a PDF. Heavy libraries are imported when they are first needed."""

from pathlib import Path

from bot.report.files import PdfFailed, Written
from bot.report.options import Options
from incident.model import Incident

__all__ = ["Options", "PdfFailed", "Written", "markdown", "pdf", "warm", "write"]


def markdown(incident: Incident, options: Options | None = None) -> str:
    """Return the report as Markdown: tables and text only, whatever the facts contain."""
    from bot.report import page

    return page.markdown(incident, options or Options())


def pdf(incident: Incident, options: Options | None = None) -> bytes:
    """Return the report as an A4 PDF with pictures; raises `PdfFailed`. Nothing is fetched or read for it."""
    from bot.report import paper

    return paper.pdf(incident, options or Options())


def write(incident: Incident, folder: Path, options: Options | None = None) -> Written:
    """Write both into ``folder``; raises `PdfFailed` after the Markdown was written."""
    from bot.report import files

    return files.write(incident, folder, options or Options())


def warm() -> None:
    """Import what drawing and printing need, and read the letters: for a thread, while the team works."""
    from bot.report import page, paper

    page.warm()
    paper.warm()
