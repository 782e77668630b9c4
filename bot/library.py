"""Incidents that are stored: found, listed, read again, recorded."""

import io
import json

from bot import report
from bot.config import Settings
from bot.console.plain import PlainConsole
from bot.document import document
from bot.kept import open_store
from bot.mistakes import Mistake
from bot.report.options import Options
from bot.report.words import draft
from incident.model import Incident

LAST = "last"
NOTHING_YET = "no incidents yet: `first-responder investigate checkout-latency` makes one"


async def find_incident(words: str, settings: Settings) -> Incident:
    """Return the incident of an id, a part of one, a service or "last"; raises `Mistake` with the nearest there are."""
    async with open_store(settings) as store:
        recent = await store.recent(limit=5)
        found = recent[:1] if words.lower() == LAST else await store.find(words, limit=5)
    exact = [i for i in found if i.id.lower() == words.strip().lower()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    there = ", ".join(i.id for i in found or recent)
    if found:
        message = f"{words!r} is more than one: {there}"
    else:
        message = f"no incident {words!r}; the newest are {there}" if there else NOTHING_YET
    raise Mistake(message)


async def list_incidents(search: str | None, limit: int, settings: Settings) -> tuple[Incident, ...]:
    """Return the incidents that match, newest first."""
    async with open_store(settings) as store:
        return await (store.find(search, limit) if search else store.recent(limit))


def as_line(incident: Incident) -> str:
    """Return one line for a list."""
    columns = (
        incident.id,
        f"{incident.opened_at:%Y-%m-%d %H:%MZ}",
        f"{incident.status}{' drill' * incident.drill}",
        incident.alert.service,
        incident.target,
    )
    return "{:<10} {:<17} {:<18} {:<24} {}".format(*columns)


async def render(incident: Incident, form: str, options: Options) -> bytes:
    """Return the report in one of the forms of `rca --format`."""
    match form:
        case "markdown":
            return report.markdown(incident, options).encode()
        case "pdf":
            return report.pdf(incident, options)
        case "json":
            return json.dumps(document(incident), indent=1).encode() + b"\n"
        case _:
            return (await _as_text(incident)).encode()


async def _as_text(incident: Incident) -> str:
    page = io.StringIO()
    console = PlainConsole(page, whole=True)
    await console.show(incident, None, 0)
    for seq, fact in enumerate(incident.facts, start=1):
        await console.show(incident, fact, seq)
    if warning := draft(incident):
        print(warning, file=page)
    return page.getvalue()
