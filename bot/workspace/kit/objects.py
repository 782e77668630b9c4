"""Block Kit's composition objects, as a table: texts, options, confirm dialogs, rich text, charts, cells."""

from bot.workspace.kit.rules import Array, Flag, Kind, Number, Rule, Shape, String

WORD = String(255)
LINK = String(3000)


def texts(most: int) -> dict[str, Rule]:
    """Both kinds of text object, of at most so many characters."""
    body = String(most)
    return {
        "plain_text": Shape({"text": body}, {"emoji": Flag()}),
        "mrkdwn": Shape({"text": body}, {"verbatim": Flag()}),
    }


def text(most: int, *, plain: bool = False) -> Rule:
    """A text object of at most so many characters."""
    return Kind(texts(most), frozenset({"plain_text"}) if plain else None)


SLACK_FILE = Shape({}, {"id": WORD, "url": LINK}, one_of=("id", "url"))
IMAGE = Shape(
    {"alt_text": String(2000)}, {"image_url": LINK, "slack_file": SLACK_FILE}, one_of=("image_url", "slack_file")
)
CONFIRM = Shape(
    {
        "title": text(100, plain=True),
        "text": text(300),
        "confirm": text(30, plain=True),
        "deny": text(30, plain=True),
    },
    {"style": String(of=("primary", "danger"))},
)
_CHOICE: dict[str, Rule] = {"value": String(150)}
OPTION = Shape({"text": text(75, plain=True), **_CHOICE}, {"description": text(75, plain=True), "url": LINK})
"""Of a menu."""
CHOICE = Shape({"text": text(75), **_CHOICE}, {"description": text(75)})
"""A checkbox or radio button, which may carry markup."""
OPTION_GROUP = Shape({"label": text(75, plain=True), "options": Array(OPTION, 100)})
FILTER = Shape(
    {},
    {"include": Array(WORD, 4), "exclude_external_shared_channels": Flag(), "exclude_bot_users": Flag()},
    one_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
DISPATCH = Shape({}, {"trigger_actions_on": Array(String(of=("on_enter_pressed", "on_character_entered")), 2)})

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLED: dict[str, Rule] = {"style": Shape({}, dict.fromkeys(_STYLES, Flag()))}
_INLINE = Kind(
    {
        "broadcast": Shape({"range": String(of=("here", "channel", "everyone"))}, _STYLED),
        "channel": Shape({"channel_id": WORD}, _STYLED),
        "color": Shape({"value": WORD}, _STYLED),
        "date": Shape({"timestamp": Number(whole=True), "format": String()}, {"url": LINK, "fallback": String()}),
        "emoji": Shape({"name": WORD}, {"unicode": WORD, "skin_tone": Number(), **_STYLED}),
        "link": Shape({"url": LINK}, {"text": String(), "unsafe": Flag(), **_STYLED}),
        "text": Shape({"text": String()}, _STYLED),
        "user": Shape({"user_id": WORD}, _STYLED),
        "usergroup": Shape({"usergroup_id": WORD}, _STYLED),
    }
)
_BORDER: dict[str, Rule] = {"border": Number(0, 1, whole=True)}
_RUN = Array(_INLINE, 1000, 0)
_SECTION = Shape({"elements": _RUN})
RICH_TEXT = Shape(
    {
        "elements": Array(
            Kind(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_preformatted": Shape({"elements": _RUN}, {**_BORDER, "language": WORD}),
                    "rich_text_quote": Shape({"elements": _RUN}, _BORDER),
                    "rich_text_list": Shape(
                        {
                            "style": String(of=("bullet", "ordered")),
                            "elements": Array(Kind({"rich_text_section": _SECTION}), 1000, 0),
                        },
                        {**_BORDER, "indent": Number(0, 8, whole=True), "offset": Number(0, whole=True)},
                    ),
                }
            ),
            1000,
        )
    },
    {"block_id": WORD},
)
RICH_TEXT_ONLY = Kind({"rich_text": RICH_TEXT})

CELL = Kind(
    {
        "raw_text": Shape({"text": String()}, {"emoji": Flag()}),
        "raw_number": Shape({"value": Number(), "text": String()}),
        "rich_text": RICH_TEXT,
    }
)
COLUMN = Shape({}, {"align": String(of=("left", "center", "right")), "is_wrapped": Flag()})

_LABEL = String(20)
_POINT = Shape({"label": _LABEL, "value": Number()})
_AXES = Shape({"categories": Array(_LABEL, 20)}, {"x_label": String(50), "y_label": String(50)})
_XY = Shape({"series": Array(Shape({"name": _LABEL, "data": Array(_POINT, 20)}), 12), "axis_config": _AXES})
_SEGMENT = Shape({"label": _LABEL, "value": Number(1e-300)})
CHART = Kind({"line": _XY, "bar": _XY, "area": _XY, "pie": Shape({"segments": Array(_SEGMENT, 12)})})
