"""The modals: what to investigate, why not, which report, how long to be quiet. Pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.report.words import STATUSES, drill
from bot.thread.presses import (
    INVESTIGATE_MODAL,
    MUTE_MODAL,
    OPEN_REPORT,
    RCA_MODAL,
    REJECT_MODAL,
    Pressed,
    button,
    option,
)
from bot.thread.rich import person, rich, say, section, when
from bot.thread.text import fit, label
from incident.alert import Severity
from incident.model import Incident

TARGET, SEVERITY, SINCE, REASON, INCIDENT, LENGTH = "target", "severity", "since", "reason", "incident", "length"
"""Ids of blocks and of what is entered in them."""
HOURS = {"1": "1 hour", "4": "4 hours", "12": "12 hours", "24": "1 day", "168": "1 week"}
LONGEST_REASON = 1_000
LISTED = 5
View = dict[str, Any]
Kept = Mapping[str, str]
"""What a modal is about, as its private metadata."""


def investigate_modal(kept: Kept) -> View:
    """Ask what to look into, how bad it is, and since when."""
    target = {"type": "external_select", "min_query_length": 0, "placeholder": label("Search by name")}
    severities = [option(each.value.capitalize(), each.value) for each in Severity]
    severity = {"type": "static_select", "options": severities, "placeholder": label("As the alert says")}
    return bare_modal(INVESTIGATE_MODAL, "Investigate", "Investigate", kept) | {
        "blocks": [
            field(TARGET, "What", target),
            field(SEVERITY, "Severity", severity, optional=True),
            field(SINCE, "Since when", {"type": "datetimepicker"}, "Left empty: it has just begun.", optional=True),
        ]
    }


def reject_modal(about: Pressed, kept: Kept) -> View:
    """Ask why."""
    text = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_REASON}
    kept = {**kept, "incident": about.incident, "digest": about.digest or ""}
    hint = "It goes into the thread and the report."
    blocks = [field(REASON, "Why should this not be rolled back?", text, hint, optional=True)]
    return bare_modal(REJECT_MODAL, "Reject", "Reject", kept) | {"blocks": blocks}


def mute_modal(about: Pressed, kept: Kept, muted: tuple[str, datetime] | None = None) -> View:
    """Ask how long to be quiet; ``muted`` is who has muted it, and until when."""
    lengths = [option(length, hours) for hours, length in HOURS.items()]
    now = [rich(section(person(muted[0]), say(" muted this alert until "), when(muted[1]), say(".")))] if muted else []
    choices = [*lengths, option("Not any more", "0")] if muted else lengths
    menu = {"type": "static_select", "options": choices, "initial_option": choices[0]}
    hint = "The same problem opens no incident in this time; the thread says who muted it."
    blocks = [*now, field(LENGTH, "For how long?", menu, hint)]
    return bare_modal(MUTE_MODAL, "Mute this alert", "Mute", {**kept, "incident": about.incident}) | {"blocks": blocks}


def rca_modal(recent: Iterable[Incident], kept: Kept) -> View:
    """Offer the latest incidents, and a search for any other."""
    search = {"type": "external_select", "min_query_length": 0, "placeholder": label("Id or service")}
    listed = [
        {
            "type": "section",
            "text": label(fit(incident_line(incident), 150)),
            "accessory": button(OPEN_REPORT, "Open", Pressed(incident.id)),
        }
        for incident in list(recent)[:LISTED]
    ]
    nothing = [{"type": "section", "text": label("There are no incidents yet: nothing has been investigated.")}]
    blocks = [field(INCIDENT, "Find an incident", search), *listed] if listed else nothing
    return bare_modal(RCA_MODAL, "Reports", "Show report" if listed else None, kept) | {"blocks": blocks}


def incident_line(incident: Incident) -> str:
    """Return one line that tells an incident from others."""
    at = f"{incident.opened_at:%Y-%m-%d %H:%M} UTC"
    return f"{drill(incident)}{incident.id} · {incident.alert.service} · {STATUSES[incident.status]} · {at}"


def field(name: str, title: str, element: View, hint: str = "", *, optional: bool = False) -> View:
    """Return an input under its label."""
    known: dict[str, Any] = {"hint": label(hint)} if hint else {}
    element = {**element, "action_id": name}
    return {"type": "input", "block_id": name, "label": label(title), "element": element, "optional": optional} | known


def bare_modal(callback_id: str, title: str, submit: str | None, kept: Kept) -> View:
    """Return a modal without its blocks."""
    yes = {"submit": label(submit)} if submit else {}
    words = {"title": label(title), "close": label("Cancel" if submit else "Close")}
    return {"type": "modal", "callback_id": callback_id, "private_metadata": json.dumps(kept), **words, **yes}
