"""Whether blocks and views are what Slack takes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from bot.workspace.kit.blocks import BLOCKS
from bot.workspace.kit.objects import text
from bot.workspace.kit.rules import Anything, Array, Flag, Kind, Rule, Shape, String, wrong
from bot.workspace.kit.walk import cell_texts, elements
from bot.workspace.state import Json

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_CELL_TEXT = 20_000
"""Characters of all cells of a message's data tables together."""
MOST_CHARTS = 2

_VIEW: dict[str, Rule] = {
    "blocks": Anything(),
    "private_metadata": String(3000, 0),
    "callback_id": String(255, 0),
    "external_id": String(255, 0),
}
_TITLE = text(24, plain=True)
VIEWS: dict[str, Rule] = {
    "home": Shape({}, _VIEW),
    "modal": Shape(
        {"title": _TITLE},
        {
            **_VIEW,
            "submit": _TITLE,
            "close": _TITLE,
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "submit_disabled": Flag(),
        },
    ),
}


def check_blocks(blocks: Any, surface: Surface, at: str = "/blocks") -> list[str]:  # noqa: ANN401 - anything may be sent
    """What is wrong with a list of blocks, in Slack's words; nothing: it is taken."""
    table = {name: block.shape for name, block in BLOCKS.items() if surface in block.surfaces}
    found = list(Array(Kind(table), MOST_BLOCKS[surface], 0).check(blocks, at))
    return found or [*_ids(blocks, at), *_inside(blocks, at), *_together(blocks, at)]


def check_view(view: Any) -> list[str]:  # noqa: ANN401
    """What is wrong with a modal or a Home."""
    found = list(Kind(VIEWS).check(view, "/view"))
    if found:
        return found
    blocks = view.get("blocks")
    if view["type"] == "modal" and not view.get("submit") and isinstance(blocks, list):
        inputs = [each for each in blocks if isinstance(each, dict) and each.get("type") == "input"]
        found = [wrong("missing required field: submit", "/view")] if inputs else []
    return found + check_blocks(blocks, view["type"], "/view/blocks")


def _ids(blocks: list[Json], at: str) -> Iterator[str]:
    given = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for name, count in given.items():
        if count > 1:
            yield wrong(f"block_id `{name}` already exists", at)
    for index, block in enumerate(blocks):
        used = Counter(each["action_id"] for each in elements(block) if each.get("action_id"))
        for name, count in used.items():
            if count > 1:
                yield wrong(f"action_id `{name}` already exists", f"{at}/{index}")


def _inside(blocks: list[Json], at: str) -> Iterator[str]:
    """What a table of fields can't say about one block."""
    for index, block in enumerate(blocks):
        match block["type"]:
            case "plan":
                if len({task["task_id"] for task in block["tasks"]}) < len(block["tasks"]):
                    yield wrong("task_id must be unique within a plan", f"{at}/{index}/tasks")
            case "task_card":
                if block["status"] == "pending":
                    yield wrong("only tasks of a plan may be pending", f"{at}/{index}/status")
            case "data_table":
                yield from _table(block["rows"], f"{at}/{index}/rows")
            case "data_visualization":
                yield from _chart(block["chart"], f"{at}/{index}/chart")
            case _:
                pass


def _table(rows: list[list[Json]], at: str) -> Iterator[str]:
    if len({len(row) for row in rows}) > 1:
        yield wrong("all rows must have the same number of cells", at)
    if any(cell["type"] == "rich_text" for cell in rows[0]):
        yield wrong("header cells must not be rich_text", f"{at}/0")


def _chart(chart: Json, at: str) -> Iterator[str]:
    if chart["type"] == "pie":
        return
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) < len(categories):
        yield wrong("categories must be unique", f"{at}/axis_config/categories")
    if len({series["name"] for series in chart["series"]}) < len(chart["series"]):
        yield wrong("series names must be unique", f"{at}/series")
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            yield wrong("data must have exactly one point for each category", f"{at}/series/{index}/data")


def _together(blocks: list[Json], at: str) -> Iterator[str]:
    """Limits that hold for a message's or view's blocks together."""
    kinds = Counter(block["type"] for block in blocks)
    if kinds["data_visualization"] > MOST_CHARTS:
        yield wrong(f"no more than {MOST_CHARTS} data_visualization blocks allowed", at)
    if kinds["table"] > 1:
        yield wrong("only_one_table_allowed", at)
    if sum(map(len, cell_texts(blocks))) > MOST_CELL_TEXT:
        yield wrong(f"data_table cells must be less than {MOST_CELL_TEXT + 1} characters together", at)
