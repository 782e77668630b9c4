"""What somebody did with an element, checked against what it offers, in the shape of a payload's `actions`."""

from typing import Any

from bot.workspace.kit.walk import inputs
from bot.workspace.people import CannotDo
from bot.workspace.state import Json

SELECTION = {
    "button": "",
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "datetimepicker": "selected_date_time",
    "external_select": "selected_option",
    "feedback_buttons": "value",
    "icon_button": "",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "multi_external_select": "selected_options",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "overflow": "selected_option",
    "radio_buttons": "selected_option",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "workflow_button": "",
}
"""The field that holds what was chosen or entered, by type of element; "value" where it isn't listed."""
_KEPT = ("type", "action_id", "text", "value", "style", "placeholder", "url", "icon")
LONGEST_ENTRY = 3_000


def action(block: Json, element: Json, given: Json) -> Json:
    """One of a payload's `actions`; raises `CannotDo` for what the element doesn't offer."""
    done: Json = {name: element[name] for name in _KEPT if name in element}
    done["block_id"] = block["block_id"]
    name = SELECTION.get(element["type"], "value")
    if name:
        done[name] = _offered(element, given.get(name))
    if element["type"] == "feedback_buttons":
        pressed = (element["positive_button"], element["negative_button"])
        done["text"] = next(each["text"] for each in pressed if each["value"] == done["value"])
    return done


def missing(blocks: list[Json], state: Json) -> Json:
    """The inputs that are empty and may not be, or are too short or too long, each with words for people."""
    wrong: Json = {}
    for block, element in inputs(blocks):
        entered = state.get(block["block_id"], {}).get(element["action_id"], {})
        value = entered.get(SELECTION.get(element["type"], "value")) if isinstance(entered, dict) else None
        if value in (None, "", []):
            if not block.get("optional"):
                wrong[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and (words := _length(element, value)):
            wrong[block["block_id"]] = words
    return wrong


def _length(element: Json, value: str) -> str | None:
    least, most = int(element.get("min_length", 0)), int(element.get("max_length", LONGEST_ENTRY))
    if len(value) < least:
        return f"Must be at least {least} characters."
    return f"Must be at most {most} characters." if len(value) > most else None


def _offered(element: Json, value: Any) -> Any:  # noqa: ANN401 - by type of element
    """The choice itself, as the element holds it."""
    if element["type"] == "feedback_buttons":
        offered = [element[name]["value"] for name in ("positive_button", "negative_button")]
        if value not in offered:
            raise CannotDo("That isn't one of the buttons.")
        return value
    options = {each["value"]: each for each in _options(element)}
    if not options or value is None:
        return value
    chosen = value if isinstance(value, list) else [value]
    found = [options.get(str(each.get("value"))) for each in chosen if isinstance(each, dict)]
    if None in found or len(found) < len(chosen):
        raise CannotDo("That isn't one of the options.")
    return found if isinstance(value, list) else found[0]


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]
