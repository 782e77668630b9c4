"""What a page's call asks for, read from its JSON; anything missing is said in words for people."""

from bot.workspace.people import CannotDo
from bot.workspace.spots import Place
from bot.workspace.state import Json


def text_of(said: Json, name: str) -> str:
    """A text that must be there."""
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise CannotDo(f"{name!r} is missing.")
    return value


def part_of(said: Json, name: str) -> Json:
    """An object that must be there."""
    value = said.get(name)
    if not isinstance(value, dict):
        raise CannotDo(f"{name!r} must be an object.")
    return value


def place_of(said: Json) -> Place:
    """Where something was pressed."""
    return Place(*(str(said.get(name) or "") for name in ("channel", "message_ts", "view_id")))


def state_of(said: Json) -> Json:
    """Entered values by block and action, as `state.values` or plainly as `state`."""
    state = part_of(said, "state") if said.get("state") else {}
    values = part_of(state, "values") if "values" in state else state
    if not all(isinstance(each, dict) for each in values.values()):
        raise CannotDo("'state.values' must be objects by block and action.")
    return values
