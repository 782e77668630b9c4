"""What people do with apps: commands, buttons, modals. Each is acknowledged in time or said to have failed."""

from dataclasses import dataclass

from bot.workspace import answers, modals
from bot.workspace.chosen import action, missing
from bot.workspace.courier import EnvelopeType
from bot.workspace.kit.check import check_view
from bot.workspace.kit.walk import element
from bot.workspace.methods.call import Refused
from bot.workspace.people import CannotDo, People
from bot.workspace.sockets import NotAcknowledged
from bot.workspace.state import App, Channel, Json, Message, View
from bot.workspace.switchboard import Switchboard
from bot.workspace.wire import message_object, view_object

TIMED_OUT = "the operation timed out"
_WHY = {"timeout": TIMED_OUT, "http_timeout": TIMED_OUT, "no_connection": "the app is not connected"}


@dataclass(frozen=True)
class Place:
    """Where somebody pressed: at a message, or in a view."""

    channel: str = ""
    message_ts: str = ""
    view_id: str = ""


@dataclass(frozen=True)
class _Spot:
    """A place that was found, with what a payload says about it."""

    app: App
    blocks: list[Json]
    fields: Json
    view: View | None = None
    channel: Channel | None = None
    thread_ts: str | None = None


class Interactions:
    """Everything a person does with an app."""

    def __init__(self, board: Switchboard, people: People) -> None:
        self._board = board
        self._people = people

    async def command(self, user_id: str, channel_id: str, line: str) -> None:
        """Run a slash command, as typed."""
        channel, user = self._people.channel(user_id, channel_id), self._people.user(user_id)
        name, _, text = line.strip().partition(" ")
        app = self._commanded(name)
        url = self._board.response_url(app, user_id, channel)
        payload = {
            "token": "verification-token",
            "team_id": self._board.team.id,
            "team_domain": self._board.team.domain,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.with_user else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text.strip(),
            "api_app_id": app.id,
            "is_enterprise_install": "false",
            "response_url": url,
            "trigger_id": self._board.trigger(user_id, app),
        }
        try:
            said = await self._board.courier.ask(app, "slash_commands", payload)
            if said:
                answers.reply(self._board, self._board.team.response_urls[url.rpartition("/")[2]], said)
        except (NotAcknowledged, Refused) as failure:
            answers.slackbot(self._board, channel, user_id, f"{name} failed: {_reason(failure)}")

    async def press(self, user_id: str, place: Place, given: Json, state: Json | None = None) -> None:
        """Use the element that ``given`` names by `block_id` and `action_id`, choosing what it says."""
        spot = self._spot(user_id, place)
        found = element(spot.blocks, str(given.get("block_id") or ""), str(given.get("action_id") or ""))
        if found is None:
            raise CannotDo("That is no longer there.")
        done = action(*found, given) | {"action_ts": self._board.team.new_ts()}
        if spot.view is not None and state is not None:
            spot.view.state = state
        payload = {**self._base(user_id, spot.app, "block_actions"), **self._fields(spot), "actions": [done]}
        if spot.view is None:
            payload["state"] = {"values": state or {}}
            payload["response_url"] = self._board.response_url(spot.app, user_id, _in(spot), place.message_ts)
        await self._ask(user_id, spot, payload)

    async def suggest(self, user_id: str, place: Place, given: Json) -> Json:
        """Ask an app for the options of an external select; `options` or `option_groups`."""
        spot = self._spot(user_id, place)
        found = element(spot.blocks, str(given.get("block_id") or ""), str(given.get("action_id") or ""))
        if found is None or not found[1]["type"].endswith("external_select"):
            raise CannotDo("That is no longer there.")
        asked = {"block_id": found[0]["block_id"], "action_id": found[1]["action_id"], "value": str(given.get("value"))}
        payload = {**self._base(user_id, spot.app, "block_suggestion"), **self._fields(spot), **asked}
        try:
            said = await self._board.courier.ask(spot.app, "interactive", payload)
        except NotAcknowledged as failure:
            raise CannotDo(f"The options could not be loaded: {_reason(failure)}.") from None
        return {name: said[name] for name in ("options", "option_groups") if isinstance(said.get(name), list)}

    async def submit(self, user_id: str, view_id: str, state: Json) -> Json:
        """Submit a modal; the errors by block, or nothing."""
        view = self._modal(user_id, view_id)
        if errors := missing(view.content["blocks"], state):
            return errors
        view.state = state
        app = self._board.team.apps[view.app_id]
        shown = {"view": view_object(self._board.team, view), "response_urls": []}
        payload = {**self._base(user_id, app, "view_submission"), **shown}
        try:
            return self._after_submission(view, app, await self._board.courier.ask(app, "interactive", payload))
        except (NotAcknowledged, Refused) as failure:
            raise CannotDo(f"We had some trouble connecting. Try again? ({_reason(failure)})") from None

    def close(self, user_id: str, view_id: str) -> None:
        """Close a modal; the app hears of it where it asked to."""
        view = self._modal(user_id, view_id)
        modals.close(self._board, view)
        app = self._board.team.apps[view.app_id]
        if view.content.get("notify_on_close"):
            shown = {"view": view_object(self._board.team, view), "is_cleared": False}
            payload = {**self._base(user_id, app, "view_closed"), **shown}
            self._board.spawn(self._tell(app, payload))

    async def shortcut(self, user_id: str, place: Place, callback_id: str) -> None:
        """Use a shortcut: of a message's menu, or a global one where no message is given."""
        kind = "message" if place.message_ts else "global"
        app = next((each for each in self._board.team.apps.values() if _has(each, callback_id, kind)), None)
        if app is None:
            raise CannotDo(f"There is no shortcut {callback_id!r} here.")
        payload = self._base(user_id, app, "message_action" if place.message_ts else "shortcut")
        payload |= {"callback_id": callback_id, "action_ts": self._board.team.new_ts()}
        channel = (
            self._people.channel(user_id, place.channel) if place.message_ts else self._board.team.dm(user_id, app)
        )
        if place.message_ts:
            message = self._people.message(user_id, channel, place.message_ts)
            payload |= {"message": message_object(self._board.team, channel, message), "message_ts": message.ts}
            payload["channel"] = {"id": channel.id, "name": channel.name}
            payload["response_url"] = self._board.response_url(app, user_id, channel)
        await self._ask(user_id, _Spot(app, [], {}, channel=channel), payload)

    def _commanded(self, name: str) -> App:
        for app in self._board.team.apps.values():
            if any(command.command == name for command in app.manifest.commands):
                return app
        raise CannotDo(f"{name} is not a valid command.")

    def _modal(self, user_id: str, view_id: str) -> View:
        for view in self._board.team.modals.get(user_id, []):
            if view.id == view_id:
                return view
        raise CannotDo("That dialog is no longer open.")

    def _spot(self, user_id: str, place: Place) -> _Spot:
        team = self._board.team
        if place.view_id:
            view = team.open_view(place.view_id)
            if view is None or view.user != user_id:
                raise CannotDo("That is no longer open.")
            container = {"type": "view", "view_id": view.id}
            return _Spot(team.apps[view.app_id], view.content["blocks"], {"container": container}, view)
        channel = self._people.channel(user_id, place.channel)
        message = self._people.message(user_id, channel, place.message_ts)
        app = team.apps.get(str(message.content.get("app_id")))
        if app is None:
            raise CannotDo("That message has no buttons.")
        fields = {"container": _container(channel, message), "channel": {"id": channel.id, "name": channel.name}}
        if not message.only_for:
            fields["message"] = message_object(team, channel, message)
        return _Spot(app, _blocks(message), fields, channel=channel, thread_ts=message.thread_ts)

    def _fields(self, spot: _Spot) -> Json:
        return spot.fields | ({"view": view_object(self._board.team, spot.view)} if spot.view else {})

    def _base(self, user_id: str, app: App, kind: str) -> Json:
        user = self._people.user(user_id)
        return {
            "type": kind,
            "token": "verification-token",
            "team": {"id": self._board.team.id, "domain": self._board.team.domain},
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": self._board.team.id},
            "api_app_id": app.id,
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._board.trigger(user_id, app),
        }

    async def _ask(self, user_id: str, spot: _Spot, payload: Json) -> None:
        kind: EnvelopeType = "interactive"
        try:
            await self._board.courier.ask(spot.app, kind, payload)
        except NotAcknowledged as failure:
            words = f"That didn't work: {_reason(failure)}."
            if spot.channel is None:
                raise CannotDo(words) from None
            answers.slackbot(self._board, spot.channel, user_id, words, spot.thread_ts)

    async def _tell(self, app: App, payload: Json) -> None:
        try:
            await self._board.courier.ask(app, "interactive", payload)
        except NotAcknowledged:
            return

    def _after_submission(self, view: View, app: App, said: Json) -> Json:
        """Do what the app's `response_action` says; without one the modal closes."""
        match said.get("response_action"):
            case "errors":
                return dict(said.get("errors") or {})
            case "clear":
                modals.close(self._board, view, everything=True)
            case "update" | "push" as way:
                if found := check_view(said.get("view")):
                    raise Refused("invalid_arguments", *found)
                if way == "update":
                    modals.change(self._board, view, said["view"])
                else:
                    modals.push(self._board, app, view.user, said["view"])
            case _:
                modals.close(self._board, view)
        return {}


def _blocks(message: Message) -> list[Json]:
    attached = [block for each in message.content.get("attachments") or [] for block in each.get("blocks") or []]
    return [*(message.content.get("blocks") or []), *attached]


def _container(channel: Channel, message: Message) -> Json:
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container |= {"is_ephemeral": message.only_for is not None}
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _in(spot: _Spot) -> Channel:
    assert spot.channel is not None  # noqa: S101 - a spot is in a view or in a channel
    return spot.channel


def _has(app: App, callback_id: str, kind: str) -> bool:
    return any(each.callback_id == callback_id and each.type == kind for each in app.manifest.shortcuts)


def _reason(failure: NotAcknowledged | Refused) -> str:
    if isinstance(failure, Refused):
        return f"the app answered with what Slack doesn't take ({failure})"
    return _WHY.get(failure.reason, "the app did not respond")
