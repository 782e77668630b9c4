"""Where the reports of the command line go: a folder that is tried before the work, and what was written to it."""

import tempfile
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

from bot import report
from bot.mistakes import Mistake
from bot.report.options import Options
from incident.model import Incident


class Outcome(NamedTuple):
    """What became of the report. ``missing`` says what could not be written and how to get it all the same."""

    files: report.Written | None
    missing: str = ""


def prepared(folder: Path) -> Path:
    """Return the folder, made where it has to be; raises `Mistake` where nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as wrong:
        message = f"--out {folder}: nothing can be written there ({wrong.strerror}); name another folder"
        raise Mistake(message) from wrong


def write_report(incident: Incident, folder: Path, zone: tzinfo) -> Outcome:
    """Write Markdown and PDF. What can't be written is told and loses nothing: the incident is stored."""
    again = f"`first-responder rca {incident.id}` has it"
    try:
        return Outcome(report.write(incident, folder, Options(timezone=zone)))
    except report.PdfFailed as failed:
        return Outcome(report.Written(folder / f"{incident.id}.md", None), f"{failed}; the Markdown is there")
    except OSError as wrong:
        return Outcome(None, f"the report can't be written to {folder} ({wrong.strerror}); {again}")
