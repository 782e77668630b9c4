"""Evidence folded small: ids, one line each, at most a handful, the rest counted, outsiders' words marked."""

from collections.abc import Sequence

from bot.report.escape import brief, visible
from bot.report.figures import ranges
from incident.evidence import Evidence
from incident.facts import Turn
from incident.model import Incident

HANDFUL = 4
STATEMENT = 180
OUTSIDE = "holds words that outsiders could have written"


def folded(turn: Turn, incident: Incident) -> tuple[str, ...]:
    """Return what a turn rests on: what it cites in a line each, unless the turn itself quotes its evidence."""
    known = {item.id: item for item in (*incident.evidence, *turn.found)}
    cited = [known[i] for i in dict.fromkeys((*turn.cites, *(e.id for e in turn.found))) if i in known]
    text = visible(turn.text)
    quoted = any(visible(item.statement) in text for item in cited)
    chosen = [] if quoted else [item for item in cited if item.id in turn.cites][:HANDFUL]
    rest = [item for item in cited if item not in chosen]
    lines = tuple(one_line(item) for item in chosen)
    return (*lines, *((_counted(rest, more=bool(lines)),) if rest else ()), *_outsiders(rest))


def one_line(item: Evidence) -> str:
    """Return a piece of evidence on one line."""
    outside = f" ({OUTSIDE})" if item.outsider_text else ""
    return f"{item.id}: {brief(visible(item.statement), STATEMENT)}{outside}"


def _counted(rest: Sequence[Evidence], *, more: bool) -> str:
    pieces = f"{len(rest)} {'more ' if more else ''}piece{'s' * (len(rest) != 1)} of evidence"
    return f"{pieces}: {brief(ranges([item.id for item in rest]), STATEMENT)}"


def _outsiders(rest: Sequence[Evidence]) -> tuple[str, ...]:
    ids = [item.id for item in rest if item.outsider_text]
    return (f"Of these {brief(ranges(ids), STATEMENT)} {OUTSIDE}",) if ids else ()


def outsiders(incident: Incident, ids: Sequence[str]) -> str:
    """Return what of the cited evidence rests on outsiders' text, empty where nothing does."""
    cited = [item for item in incident.evidence if item.id in set(ids)]
    outside = [item.id for item in cited if item.outsider_text]
    if not outside:
        return ""
    share = "All" if len(outside) == len(cited) else f"{len(outside)} of {len(cited)}"
    pieces = f"{share} cited pieces of evidence" if share != "All" else "All cited evidence"
    verb = "hold" if share != "All" else "holds"
    return f"{pieces} {verb} words that outsiders could have written: {ranges(outside)}"
