"""Could somebody outside the company have written this text, and does it try to talk to us?

Telemetry carries what strangers type: user agents, paths, forms, subjects. Such words may be shown, never obeyed.
"""

import re
import unicodedata
from collections.abc import Mapping

LONGEST = 20_000
"""Characters of a text that are looked at; callers cut before that."""

FIELDS = re.compile(
    r"""(?ix)
    (?<![\w.]) (?:
        (?:http[._])?user[-_.\ ]?agent(?:\.original)? | referr?er | x-forwarded-for
      | (?:http[._]|url[._])(?:target|query|full|request[._]body|query[-_]string)
      | request[-_.\ ]?(?:path|url|uri|body|params?)
      | (?:form|post|search|user)[-_.\ ]?(?:data|body|input|query|text|comment|message|content|term)
      | payload | params | subject
      | comment | feedback | review | nickname | display[-_]?name
      | (?:file|upload)[-_]?name | (?:enduser|customer)[-_.]\w{1,30}
    ) ["']? \s{0,2} [:=] \s{0,2} ["']?[^\s"',;]
    """
)
"""Fields that hold what came from outside, with something in them."""

QUOTED = re.compile(
    r"(?i)\b(?:invalid|malformed|unparseable|unexpected|unsupported|bad|illegal|unknown|rejected|searching|search|query|input|received|user)"
    r"\b[^\"'`\n]{0,40}[\"'`](?=[^\"'`\n]{0,60}\s)[^\"'`\n]{8,}"
)
"""A phrase in quotes behind words that introduce what somebody sent."""

REQUEST = re.compile(
    r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s{1,2}[\"']?(?:https?://[^\s/\"']{1,200})?(/[^\s\"']{0,2000})"
)
SPOKEN = re.compile(r"[?%+=]|[^/]{40,}|\w+(?:[-_.]\w+){3,}")
"""What makes a path more than a route of ours: a query, an encoding, a sentence."""

ATTEMPTS = {
    "asks to disregard instructions": (
        r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|these|system)\b"
        r".{0,30}\b(?:instruction|prompt|rule|direction|guideline|context|evidence|finding|polic)"
    ),
    "redefines who is answering": (
        r"\byou are (?:now|actually|no longer)\b"
        r"|\bact as (?:an?|the)\b.{0,30}\b(?:agent|assistant|admin|commander|system)\b"
    ),
    "addresses the responder": (
        r"\b(?:note|message|attention|hint|instructions?|reminder)\s{0,2}(?:to|for)\s{1,3}(?:(?:the|any|all)\s{1,3})?"
        r"(?:ai|llm|agents?|assistants?|responders?|bot|language model|commander|on-?call bot|incident bot)\b"
        r"|\b(?:ai|llm|assistant|agents?|commander|responder)\s{0,2}[:,]\s{0,2}"
        r"(?:please|you|do|roll|approve|ignore|mark|conclude|report|set|stop)\b"
        r"|\b(?:dear|hey|hello)\s{1,3}(?:ai|llm|assistant|agent|bot|responder|commander)\b"
    ),
    "asks for an action": (
        r"\b(?:please|must|should|immediately|now|urgent(?:ly)?|always)\b.{0,30}"
        r"\b(?:roll(?:ing)?[ -]?back|revert|approve|deploy|restart|delete|drop|scale down)\b"
        r".{0,60}\b(?:deploy\w{0,20}|change|commit|version|service|release|rollback|it|this)\b"
        r"|\broll[ -]back\b.{0,40}\b(?:now|immediately|at once|right away)\b"
        r"|\b(?:set|raise|report|answer|use)\b.{0,20}\bconfidence\b.{0,15}\d"
        r"|\bapprove\b.{0,20}\b(?:rollback|plan|action)\b"
        r"|\b(?:conclude|report|answer|state|say) that\b.{0,80}"
        r"\b(?:root cause|culprit|caused|innocent|guilty|no change|healthy)"
    ),
    "plays a role marker": (
        r"<\|?(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|eot_id)\|?>|\[/?(?:INST|SYS)\]|<</?SYS>>"
        r"|^\s{0,4}#{2,4}\s{0,2}(?:system|instructions?|assistant)\b|^\s{0,4}(?:system|assistant|developer)\s{0,2}:\s"
    ),
    "fakes a tool's result": (
        r"</?(?:tool_?(?:result|call|output|response)|function_?(?:result|call|response)s?|evidence|finding|observation)\b[^>]{0,80}>"
        r"|\"(?:tool_call_id|tool_calls|function_call)\"|\b(?:tool|function)[ _-](?:result|output|response)\s{0,2}[:=]"
    ),
    "fakes evidence": (
        r"(?:\[|\(|\b(?:see|cites?|evidence|per|as shown (?:in|by))[ :#]{1,2})E[1-9]\d{0,2}\b(?=[\]\s),.:;]|$)"
        r"|\bevidence[_ -]?id\b"
    ),
}
INJECTIONS = tuple((what, re.compile(words, re.IGNORECASE | re.MULTILINE)) for what, words in ATTEMPTS.items())

BREAKS = re.compile(r"[\n\t]")


def written_by_outsiders(text: str, attributes: Mapping[str, object] | None = None) -> bool:
    """Tell whether part of a log line or of its attributes may be a stranger's words. Errs on the side of yes."""
    fields = "\n".join(f"{name}={value}" for name, value in (attributes or {}).items())
    whole = f"{text[:LONGEST]}\n{fields[:LONGEST]}"
    if FIELDS.search(whole) or QUOTED.search(whole):
        return True
    return any(SPOKEN.search(path) for path in REQUEST.findall(whole)) or suspicious(whole) is not None


def suspicious(text: str) -> str | None:
    """Return what the text tries on whoever reads it (a model, say), None where it is just text."""
    text = text[:LONGEST]
    if _hidden(text):
        return "hides characters"
    words = plain(text, LONGEST)
    return next((what for what, attempt in INJECTIONS if attempt.search(words)), None)


def plain(text: str, limit: int = 2000) -> str:
    """Return at most ``limit`` characters without control, bidirectional and invisible ones; lines and tabs stay."""
    kept = "".join(
        c for c in text[: 4 * limit] if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
    )
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def _hidden(text: str) -> bool:
    """Tell whether characters are there that no eye sees: bidirectional overrides, zero widths, tags."""
    return (
        any(unicodedata.category(c) == "Cf" and c not in "\u00ad\ufeff\u200d\u200c" for c in text) or "\u200b" in text
    )


__all__ = ["plain", "suspicious", "written_by_outsiders"]
