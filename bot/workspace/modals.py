"""Views before people's eyes: a stack of modals each, and an App Home."""

import secrets

from bot.workspace.kit.walk import inputs, with_ids
from bot.workspace.state import App, Json, View, new_id
from bot.workspace.switchboard import Switchboard

MOST_STACKED = 3


def show(board: Switchboard, app: App, user: str, content: Json) -> View:
    """Open a modal in place of whatever is open."""
    view = _new(app, user, content)
    board.team.modals[user] = [view]
    board.live.tell_user(user, {"type": "view"})
    return view


def push(board: Switchboard, app: App, user: str, content: Json) -> View | None:
    """Put a modal on top of the open ones; None where there are three."""
    stack = board.team.modals[user]
    if len(stack) >= MOST_STACKED:
        return None
    view = _new(app, user, content)
    view.root_id, view.previous_id = stack[0].id, stack[-1].id
    stack.append(view)
    board.live.tell_user(user, {"type": "view"})
    return view


def change(board: Switchboard, view: View, content: Json) -> None:
    """Replace a view's content. What was entered stays where the same input is still there."""
    content["blocks"] = with_ids(content["blocks"])
    kept = {(block["block_id"], element["action_id"]) for block, element in inputs(content["blocks"])}
    view.state = {
        block: {action: value for action, value in values.items() if (block, action) in kept}
        for block, values in view.state.items()
    }
    view.content, view.hash = content, _hash()
    board.live.tell_user(view.user, {"type": "home" if content["type"] == "home" else "view"})


def publish(board: Switchboard, app: App, user: str, content: Json) -> View:
    """Show a person's App Home."""
    view = board.team.homes.get(user)
    if view is None:
        view = board.team.homes[user] = _new(app, user, content)
        board.live.tell_user(user, {"type": "home"})
    else:
        change(board, view, content)
    return view


def close(board: Switchboard, view: View, *, everything: bool = False) -> None:
    """Close a modal and what lies on top of it, or the whole stack."""
    stack = board.team.modals.get(view.user, [])
    if view in stack:
        del stack[0 if everything else stack.index(view) :]
    board.live.tell_user(view.user, {"type": "view"})


def _new(app: App, user: str, content: Json) -> View:
    content["blocks"] = with_ids(content["blocks"])
    return View(new_id("V"), user, app.id, content, _hash())


def _hash() -> str:
    return f"{secrets.token_hex(5)}.{secrets.token_hex(4)}"
