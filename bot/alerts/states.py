"""Whether a title says that something pages or that it is over, and what it is called without saying so."""

import re
from enum import Enum, auto


class State(Enum):
    """What a message says happened."""

    FIRING = auto()
    RESOLVED = auto()


FIRING = (
    "firing|triggered|re-triggered|retriggered|alerting|alert|alarm|in alarm|problem|down|outage|warn|warning|critical|"
    "crit|error|fatal|emergency|acknowledged|escalated|reassigned|no data|p[0-5]|sev-?[0-5]|"
    "problem (?:service|host) alert|(?:new )?incident"
)
"""What a title may begin with, before a colon."""
BRACKETED = f"{FIRING}|high|major|page|open"
RESOLVED = (
    "resolved|recovered|recovery(?: service alert| host alert)?|ok|closed|cleared|healthy|back to normal|normal|up"
)
LEAD = r"^(?::\w+:|@(?:here|channel|everyone)\b|[^\w\[(])*(?:incident [#\d ]{1,14})?"
COLON = r"\s*(?:[:!|]|[-\u2013\u2014]\s)"
SHAPES = (
    re.compile(rf"^[^\[\n]{{0,80}}\[\s*(?:({RESOLVED})|({BRACKETED}))\b[^\]\n]{{0,200}}\]", re.IGNORECASE),
    re.compile(rf"{LEAD}(?:({RESOLVED})|({FIRING})){COLON}", re.IGNORECASE),
)
OVER = re.compile(
    r"\s*\b(?:(?:is|are|was|has|have|has been|have been) )?(?:now )?"
    r"(?:(?i:resolved|recovered|back to normal|healthy again|back up)|(?<=is )(?:UP|OK|HEALTHY))[\s*.!]*(?=$|:)"
)
BAD = re.compile(
    r"\s*\b(?:is|are|went) (?:now )?"
    r"(?:(?i:down|unhealthy|unavailable|unreachable)|CRITICAL|FIRING|WARNING)[\s*.!]*(?=$|:)"
)
EMOJI_FIRING = re.compile(
    r"[🚨🔥🆘❗‼🔴🛑❌]|:(?:rotating_light|fire|sos|exclamation|bangbang|red_circle|octagonal_sign|x|large_red_square):"
)
EMOJI_RESOLVED = re.compile(
    r"[✅🟢☑✔💚]|:(?:white_check_mark|large_green_circle|large_green_square|heavy_check_mark|green_heart|ok):"
)
HEADING = re.compile(r"^[\W\d]*(?:alerts?\s+)?(firing|resolved)(?:\s+alerts?)?[\W\d]*$", re.IGNORECASE)
MARKS = re.compile(
    rf"{LEAD}(?:\[[^\]\n]{{0,200}}\]|(?:{RESOLVED}|{FIRING}|alertmanager|grafana){COLON})\s*", re.IGNORECASE
)
TAIL = re.compile(rf"\s*\[\s*(?:{RESOLVED}|{BRACKETED})\b[^\]]{{0,200}}\]\s*$", re.IGNORECASE)
DECORATION = re.compile(r"(?:[\s!]|:\w+:|[^\w\s)}\]%\"'.])+$")


def state_of(title: str) -> State | None:
    """Return what a title says happened; None where it says neither."""
    title = title[:500]
    for shape in SHAPES:
        if found := shape.search(title):
            return State.RESOLVED if found[1] else State.FIRING
    if EMOJI_RESOLVED.search(title[:80]) or OVER.search(title):
        return State.RESOLVED
    return State.FIRING if EMOJI_FIRING.search(title[:80]) or BAD.search(title) else None


def heading(line: str) -> State | None:
    """Return the state that a line of its own announces for the alerts below it, such as `**Firing**`."""
    found = HEADING.match(line[:80])
    return State[found[1].upper()] if found else None


def unmarked(title: str) -> str:
    """Return a title without what says its state, priority or sender, so that both pages of a problem have one name."""
    previous = None
    while previous != title:
        previous, title = title, MARKS.sub("", title, count=1)
    title = re.sub(LEAD, "", title, flags=re.IGNORECASE)
    title = DECORATION.sub("", TAIL.sub("", title))
    return BAD.sub("", OVER.sub("", title)).strip(" .,:-!")
