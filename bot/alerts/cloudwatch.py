"""CloudWatch alarms: Amazon Q (AWS Chatbot), the SNS subject, and the fields of the Lambda that many teams run."""

import re

from bot.alerts import listed
from bot.alerts.content import Part
from bot.alerts.draft import Draft, told
from bot.alerts.pairs import stanzas
from bot.alerts.states import EMOJI_RESOLVED, State

CHATBOT = re.compile(
    r"CloudWatch Alarm\s*[|:]\s*([^|\n]{1,255}?)\s*(?:\||$)\s*([a-z]{2}(?:-[a-z]+)+-\d)?"
    r"(?:[^\n]*?Account:\s*(\d{12}))?",
    re.IGNORECASE | re.MULTILINE,
)
SUBJECT = re.compile(r"\b(ALARM|OK|INSUFFICIENT_DATA):\s*\"([^\"\n]{1,255})\"(?: in ([\w ().-]{1,60}))?")
STATES = {"alarm": State.FIRING, "in alarm": State.FIRING, "ok": State.RESOLVED}
GOOD = {"good", "2eb886", "36a64f", "008000", "00ff00", "1d8102"}
STATE_KEYS = ("alarm state", "current state", "new state", "state")
ABOUT = frozenset(
    {
        *STATE_KEYS,
        "old state",
        "alarm name",
        "alarm description",
        "alarm reason",
        "link to alarm",
        "reason",
        "threshold",
        "description",
    }
)
METRIC = re.compile(r"\bMetric(?:Name)?:?\s+([\w./-]+)")


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return the alarm; nothing where data is missing, which says neither; None where this is no alarm."""
    facts = _facts(part)
    text = part.text
    chatbot, subject = CHATBOT.search(text), SUBJECT.search(text)
    name = subject[2] if subject else chatbot[1] if chatbot else told(facts, "alarm name", "alarmname")
    if not name or not (chatbot or subject or told(facts, *STATE_KEYS)):
        return None
    state = _state(part, facts, subject[1] if subject else "")
    if state is None:
        return ()
    region = (chatbot[2] if chatbot else None) or facts.get("region", "")
    account = (chatbot[3] if chatbot else None) or told(facts, "account", "aws account", "account id")
    found = METRIC.search(text)
    dimensions = {key: value for key, value in _named(part).items() if key.lower() not in ABOUT}
    labels = {**listed.labels_of(facts), **dimensions, "region": region, "account": account}
    facts = {**facts, **({"metric": found[1]} if found else {})}
    return (Draft(state, name.strip("* "), labels, facts, name, "\n".join(part.lines), part.links, part.moment),)


def _named(part: Part) -> dict[str, str]:
    """Return the fields with a name of one word as AWS writes it: dimensions, such as `QueueName`."""
    lines = {key: value for item in stanzas(part.lines) for key, value in item.labels.items()}
    return {**lines, **{key: value for key, value in part.fields if re.fullmatch(r"[A-Z]\w{1,60}", key)}}


def _facts(part: Part) -> dict[str, str]:
    lines = {key: value for item in stanzas(part.lines) for key, value in item.facts.items()}
    return {**lines, **listed.fields(part)}


def _state(part: Part, facts: dict[str, str], subject: str) -> State | None:
    told_state = (subject or told(facts, *STATE_KEYS)).lower().strip()
    if told_state:
        return next((state for word, state in STATES.items() if re.match(rf"{word}\b", told_state)), None)
    good = part.colour in GOOD or EMOJI_RESOLVED.search(part.title)
    return State.RESOLVED if good else State.FIRING if "Threshold Crossed" in part.text else None
