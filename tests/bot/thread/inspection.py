"""What must be true of every message that is drawn, whatever the facts hold."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from slackblocks import ActionsBlock, Block, Button, ConfirmationDialogue, PlanBlock, TaskCardBlock

from bot.report.escape import INVISIBLE
from bot.thread.message import Message
from bot.workspace.kit.check import check_blocks, check_view

NOTIFYING = {"user", "usergroup", "broadcast", "channel"}
OURS = re.compile(r"<!date\^\d+\^[^<>|^]+\|[^<>]+>")


def sound(messages: Iterable[Message], people: Iterable[str] = ()) -> list[Message]:
    """Return the messages after looking at each; ``people`` are the ids that may be mentioned."""
    looked_at = list(messages)
    for message in looked_at:
        _within_limits(message)
        _harmless(message, set(people))
    return looked_at


def sound_view(view: dict[str, Any]) -> dict[str, Any]:
    assert check_view(view) == []
    assert all(_visible(text) for text in strings(view))
    assert not [node for node in nodes(view) if node.get("type") == "mrkdwn"]
    return view


def _within_limits(message: Message) -> None:
    blocks = json.loads(json.dumps(list(message.blocks)))
    assert check_blocks(blocks, "message") == []
    assert 1 <= len(message.text) <= 4000
    assert message.text.strip()
    for block in blocks:
        _built_again(block)


def _built_again(block: dict[str, Any]) -> None:
    """Build what an independent library knows of a block by its own rules, which raises where Slack would refuse it."""
    match block["type"]:
        case "header" | "context":
            Block.from_dict(block)
        case "actions":
            ActionsBlock([_button(button) for button in block["elements"]])
        case "plan":
            tasks = [TaskCardBlock(t["task_id"], t["title"], status=t["status"]) for t in block["tasks"]]
            PlanBlock(block["title"], tasks)


def _button(button: dict[str, Any]) -> Button:
    sure = button.get("confirm")
    return Button(
        text=button["text"]["text"], action_id=button["action_id"], value=button["value"], style=button.get("style"),
        confirm=ConfirmationDialogue.from_dict(sure) if sure else None,
    )  # fmt: skip


def _harmless(message: Message, people: set[str]) -> None:
    for node in nodes(list(message.blocks)):
        kind = node.get("type")
        assert kind != "mrkdwn"
        assert kind not in {"user", "usergroup"} or node.get("user_id", node.get("usergroup_id")) in people
        assert kind not in NOTIFYING - {"user", "usergroup"}
        assert kind != "link" or "text" not in node
    known = OURS.sub("", message.text)
    for who in people:
        known = known.replace(f"<@{who}>", "").replace(f"<!subteam^{who}>", "")
    assert "<" not in known
    assert ">" not in known
    assert all(_visible(text) for text in (message.text, *strings(list(message.blocks))))


def _visible(text: str) -> bool:
    return all(char == "\n" or unicodedata.category(char) not in INVISIBLE for char in text)


def nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from nodes(inner)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def told(messages: Iterable[Message]) -> str:
    """Return everything that the messages say, as they would without blocks."""
    return "\n".join(message.text for message in messages)


def pressable(message: Message) -> list[str]:
    """Return what can be pressed, by action id."""
    return [node["action_id"] for node in nodes(list(message.blocks)) if "action_id" in node]
