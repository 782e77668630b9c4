"""Block Kit's elements, as a table: what each may hold, and which block takes which."""

from bot.workspace.kit.objects import CHOICE, CONFIRM, DISPATCH, FILTER, IMAGE, LINK, OPTION, OPTION_GROUP, WORD, text
from bot.workspace.kit.rules import Anything, Array, Flag, Number, Rule, Shape, String

_ID: dict[str, Rule] = {"action_id": WORD}
_ASKS: dict[str, Rule] = {**_ID, "confirm": CONFIRM, "focus_on_load": Flag()}
_HINT: dict[str, Rule] = {"placeholder": text(150, plain=True)}
_LABEL: dict[str, Rule] = {"accessibility_label": String(75)}
_TYPED: dict[str, Rule] = {**_ID, **_HINT, "focus_on_load": Flag(), "dispatch_action_config": DISPATCH}
_FEEDBACK = Shape({"text": text(75, plain=True), "value": String(2000)}, _LABEL)
_MENU: dict[str, Rule] = {**_ASKS, **_HINT}
_MANY: dict[str, Rule] = {**_MENU, "max_selected_items": Number(1, whole=True)}
_CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": Flag(), "filter": FILTER}
_RESPONSE: dict[str, Rule] = {"response_url_enabled": Flag()}
_LISTED: dict[str, Rule] = {"options": Array(OPTION, 100), "option_groups": Array(OPTION_GROUP, 100)}
_QUERY: dict[str, Rule] = {"min_query_length": Number(0, whole=True)}
_FIRST: dict[str, Rule] = {"initial_option": OPTION}
_FIRSTS: dict[str, Rule] = {"initial_options": Array(OPTION, 100)}
_LENGTHS: dict[str, Rule] = {"min_length": Number(0, 3000, whole=True), "max_length": Number(1, 3000, whole=True)}
_EITHER = ("options", "option_groups")
OPTIONS = Shape({}, {"options": Array(OPTION, 100, 0), "option_groups": Array(OPTION_GROUP, 100, 0)}, one_of=_EITHER)
"""What an external select is answered with."""

ELEMENTS: dict[str, Rule] = {
    "button": Shape(
        {"text": text(75, plain=True)},
        {
            **_ID,
            **_LABEL,
            "url": LINK,
            "value": String(2000, 0),
            "style": String(of=("primary", "danger")),
            "confirm": CONFIRM,
            "agent_prompt": String(4000),
        },
    ),
    "channels_select": Shape({}, {**_MENU, **_RESPONSE, "initial_channel": WORD}),
    "checkboxes": Shape({"options": Array(CHOICE, 10)}, {**_ASKS, "initial_options": Array(CHOICE, 10)}),
    "conversations_select": Shape({}, {**_MENU, **_CONVERSATIONS, **_RESPONSE, "initial_conversation": WORD}),
    "datepicker": Shape({}, {**_MENU, "initial_date": WORD}),
    "datetimepicker": Shape({}, {**_ASKS, "initial_date_time": Number(whole=True)}),
    "email_text_input": Shape({}, {**_TYPED, "initial_value": String(3000)}),
    "external_select": Shape({}, {**_MENU, **_QUERY, **_FIRST}),
    "feedback_buttons": Shape({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ID),
    "file_input": Shape({}, {**_ID, "filetypes": Array(WORD, 100), "max_files": Number(1, 10, whole=True)}),
    "icon_button": Shape(
        {"icon": String(of=("trash",)), "text": text(75, plain=True)},
        {**_ID, **_LABEL, "value": String(2000), "confirm": CONFIRM, "visible_to_user_ids": Array(WORD, 10)},
    ),
    "image": IMAGE,
    "multi_channels_select": Shape({}, {**_MANY, "initial_channels": Array(WORD)}),
    "multi_conversations_select": Shape({}, {**_MANY, **_CONVERSATIONS, "initial_conversations": Array(WORD)}),
    "multi_external_select": Shape({}, {**_MANY, **_QUERY, **_FIRSTS}),
    "multi_static_select": Shape({}, {**_MANY, **_LISTED, **_FIRSTS}, one_of=_EITHER),
    "multi_users_select": Shape({}, {**_MANY, "initial_users": Array(WORD)}),
    "number_input": Shape(
        {"is_decimal_allowed": Flag()},
        {**_TYPED, "initial_value": String(), "min_value": String(), "max_value": String()},
    ),
    "overflow": Shape({"options": Array(OPTION, 5)}, {**_ID, "confirm": CONFIRM}),
    "plain_text_input": Shape({}, {**_TYPED, **_LENGTHS, "initial_value": String(3000, 0), "multiline": Flag()}),
    "radio_buttons": Shape({"options": Array(CHOICE, 10)}, {**_ASKS, "initial_option": CHOICE}),
    "rich_text_input": Shape({}, {**_TYPED, "initial_value": Anything()}),
    "static_select": Shape({}, {**_MENU, **_LISTED, **_FIRST}, one_of=_EITHER),
    "timepicker": Shape({}, {**_MENU, "initial_time": WORD, "timezone": WORD}),
    "url": Shape({"url": LINK, "text": String()}),
    "url_text_input": Shape({}, {**_TYPED, "initial_value": String(3000)}),
    "users_select": Shape({}, {**_MENU, "initial_user": WORD}),
    "workflow_button": Shape(
        {"text": text(75, plain=True), "workflow": Anything()},
        {**_ID, **_LABEL, "style": String(of=("primary", "danger"))},
    ),
}

_CHOICES = {name for name in ELEMENTS if name.endswith(("_select", "picker"))} | {"checkboxes", "radio_buttons"}
IN_ACTIONS = frozenset(_CHOICES | {"button", "overflow", "rich_text_input", "workflow_button"})
IN_ACCESSORY = frozenset(_CHOICES | {"button", "overflow", "image", "workflow_button"})
IN_INPUT = frozenset(_CHOICES | {name for name in ELEMENTS if name.endswith("_input")})
