"""Marks each message of a drill: in its title, above what has none, in notifications, and on its files."""

from bot.report.words import DRILL
from bot.thread.compose import aside
from bot.thread.message import Block, Message, Upload
from bot.thread.text import TEXT, fit, label
from incident.model import Incident

TITLE = 150
TOLD = f"{DRILL}made up; nothing real is touched"


def marked(incident: Incident, *messages: Message) -> tuple[Message, ...]:
    """Return the messages as they are, or each with the mark where the incident is a drill."""
    return tuple(map(_marked, messages)) if incident.drill else messages


def _marked(message: Message) -> Message:
    return message._replace(
        text=f"{DRILL}{message.text}"[:TEXT],
        blocks=tuple(_blocks(message.blocks)),
        uploads=tuple(_upload(each) for each in message.uploads),
    )


def _blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    if blocks and blocks[0]["type"] == "header":
        title = fit(f"{DRILL}{blocks[0]['text']['text']}", TITLE)
        return ({**blocks[0], "text": label(title)}, *blocks[1:])
    return (*aside(TOLD), *blocks)


def _upload(file: Upload) -> Upload:
    return file._replace(title=f"{DRILL}{file.title}", alt=f"{DRILL}{file.alt}")
