"""Opsgenie: `New alert: "message"`, `Jane closed alert: "message"`, with tags and a priority."""

import re

from bot.alerts import listed
from bot.alerts.content import Part
from bot.alerts.draft import Draft
from bot.alerts.states import State

SAID = re.compile(
    r"\b(New|closed|acknowledged|executed \[[^\]\n]{1,60}\] action on|added note [^\n]{0,300}? to the) alert:?\s*"
    r"\"([^\n]{1,1000}?)\"(?=\s|$)",
    re.IGNORECASE,
)
HEADED = re.compile(r"^(New|Closed) alert: #\d+$", re.IGNORECASE)


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the alert; nothing for a note or an acknowledgement, which change nothing; None where it isn't theirs."""
    headed, found = HEADED.match(part.title), SAID.search(part.text)
    told = headed or found
    if told is None:
        return None
    word = told[1].lower()
    if word not in {"new", "closed"}:
        return ()
    message = found[2] if found else next((line.strip('", ') for line in part.lines if line), "")
    state = State.RESOLVED if word == "closed" else State.FIRING
    draft = listed.drafts(part._replace(title=message), state, message)[0]
    return (draft._replace(name=message),)
