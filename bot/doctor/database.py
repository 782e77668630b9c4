"""Whether incidents can be kept: the database can be written, and its tables are those of this version."""

import asyncio
import tempfile
from pathlib import Path

from bot.doctor.chosen import harmless
from bot.doctor.finding import Finding, note, right, wrong
from storage.database import HEAD, Database, UnusableDatabase

TOPIC = "database"
REMEDY = "make it writable, or set another SFA_DATABASE_URL"


async def database(url: str) -> Finding:
    """Look at it without making or changing anything."""
    shown = harmless(url)
    try:
        async with Database(url) as kept:
            if kept.file is not None and not kept.file.exists():
                return await asyncio.to_thread(_not_there_yet, kept.file)
            revision = await kept.revision()
    except UnusableDatabase as why:
        return wrong(TOPIC, str(why), REMEDY)
    if revision == HEAD:
        return right(TOPIC, f"{shown} can be written and is up to date (revision {HEAD})")
    if revision is None or revision < HEAD:
        behind = "empty" if revision is None else f"at revision {revision} of {HEAD}"
        return note(TOPIC, f"{shown} can be written and is {behind}: the next command migrates it", UPGRADE)
    return wrong(TOPIC, f"{shown} is at revision {revision}; this version knows {HEAD}", "use the newer program")


UPGRADE = "first-responder db upgrade, to have it done now"


def _not_there_yet(file: Path) -> Finding:
    """Try whether a file could be made there, with one that is gone at once."""
    folder = next((above for above in file.absolute().parents if above.is_dir()), Path("/"))
    try:
        with tempfile.TemporaryFile(dir=folder):
            return right(TOPIC, f"{file} isn't there yet and can be made")
    except OSError as why:
        return wrong(TOPIC, f"{file} isn't there, and nothing can be written in {folder}: {why.strerror}", REMEDY)
