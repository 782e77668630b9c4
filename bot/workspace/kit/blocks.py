"""Block Kit's blocks, as a table, with the surfaces that take each."""

from typing import NamedTuple

from bot.workspace.kit.elements import ELEMENTS, IN_ACCESSORY, IN_ACTIONS, IN_INPUT
from bot.workspace.kit.objects import (
    CELL,
    CHART,
    COLUMN,
    IMAGE,
    LINK,
    RICH_TEXT,
    RICH_TEXT_ONLY,
    SLACK_FILE,
    WORD,
    text,
    texts,
)
from bot.workspace.kit.rules import Anything, Array, Flag, Kind, Number, Rule, Shape, String


class Block(NamedTuple):
    """What a block may hold, and where it may stand."""

    shape: Rule
    surfaces: frozenset[str]


ALL = frozenset({"message", "modal", "home"})
MESSAGE = frozenset({"message"})
MODAL = frozenset({"modal"})
NOT_MODAL = frozenset({"message", "home"})

_ID: dict[str, Rule] = {"block_id": WORD}
_PLAIN = text(2000, plain=True)
_PICTURE = Kind({"image": IMAGE})

TASK = Shape(
    {
        "task_id": WORD,
        "title": String(),
        "status": String(of=("pending", "in_progress", "complete", "error")),
    },
    {
        **_ID,
        "details": RICH_TEXT_ONLY,
        "output": RICH_TEXT_ONLY,
        "sources": Array(Kind(ELEMENTS, frozenset({"url"}))),
        "icon": Anything(),
        "hide_title": Flag(),
    },
)
_CARD = Shape(
    {},
    {
        **_ID,
        "hero_image": _PICTURE,
        "icon": _PICTURE,
        "slack_icon": Anything(),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": Array(Kind(ELEMENTS, frozenset({"button"})), 3),
    },
    one_of=("hero_image", "title", "actions", "body"),
)

BLOCKS: dict[str, Block] = {
    "actions": Block(Shape({"elements": Array(Kind(ELEMENTS, IN_ACTIONS), 25)}, _ID), ALL),
    "alert": Block(
        Shape(
            {"text": text(200)},
            {**_ID, "level": String(of=("default", "info", "warning", "error", "success"))},
        ),
        MODAL,
    ),
    "card": Block(_CARD, ALL),
    "carousel": Block(Shape({"elements": Array(Kind({"card": _CARD}), 10)}, _ID), NOT_MODAL),
    "context": Block(Shape({"elements": Array(Kind({"image": IMAGE, **texts(3000)}), 10)}, _ID), ALL),
    "context_actions": Block(
        Shape({"elements": Array(Kind(ELEMENTS, frozenset({"feedback_buttons", "icon_button"})), 5)}, _ID), MESSAGE
    ),
    "data_table": Block(
        Shape(
            {"rows": Array(Array(CELL, 20), 201, 2), "caption": String()},
            {**_ID, "page_size": Number(1, 100, whole=True), "row_header_column_index": Number(0, 19, whole=True)},
        ),
        NOT_MODAL,
    ),
    "data_visualization": Block(Shape({"title": String(50), "chart": CHART}, _ID), NOT_MODAL),
    "divider": Block(Shape({}, _ID), ALL),
    "file": Block(Shape({"external_id": WORD, "source": String(of=("remote",))}, _ID), MESSAGE),
    "header": Block(Shape({"text": text(150, plain=True)}, {**_ID, "level": Number(1, 4, whole=True)}), ALL),
    "image": Block(
        Shape(
            {"alt_text": String(2000)},
            {**_ID, "image_url": LINK, "slack_file": SLACK_FILE, "title": _PLAIN},
            one_of=("image_url", "slack_file"),
        ),
        ALL,
    ),
    "input": Block(
        Shape(
            {"label": _PLAIN, "element": Kind(ELEMENTS, IN_INPUT)},
            {**_ID, "hint": _PLAIN, "optional": Flag(), "dispatch_action": Flag()},
        ),
        ALL,
    ),
    "markdown": Block(Shape({"text": String(12_000)}, _ID), MESSAGE),
    "plan": Block(Shape({"title": String(), "tasks": Array(TASK, 50, 0)}, _ID), MESSAGE),
    "rich_text": Block(RICH_TEXT, ALL),
    "section": Block(
        Shape(
            {},
            {
                **_ID,
                "text": text(3000),
                "fields": Array(text(2000), 10),
                "accessory": Kind(ELEMENTS, IN_ACCESSORY),
                "expand": Flag(),
            },
            one_of=("text", "fields"),
        ),
        ALL,
    ),
    "table": Block(
        Shape(
            {"rows": Array(Array(CELL, 20), 100)},
            {**_ID, "column_settings": Array(COLUMN, 20, nullable=True)},
        ),
        NOT_MODAL,
    ),
    "task_card": Block(TASK, MESSAGE),
    "video": Block(
        Shape(
            {
                "alt_text": String(2000),
                "title": text(200, plain=True),
                "thumbnail_url": LINK,
                "video_url": LINK,
            },
            {
                **_ID,
                "author_name": String(50),
                "description": text(200, plain=True),
                "provider_icon_url": String(2000),
                "provider_name": String(50),
                "title_url": String(2000),
            },
        ),
        ALL,
    ),
}
_INSIDE = ("actions", "context", "data_table", "data_visualization", "divider", "header", "image", "rich_text")
BLOCKS["container"] = Block(
    Shape(
        {"child_blocks": Array(Kind({name: BLOCKS[name].shape for name in (*_INSIDE, "section", "table")}), 10)},
        {
            **_ID,
            "title": text(150, plain=True),
            "rich_text_title": RICH_TEXT_ONLY,
            "subtitle": text(150),
            "width": String(of=("narrow", "standard", "wide", "full")),
            "icon": _PICTURE,
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        one_of=("title", "rich_text_title"),
    ),
    NOT_MODAL,
)
