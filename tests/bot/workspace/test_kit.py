"""Slack's limits, checked against two libraries that know them too: the SDK's classes and slackblocks."""

from typing import Any

import pytest
import slackblocks as kit
from hypothesis import given
from hypothesis import strategies as st
from slackblocks._surfaces import _BLOCK_TYPES_BY_SURFACE
from slackblocks.blocks import Block

from bot.workspace.kit.blocks import BLOCKS
from bot.workspace.kit.check import Surface, check_blocks, check_view
from bot.workspace.kit.elements import ELEMENTS
from bot.workspace.kit.walk import elements, with_ids

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def button(**more: object) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*inside: Json) -> Json:
    return {"type": "actions", "elements": list(inside)}


def chart(series: int = 1, points: int = 1, **more: object) -> Json:
    labels = [f"{number}" for number in range(points)]
    data = [{"label": label, "value": 1} for label in labels]
    lines = [{"name": f"s{number}", "data": data} for number in range(series)]
    chart = {"type": "line", "series": lines, "axis_config": {"categories": labels}, **more}
    return {"type": "data_visualization", "title": "p99", "chart": chart}


def task(status: str = "pending", **more: object) -> Json:
    return {"task_id": "1", "title": "Read metrics", "status": status, **more}


def rich(*inside: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inside)}]}


def data_table(rows: list[list[Json]]) -> Json:
    return {"type": "data_table", "caption": "c", "rows": rows}


CELL = {"type": "raw_text", "text": "x"}
OPTION = {"text": plain(), "value": "v"}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}

TAKEN: dict[str, Json] = {
    "section at its limits": {"type": "section", "text": mrkdwn("x" * 3000), "fields": [mrkdwn("x" * 2000)] * 10},
    "section with an accessory": {"type": "section", "text": mrkdwn(), "accessory": button(value="x" * 2000)},
    "header at its limit": {"type": "header", "text": plain("x" * 150)},
    "25 buttons": actions(*[button() for _ in range(25)]),
    "button with a dialog": actions(
        button(style="danger", confirm={"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()})
    ),
    "context with texts and images": {"type": "context", "elements": [mrkdwn(), plain(), IMAGE]},
    "image from a Slack file": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
    "markdown at its limit": {"type": "markdown", "text": "x" * 12_000},
    "rich text": rich(
        {"type": "text", "text": "x", "style": {"bold": True}},
        {"type": "link", "url": "https://example.com"},
        {"type": "date", "timestamp": 1, "format": "{time}", "fallback": "then"},
        {"type": "user", "user_id": "U1"},
        {"type": "emoji", "name": "eyes"},
    ),
    "rich text preformatted": {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}], "border": 0}],
    },
    "chart of 12 series and 20 points": chart(12, 20),
    "pie": {
        "type": "data_visualization",
        "title": "t",
        "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
    },
    "table of 100 by 20": {"type": "table", "rows": [[CELL] * 20] * 100, "column_settings": [None, {"align": "right"}]},
    "data table": data_table([[CELL], [{"type": "raw_number", "value": 1.5, "text": "1.5 s"}]]),
    "plan with a pending task": {"type": "plan", "title": "Plan", "tasks": [task()]},
    "task card": {"type": "task_card", **task("complete"), "details": rich({"type": "text", "text": "x"})},
    "feedback": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "positive_button": {"text": plain(), "value": "right"},
                "negative_button": {"text": plain(), "value": "wrong"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain()},
        ],
    },
    "input": {"type": "input", "label": plain(), "element": {"type": "plain_text_input", "multiline": True}},
    "select with groups": actions(
        {"type": "static_select", "option_groups": [{"label": plain(), "options": [OPTION]}]}
    ),
    "radio buttons with markup": actions({"type": "radio_buttons", "options": [{"text": mrkdwn(), "value": "v"}]}),
    "video": {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": "https://example.com/t",
        "video_url": "https://example.com/v",
    },
    "container": {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}]},
    "card": {"type": "card", "title": mrkdwn(), "actions": [button()]},
    "carousel": {"type": "carousel", "elements": [{"type": "card", "body": mrkdwn()}]},
}

