"""Ways through blocks that are known to be right: their elements, their ids, their texts."""

import secrets
from collections.abc import Iterator

from bot.workspace.state import Json

_HOLDING_ELEMENTS = ("actions", "context_actions")


def elements(block: Json) -> list[Json]:
    """The elements of a block that somebody can use."""
    found = list(block.get("elements", [])) if block["type"] in _HOLDING_ELEMENTS else []
    found += block.get("actions") or []
    found += [block[name] for name in ("accessory", "element") if block.get(name)]
    for inner in _children(block):
        found += elements(inner)
    return found


def element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """A block and its element, by their ids."""
    for block in _all(blocks):
        for each in elements(block):
            if each.get("action_id") == action_id and block_id in ("", block.get("block_id")):
                return block, each
    return None


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks, each block and element with an id: Slack makes up those that the app left out."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for each in elements(block):
            if each["type"] != "image":
                each.setdefault("action_id", secrets.token_urlsafe(4))
        with_ids(_children(block))
    return blocks


def inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """The input blocks of a view, each with its element."""
    return ((block, block["element"]) for block in blocks if block["type"] == "input")


def cell_texts(blocks: list[Json]) -> Iterator[str]:
    """The texts of all cells of data tables."""
    for block in blocks:
        if block["type"] == "data_table":
            for row in block["rows"]:
                for cell in row:
                    yield from _texts(cell)


def markdown_length(blocks: list[Json]) -> int:
    """Characters of all markdown blocks together."""
    return sum(len(block["text"]) for block in blocks if block["type"] == "markdown")


def _children(block: Json) -> list[Json]:
    if block["type"] == "carousel":
        return list(block["elements"])
    return list(block.get("child_blocks") or [])


def _all(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        yield block
        yield from _all(_children(block))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for held in value.values():
            yield from _texts(held)
    elif isinstance(value, list):
        for held in value:
            yield from _texts(held)
