"""What somebody asks for in a message: words after a mention, or in a direct message. Pure."""

import re
from typing import Literal, NamedTuple

MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
AGAIN = re.compile(
    r"/?(?:look|try|check|investigate)\s+(?:at\s+(?:it|this)\s+)?again\b"
    r"(?:\s+with\s+(?:this|that|the)\s+(?:remark|hint))?[\s:,;-]*",
    re.IGNORECASE,
)
LINKED = re.compile(r"<(?:https?://|mailto:)?[^>|]*\|([^>]*)>")
HELP = (
    "*What I do:* I find out what broke, and propose to undo the change that did it when that is proved safe.\n"
    "• `/investigate` or `/investigate TARGET` looks into a service or a made-up incident\n"
    "• `/rca` or `/rca ID` (also part of an id, a service, or `last`) shows a report\n"
    "• `/responder status` says what is going on, `/responder drill SCENARIO` rehearses\n"
    "• in a channel, `@First Responder investigate TARGET`; in a direct message, the same without the mention\n"
    "• the message menu's *Investigate this message* looks into an alert that somebody posted\n"
    "• what you write in an incident's thread is kept with it, and reaches the commander while the team investigates\n"
    "• mention me there to hear how it stands; `look again: REMARK` investigates anew, with what people wrote"
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


def _target(words: str) -> str:
    """Leave out what people put before a name."""
    return re.sub(r"^(?:into|at|the)\s+", "", words, flags=re.IGNORECASE)