REFUSED: list[tuple[Json, str]] = [
    ({"type": "nonsense"}, "unsupported type: nonsense /blocks/0/type"),
    ({}, "missing required field: type /blocks/0"),
    ({"type": "section"}, "must define one of: text, fields /blocks/0"),
    ({"type": "section", "text": mrkdwn("x" * 3001)}, "must be less than 3001 characters /blocks/0/text/text"),
    ({"type": "section", "text": mrkdwn("")}, "must be more than 0 characters /blocks/0/text/text"),
    ({"type": "section", "text": "x"}, "must be an object /blocks/0/text"),
    ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, "must be less than 2001 characters /blocks/0/fields/0/text"),
    ({"type": "section", "fields": [mrkdwn()] * 11}, "no more than 10 items allowed /blocks/0/fields"),
    ({"type": "section", "text": mrkdwn(), "colour": "red"}, "invalid additional property: colour /blocks/0"),
    ({"type": "section", "text": mrkdwn(), "block_id": "x" * 256},
     "must be less than 256 characters /blocks/0/block_id"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn /blocks/0/text/type"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters /blocks/0/text/text"),
    (actions(), "no fewer than 1 items allowed /blocks/0/elements"),
    (actions(*[button()] * 26), "no more than 25 items allowed /blocks/0/elements"),
    (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input /blocks/0/elements/0/type"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters /blocks/0/elements/0/text/text"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters /blocks/0/elements/0/value"),
    (actions(button(style="loud")), "must be one of: primary, danger /blocks/0/elements/0/style"),
    (actions(button(action_id="a"), button(action_id="a")), "action_id `a` already exists /blocks/0"),
    (actions({"type": "overflow", "options": [OPTION] * 6}),
     "no more than 5 items allowed /blocks/0/elements/0/options"),
    (actions({"type": "static_select", "options": [{"text": mrkdwn(), "value": "v"}]}),
     "unsupported type: mrkdwn /blocks/0/elements/0/options/0/text/type"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button /blocks/0/elements/0/type"),
    ({"type": "image", "alt_text": "a"}, "must define one of: image_url, slack_file /blocks/0"),
    ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text /blocks/0"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters /blocks/0/text"),
    ({"type": "alert", "text": mrkdwn()}, "unsupported type: alert /blocks/0/type"),
    (rich({"type": "text", "text": ""}), "must be more than 0 characters /blocks/0/elements/0/elements/0/text"),
    (chart(13), "no more than 12 items allowed /blocks/0/chart/series"),
    (chart(1, 21), "no more than 20 items allowed /blocks/0/chart/series/0/data"),
    (chart(1, 2, axis_config={"categories": ["0"]}),
     "data must have exactly one point for each category /blocks/0/chart/series/0/data"),
    ({"type": "table", "rows": [[CELL] * 21]}, "no more than 20 items allowed /blocks/0/rows/0"),
    (data_table([[CELL], [CELL, CELL]]), "all rows must have the same number of cells /blocks/0/rows"),
    (data_table([[rich({"type": "text", "text": "x"})], [CELL]]),
     "header cells must not be rich_text /blocks/0/rows/0"),
    (data_table([[{"type": "raw_text", "text": "x" * 10_001}]] * 2),
     "data_table cells must be less than 20001 characters together /blocks"),
    ({"type": "task_card", **task("pending")}, "only tasks of a plan may be pending /blocks/0/status"),
    ({"type": "task_card", **task("busy")}, "must be one of: pending, in_progress, complete, error /blocks/0/status"),
    ({"type": "plan", "title": "P", "tasks": [task(), task()]}, "task_id must be unique within a plan /blocks/0/tasks"),
]  # fmt: skip


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN)
def test_what_slack_takes_is_taken(block: Json) -> None:
    assert check_blocks([block], "message") == []


