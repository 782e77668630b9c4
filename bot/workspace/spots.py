"""Where somebody uses an app: at a message or in a view, and what a payload says about that place."""

from dataclasses import dataclass

from bot.workspace.kit.walk import element
from bot.workspace.people import CannotDo, People
from bot.workspace.state import App, Channel, Json, Message, View
from bot.workspace.wire import message_object, view_object


@dataclass(frozen=True)
class Place:
    """Where somebody pressed: at a message, or in a view."""

    channel: str = ""
    message_ts: str = ""
    view_id: str = ""


@dataclass(frozen=True)
class Spot:
    """A place that was found: the app it belongs to, the blocks there, and the payload's fields about it."""

    app: App
    blocks: list[Json]
    fields: Json
    view: View | None = None
    channel: Channel | None = None
    thread_ts: str | None = None

    def element(self, given: Json) -> tuple[Json, Json]:
        """The block and element that ``given`` names by `block_id` and `action_id`."""
        found = element(self.blocks, str(given.get("block_id") or ""), str(given.get("action_id") or ""))
        if found is None:
            raise CannotDo("That is no longer there.")
        return found


def find(people: People, user_id: str, place: Place) -> Spot:
    """Find a place that somebody can see; raises `CannotDo`."""
    return _in_view(people, user_id, place) if place.view_id else _at_message(people, user_id, place)


def _in_view(people: People, user_id: str, place: Place) -> Spot:
    team = people.board.team
    view = team.open_view(place.view_id)
    if view is None or view.user != user_id:
        raise CannotDo("That is no longer open.")
    fields = {"container": {"type": "view", "view_id": view.id}, "view": view_object(team, view)}
    return Spot(team.apps[view.app_id], view.content["blocks"], fields, view)


def _at_message(people: People, user_id: str, place: Place) -> Spot:
    team = people.board.team
    channel = people.channel(user_id, place.channel)
    message = people.message(user_id, channel, place.message_ts)
    app = team.apps.get(str(message.content.get("app_id")))
    if app is None:
        raise CannotDo("That message has no buttons.")
    fields = {"container": _container(channel, message), "channel": {"id": channel.id, "name": channel.name}}
    if not message.only_for:
        fields["message"] = message_object(team, channel, message)
    return Spot(app, _blocks(message), fields, channel=channel, thread_ts=message.thread_ts)


def _blocks(message: Message) -> list[Json]:
    attached = [block for each in message.content.get("attachments") or [] for block in each.get("blocks") or []]
    return [*(message.content.get("blocks") or []), *attached]


def _container(channel: Channel, message: Message) -> Json:
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container |= {"is_ephemeral": message.only_for is not None}
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
