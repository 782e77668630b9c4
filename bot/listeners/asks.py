"""What somebody asks for in a message: words after a mention, or in a direct message. Pure."""

import re
from typing import Literal, NamedTuple

from agents.questions.understanding import is_question
from bot.thread.text import MENTION
from incident.facts import Answered, Remark
from incident.model import Incident

AGAIN = re.compile(
    r"/?(?:look|try|check|investigate)\s+(?:at\s+(?:it|this)\s+)?again\b"
    r"(?:\s+with\s+(?:this|that|the)\s+(?:remark|hint))?[\s:,;-]*",
    re.IGNORECASE,
)
LINKED = re.compile(r"<(?:https?://|mailto:)?[^>|]*\|([^>]*)>")
SOON = 600.0
"""Seconds in which a question that follows an answer is one to us without a mention."""
HELP = (
    "*What I do:* I find out what broke, and propose to undo the change that did it when that is proved safe.\n"
    "• `/investigate` or `/investigate TARGET` looks into a service or a made-up incident\n"
    "• `/rca` or `/rca ID` (also part of an id, a service, or `last`) shows a report\n"
    "• `/responder status` says what is going on, `/responder drill SCENARIO` rehearses\n"
    "• in a channel, `@First Responder investigate TARGET`; in a direct message, the same without the mention\n"
    "• the message menu's *Investigate this message* looks into an alert that somebody posted\n"
    "• what you write in an incident's thread is kept with it, and reaches the commander while the team investigates\n"
    "• mention me there with a question (`why not the cache?`, `errors before 14:00`, `catch me up`) and I answer from "
    "the evidence; without one, I say how it stands; `look again: REMARK` investigates anew, with what people wrote"
)


class Ask(NamedTuple):
    """``about`` is a target, words to find an incident by, or what to know when looking again."""

    kind: Literal["investigate", "rca", "again", "status", "help", "other"]
    about: str = ""


def asked(text: str) -> Ask:
    """Return what the words ask for; a single word that is no command is ``other``."""
    bare = " ".join(LINKED.sub(r"\1", MENTION.sub(" ", text)).replace("`", " ").split())
    words = bare.strip(".!?").split()
    if not words:
        return Ask("help")
    if again := AGAIN.match(bare):
        return Ask("again", bare[again.end() :].strip(" .!?"))
    first, rest = words[0].lower().lstrip("/"), " ".join(words[1:])
    if first in {"investigate", "check", "look"}:
        return Ask("investigate", _target(rest)) if rest else Ask("help")
    if first in {"rca", "report"}:
        return Ask("rca", rest or "last")
    if first == "status" and not rest:
        return Ask("status")
    if first in {"help", "hi", "hello"}:
        return Ask("help")
    return Ask("other", " ".join(words))


def asks_us(text: str) -> bool:
    """Tell whether words that are addressed to us are a question about an incident, and no command."""
    ask = asked(text)
    return is_question(text) and (ask.kind == "other" or (ask.kind == "investigate" and text.rstrip().endswith("?")))


def follows_up(incident: Incident, by: str, text: str, at: float) -> bool:
    """Tell whether somebody goes on asking: we have just answered them, nobody spoke since, and nobody is addressed.

    ``at`` is the moment in seconds, as Slack's message ids have it.
    """
    last = next((fact for fact in reversed(incident.facts) if isinstance(fact, Remark | Answered)), None)
    if not isinstance(last, Answered) or MENTION.search(text) or at - last.at.timestamp() > SOON:
        return False
    asked_before = incident.facts[last.to - 1]
    return isinstance(asked_before, Remark) and asked_before.by == by


def _target(words: str) -> str:
    """Leave out what people put before a name."""
    return re.sub(r"^(?:into|at|the)\s+", "", words, flags=re.IGNORECASE)
