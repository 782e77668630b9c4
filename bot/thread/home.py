"""The App Home: open incidents, the last 30 days in figures, services, history, and the settings in force. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.report import words
from bot.report.escape import visible
from bot.report.figures import clock, duration, share
from bot.slash import Slash
from bot.thread.compose import bounded, header
from bot.thread.message import Block
from bot.thread.pausing import paused
from bot.thread.presses import HOME_FILTER, HOME_SEARCH, OPEN_REPORT, OPEN_THREAD, Pressed, button, option
from bot.thread.rich import Inline, bold, items, line, person, rich, say, section
from bot.thread.settings import Setting, settings
from bot.thread.text import fit, label
from incident.model import Incident
from incident.policy import Pause
from incident.status import Status

OPEN, HISTORY, SERVICES = 15, 20, 25
"""Rows shown; Slack takes 100 blocks."""
FILTERS = {"all": "All", **{status.value: words.STATUSES[status].capitalize() for status in Status if status.ended}}
"""What history can be narrowed to, by the value of the menu."""


class Row(NamedTuple):
    """An incident; ``thread`` is the address of its thread and ``owner`` who has got it, where there is one."""

    incident: Incident
    thread: str | None = None
    owner: str | None = None


class Figures(NamedTuple):
    """The last 30 days; None where there is nothing to count. Shares are between 0 and 1; ``more`` aren't counted."""

    incidents: int = 0
    more: bool = False
    to_first_post: timedelta | None = None
    to_cause: timedelta | None = None
    rolled_back: float | None = None
    agreed: float | None = None


class Health(NamedTuple):
    """A service as people know it: how it is, whose it is, and what last changed."""

    service: str
    health: str
    owner: str
    last_change: str


class Home(NamedTuple):
    """What one person sees. ``history`` is what was found for ``query`` and ``only``."""

    opened: Sequence[Row] = ()
    history: Sequence[Row] = ()
    figures: Figures = Figures()
    services: Sequence[Health] = ()
    settings: Sequence[Setting] = ()
    admin: bool = False
    slash: Slash = Slash()
    query: str = ""
    only: str = "all"
    pause: Pause | None = None


def home(shown: Home) -> Block:
    """Return the view for `views.publish`."""
    return {"type": "home", "blocks": list(_blocks(shown))}


def _blocks(shown: Home) -> Iterator[Block]:
    yield from paused(shown.pause)
    yield header("Open incidents")
    yield from _rows(shown.opened, OPEN, f"Nothing is open. {shown.slash.investigate} begins an investigation.")
    yield header("The last 30 days")
    yield rich(items([[bold(f"{name}: "), say(value)] for name, value in _figures(shown.figures)]))
    if shown.services:
        yield header("Services")
        yield from bounded([_health(one) for one in shown.services], SERVICES)
    yield header("History")
    yield from _search(shown)
    yield from _rows(shown.history, HISTORY, "Nothing was found.")
    yield from settings(shown.settings, admin=shown.admin)


def _rows(rows: Sequence[Row], most: int, nothing: str) -> Iterator[Block]:
    if not rows:
        yield rich(section(say(nothing)))
    for row in rows[:most]:
        yield {"type": "section", "text": label(_row(row)), "accessory": _opener(row)}
        if row.owner:
            yield rich(section(person(fit(row.owner, 60)), say(" has got it")))
    if len(rows) > most:
        yield rich(section(say(f"and {len(rows) - most} more: search for them", italic=True)))


def _row(row: Row) -> str:
    alert = row.incident.alert
    first = f"{words.drill(row.incident)}{row.incident.id} · {visible(alert.name)} on {visible(alert.service)}"
    second = f"{alert.severity} · {words.STATUSES[row.incident.status]} · since {clock(alert.fired_at)} UTC"
    return f"{fit(first, 300)}\n{fit(second, 300)}"


def _opener(row: Row) -> Block:
    if row.thread is None:
        return button(OPEN_REPORT, "Report", Pressed(row.incident.id))
    return button(OPEN_THREAD, "Thread", Pressed(row.incident.id), url=row.thread)


def _figures(figures: Figures) -> Iterator[tuple[str, str]]:
    def took(length: timedelta | None) -> str:
        return "nothing to measure yet" if length is None else duration(length)

    def of_all(part: float | None) -> str:
        return "nobody has said yet" if part is None else share(part)

    yield "Incidents", f"{figures.incidents}{' or more: the newest are counted' if figures.more else ''}"
    yield "From alert to first post (median)", took(figures.to_first_post)
    yield "From alert to cause (median)", took(figures.to_cause)
    yield "Rolled back", "none yet" if figures.rolled_back is None else share(figures.rolled_back)
    yield "People agreed with the diagnosis", of_all(figures.agreed)


def _health(one: Health) -> list[Inline]:
    owner = person(fit(one.owner, 60)) if one.owner else say("not known")
    changed = line(f" · last change: {one.last_change or 'not known'}", 150)
    return [bold(one.service, 80), line(f" {one.health}", 130), say(" · owner: "), owner, changed]


def _search(shown: Home) -> Iterator[Block]:
    """Yield the search field and the menu beside it; both act at once."""
    typed = {"initial_value": visible(shown.query)[:200]} if shown.query.strip() else {}
    hint = label("Id, service or word")
    field = {"type": "plain_text_input", "action_id": HOME_SEARCH, "placeholder": hint, **typed}
    title = label("Search")
    yield {"type": "input", "block_id": HOME_SEARCH, "dispatch_action": True, "label": title, "element": field}
    options = {value: option(name, value) for value, name in FILTERS.items()}
    menu = {"type": "static_select", "action_id": HOME_FILTER, "options": list(options.values())}
    chosen = options.get(shown.only, options["all"])
    yield {"type": "actions", "block_id": HOME_FILTER, "elements": [{**menu, "initial_option": chosen}]}
