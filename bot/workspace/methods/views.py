"""views.*: modals and the App Home."""

import time

from bot.workspace import modals
from bot.workspace.kit.check import check_view
from bot.workspace.methods.call import Call, Method, Refused
from bot.workspace.state import Json, Trigger, View
from bot.workspace.wire import view_object


def open_(call: Call) -> Json:
    """Open a modal for the person whose trigger id it is."""
    trigger, content = _triggered(call), _content(call, "modal")
    return _answer(call, modals.show(call.board, call.app, trigger.user, content))


def push(call: Call) -> Json:
    """Put a modal on top of the open one; three at most."""
    trigger, content = _triggered(call), _content(call, "modal")
    if not call.board.team.modals.get(trigger.user):
        raise Refused("not_found")
    view = modals.push(call.board, call.app, trigger.user, content)
    if view is None:
        raise Refused("push_limit_reached")
    return _answer(call, view)


def update(call: Call) -> Json:
    """Replace the content of an open view."""
    view = _open(call)
    content = _content(call, str(view.content["type"]))
    _keep_hash(call, view)
    modals.change(call.board, view, content)
    return _answer(call, view)


def publish(call: Call) -> Json:
    """Show a person their App Home."""
    call.need("user_id")
    user = call.board.team.users.get(call.text("user_id"))
    if user is None or user.app_id:
        raise Refused("invalid_arguments", "[ERROR] invalid user_id [json-pointer:/user_id]")
    content = _content(call, "home")
    if user.id in call.board.team.homes:
        _keep_hash(call, call.board.team.homes[user.id])
    return _answer(call, modals.publish(call.board, call.app, user.id, content))


def _answer(call: Call, view: View) -> Json:
    return {"view": view_object(call.board.team, view)}


def _content(call: Call, kind: str) -> Json:
    call.need("view")
    content = call.json("view")
    if found := check_view(content):
        raise Refused("invalid_arguments", *found)
    if content["type"] != kind:
        raise Refused("invalid_arguments", f"[ERROR] must be {kind} [json-pointer:/view/type]")
    external = content.get("external_id")
    taken = [view for stack in call.board.team.modals.values() for view in stack if view.external_id == external]
    if external and any(view.id != call.text("view_id") and call.text("external_id") != external for view in taken):
        raise Refused("duplicate_external_id")
    return dict(content)


def _triggered(call: Call) -> Trigger:
    call.need("trigger_id")
    trigger = call.board.team.triggers.get(call.text("trigger_id"))
    if trigger is None or trigger.app_id != call.app.id:
        raise Refused("invalid_trigger_id")
    if time.monotonic() > trigger.expires:
        raise Refused("expired_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    trigger.used = True
    return trigger


def _open(call: Call) -> View:
    view = call.board.team.open_view(call.text("view_id"))
    if external := call.text("external_id"):
        stacks = call.board.team.modals.values()
        view = next((each for stack in stacks for each in stack if each.external_id == external), None)
    if view is None or view.app_id != call.app.id:
        raise Refused("not_found")
    return view


def _keep_hash(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise Refused("hash_conflict")


METHODS = {
    "views.open": Method(open_),
    "views.publish": Method(publish),
    "views.push": Method(push),
    "views.update": Method(update),
}
