"""The report as files: the Markdown is safe on disk before the PDF is tried."""

import os
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from bot.report.options import Options
from incident.model import Incident

NAME = 100
"""Characters of a file's name that an id may fill."""


class PdfFailed(Exception):
    """The PDF could not be made or written. What could be written without it was: the Markdown is there."""


class Written(NamedTuple):
    """Where the report is; ``pdf`` is None where only the Markdown was wanted."""

    markdown: Path
    pdf: Path | None


def write(incident: Incident, folder: Path, options: Options) -> Written:
    """Write ``ID.md`` and ``ID.pdf``, each replaced as a whole; raises `PdfFailed` after the Markdown was written.

    Raises OSError where not even the Markdown can be written.
    """
    from bot.report.page import markdown
    from bot.report.paper import pdf

    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w-]", "_", incident.id)[:NAME]
    written = Written(folder / f"{stem}.md", folder / f"{stem}.pdf")
    _replace(written.markdown, markdown(incident, options).encode())
    page = pdf(incident, options)
    try:
        _replace(folder / f"{stem}.pdf", page)
    except OSError as wrong:
        message = f"the PDF can't be written: {wrong.strerror}"
        raise PdfFailed(message) from wrong
    return written


def _replace(path: Path, content: bytes) -> None:
    """Write beside the place and move it there: a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
