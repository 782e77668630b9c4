"""Pictures and the report as files of the thread, each with the words that say what it shows."""

import re
from collections.abc import Iterator

from bot import report
from bot.report.charts import chart, charts
from bot.report.chosen import Chosen, before_and_after, choose
from bot.report.diagrams import chain_picture
from bot.report.drawing import Picture
from bot.thread.message import Upload
from bot.thread.options import Options
from incident.model import Incident

SIGNALS = 3
ALT = 1000
"""Slack's limit for a file's alternative text."""
TWO = 2


def cause_pictures(incident: Incident, options: Options) -> tuple[Upload, ...]:
    """Return the deciding metrics as one picture, and how the trouble spread as another, where there is something."""
    return tuple(_cause(incident, choose(incident, options.report)))


def _cause(incident: Incident, chosen: Chosen) -> Iterator[Upload]:
    series = [seen for _, seen in chosen.signals][:SIGNALS]
    if series:
        yield _picture(incident, "signals", "The deciding metrics", charts(series, chosen.marks))
    if chosen.spread is not None and sum(len(column) for column in chosen.spread.columns) >= TWO:
        yield _picture(incident, "spread", "Where it began and whom it hit", chain_picture(chosen.spread))


def check_picture(incident: Incident, options: Options) -> tuple[Upload, ...]:
    """Return the signal that paged, from before it went wrong until after the rollback."""
    chosen = choose(incident, options.report)
    signal = before_and_after(incident, chosen)
    if signal is None:
        return ()
    title = "The signal that paged, before and after the rollback"
    return (_picture(incident, "before-and-after", title, chart(signal, chosen.marks)),)


def report_file(incident: Incident, options: Options) -> Upload:
    """Return the report as a PDF."""
    title = f"{'Report' if incident.status.ended else 'Draft report'} of {incident.id}"
    return Upload(f"{_stem(incident)}.pdf", title, f"{title} as a PDF", lambda: report.pdf(incident, options.report))


def _picture(incident: Incident, name: str, title: str, picture: Picture) -> Upload:
    return Upload(f"{_stem(incident)}-{name}.png", title, picture.alt[:ALT], picture.png)


def _stem(incident: Incident) -> str:
    return re.sub(r"[^\w-]", "_", incident.id)[:100]
