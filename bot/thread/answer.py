"""An answer in the thread: what was asked, what the evidence says, and what was read for it alone."""

from collections.abc import Iterator
from html import unescape

from bot.report.escape import brief, visible
from bot.thread.compose import aside, messages
from bot.thread.evidence import OUTSIDE
from bot.thread.message import Block, Message
from bot.thread.prose import prose
from bot.thread.rich import line, person, quote, rich, say
from bot.thread.text import MENTION
from incident.facts import Answered, Remark
from incident.model import Incident

ASKED, QUERY, NOTES = 160, 180, 3


def answer_messages(incident: Incident, answer: Answered) -> tuple[Message, ...]:
    """Return the answer under the question that it is to: others may have written in between."""
    return messages(_blocks(incident, answer))


def _blocks(incident: Incident, answer: Answered) -> Iterator[Block]:
    question = incident.facts[answer.to - 1]
    if isinstance(question, Remark):
        yield rich(quote(person(question.by), say(": "), line(unescape(MENTION.sub("", question.text)).strip(), ASKED)))
    yield from prose(answer.text)
    yield from aside(*_small(answer))


def _small(answer: Answered) -> Iterator[str]:
    for query in dict.fromkeys(item.query for item in answer.found):
        yield f"Read for this answer, and no part of the diagnosis: {brief(visible(query), QUERY)}"
    outside = [item.id for item in answer.found if item.outsider_text]
    if outside:
        yield f"{', '.join(outside)} {OUTSIDE}"
    yield from (brief(visible(note), QUERY) for note in answer.notes[:NOTES])
    yield "by search over the evidence" if answer.by == "offline" else f"by {brief(visible(answer.by), 60)}, checked"