@pytest.mark.parametrize(("block", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_slack_refuses_is_refused_with_its_place(block: Json, message: str) -> None:
    what, _, where = message.rpartition(" ")

    assert f"[ERROR] {what} [json-pointer:{where}]" in check_blocks([block], "message")


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "divider", "block_id": "a"}] * 2, "block_id `a` already exists [json-pointer:/blocks]"),
        ([chart()] * 3, "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"),
        ([{"type": "table", "rows": [[CELL]]}] * 2, "only_one_table_allowed [json-pointer:/blocks]"),
        ({"type": "divider"}, "must be an array [json-pointer:/blocks]"),
    ],
)
def test_limits_hold_for_all_blocks_together(blocks: Json | list[Json], message: str) -> None:
    assert check_blocks(blocks, "message") == [f"[ERROR] {message}"]


def test_an_alert_stands_in_modals_only() -> None:
    alert = {"type": "alert", "text": mrkdwn(), "level": "warning"}

    assert check_blocks([alert], "modal") == []
    assert check_blocks([alert], "home") != []


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_surfaces_are_those_that_slackblocks_knows(surface: Surface) -> None:
    ours = {name for name, block in BLOCKS.items() if surface in block.surfaces}

    assert ours == _BLOCK_TYPES_BY_SURFACE[surface]


def test_elements_are_those_that_slackblocks_knows() -> None:
    assert {element.value for element in kit.elements.ElementType} <= set(ELEMENTS)


@pytest.mark.parametrize(
    "block",
    [
        kit.SectionBlock(kit.Text("x" * 3000), accessory=kit.Button("Go", action_id="go", value="v")),
        kit.HeaderBlock("x" * 150),
        kit.DividerBlock(),
        kit.ImageBlock("https://example.com/a.png", alt_text="a", title="t"),
        kit.ContextBlock([kit.Text("x")]),
        kit.MarkdownBlock("**x**"),
        kit.ActionsBlock([kit.Button("Go", action_id="go"), kit.DatePicker(action_id="when", placeholder="When")]),
        kit.InputBlock(label="Why", element=kit.PlainTextInput(action_id="why", multiline=True)),
        kit.PlanBlock("Plan", [kit.TaskCardBlock("1", "Read", status="in_progress")]),
        kit.DataTableBlock([[kit.RawText("a")], [kit.RawNumber(1, "1")]], caption="c"),
        kit.DataVisualizationBlock(
            "p99", kit.LineChart([kit.DataSeries("s", [kit.DataPoint("a", 1)])], kit.AxisConfig(["a"], y_label="ms"))
        ),
        kit.TableBlock([[kit.RawText("a"), kit.RawText("b")]]),
    ],
    ids=lambda block: type(block).__name__,
)
def test_what_slackblocks_builds_is_taken(block: Block) -> None:
    assert check_blocks([block._resolve()], "message") == []


def test_a_home_may_hold_a_hundred_blocks_and_a_modal_needs_a_title() -> None:
    assert check_view({"type": "home", "blocks": [{"type": "divider"}] * 100}) == []
    assert check_view({"type": "modal", "blocks": []}) == ["[ERROR] missing required field: title [json-pointer:/view]"]


def test_ids_that_were_left_out_are_made_up() -> None:
    (block,) = with_ids([actions(button(), button(action_id="mine"))])

    assert block["block_id"]
    assert [bool(each["action_id"]) for each in elements(block)] == [True, True]
    assert block["elements"][1]["action_id"] == "mine"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
FIELDS = ["text", "elements", "fields", "rows", "tasks", "chart", "element", "label", "title", "child_blocks"]
NEARLY = st.builds(
    lambda kind, more: {**more, "type": kind},
    st.sampled_from(sorted(BLOCKS)),
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4),
)


@given(st.lists(NEARLY | JSON, max_size=4) | JSON, st.sampled_from(["message", "modal", "home"]))
def test_whatever_is_sent_gets_an_answer(blocks: Json | list[Json], surface: Surface) -> None:
    for found in check_blocks(blocks, surface):
        assert found.startswith("[ERROR] ")


@given(JSON)
def test_whatever_is_sent_as_a_view_gets_an_answer(view: object) -> None:
    assert check_view(view)
