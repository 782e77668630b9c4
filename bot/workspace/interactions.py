"""What people do with apps: commands, buttons, shortcuts. Each is acknowledged in time or said to have failed."""

from bot.workspace import answers, payloads
from bot.workspace.chosen import action
from bot.workspace.kit.elements import OPTIONS
from bot.workspace.methods.call import Refused
from bot.workspace.people import CannotDo, People
from bot.workspace.sockets import NotAcknowledged
from bot.workspace.spots import Place, Spot, find
from bot.workspace.state import App, Json
from bot.workspace.wire import message_object

_TIMED_OUT = "the operation timed out"
_WHY = {"timeout": _TIMED_OUT, "http_timeout": _TIMED_OUT, "no_connection": "the app is not connected"}


class Interactions:
    """Everything a person does with an app outside of submitting a modal."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._board = people.board

    async def command(self, user_id: str, channel_id: str, line: str) -> None:
        """Run a slash command, as typed."""
        channel, user = self._people.channel(user_id, channel_id), self._people.user(user_id)
        name, _, text = line.strip().partition(" ")
        app = self._commanded(name)
        url = self._board.response_url(app, user_id, channel)
        payload = payloads.command(self._board, app, user, channel)
        payload |= {"command": name, "text": text.strip(), "response_url": url}
        try:
            said = await self._board.courier.ask(app, "slash_commands", payload)
            if said:
                answers.reply(self._board, self._board.team.response_urls[url.rpartition("/")[2]], said)
        except (NotAcknowledged, Refused) as failure:
            answers.slackbot(self._board, channel, user_id, f"{name} failed: {reason(failure)}.")

    async def press(self, user_id: str, place: Place, given: Json, state: Json | None = None) -> None:
        """Use the element that ``given`` names by `block_id` and `action_id`, choosing what it says."""
        spot = find(self._people, user_id, place)
        done = action(*spot.element(given), given) | {"action_ts": self._board.team.new_ts()}
        if spot.view is not None and state is not None:
            spot.view.state = state
            spot = find(self._people, user_id, place)
        payload = self._payload(user_id, spot.app, "block_actions") | spot.fields | {"actions": [done]}
        if spot.channel is not None:
            payload["state"] = {"values": state or {}}
            payload["response_url"] = self._board.response_url(spot.app, user_id, spot.channel, place.message_ts)
        await self._ask(user_id, spot, payload)

    async def suggest(self, user_id: str, place: Place, given: Json) -> Json:
        """Ask an app for the options of an external select; `options` or `option_groups`."""
        spot = find(self._people, user_id, place)
        block, element = spot.element(given)
        if not element["type"].endswith("external_select"):
            raise CannotDo("That menu has options of its own.")
        asked = {"block_id": block["block_id"], "action_id": element["action_id"], "value": str(given.get("value"))}
        payload = self._payload(user_id, spot.app, "block_suggestion") | spot.fields | asked
        try:
            said = await self._board.courier.ask(spot.app, "interactive", payload)
        except NotAcknowledged as failure:
            raise CannotDo(f"The options could not be loaded: {reason(failure)}.") from None
        if list(OPTIONS.check(said, "")):
            raise CannotDo("The options could not be loaded: the app answered with what Slack doesn't take.")
        return said

    async def shortcut(self, user_id: str, place: Place, callback_id: str) -> None:
        """Use a shortcut: of a message's menu, or a global one where no message is given."""
        kind = "message" if place.message_ts else "global"
        app = next((each for each in self._board.team.apps.values() if _has(each, callback_id, kind)), None)
        if app is None:
            raise CannotDo(f"There is no shortcut {callback_id!r} here.")
        payload = self._payload(user_id, app, "message_action" if place.message_ts else "shortcut")
        payload |= {"callback_id": callback_id, "action_ts": self._board.team.new_ts()}
        if not place.message_ts:
            await self._ask(user_id, Spot(app, [], {}), payload)
            return
        channel = self._people.channel(user_id, place.channel)
        message = self._people.message(user_id, channel, place.message_ts)
        payload |= {"message": message_object(self._board.team, channel, message), "message_ts": message.ts}
        payload["channel"] = {"id": channel.id, "name": channel.name}
        payload["response_url"] = self._board.response_url(app, user_id, channel)
        await self._ask(user_id, Spot(app, [], {}, channel=channel, thread_ts=message.thread_ts), payload)

    def _commanded(self, name: str) -> App:
        for app in self._board.team.apps.values():
            if any(command.command == name for command in app.manifest.commands):
                return app
        raise CannotDo(f"{name} is not a valid command.")

    def _payload(self, user_id: str, app: App, kind: str) -> Json:
        return payloads.interaction(self._board, app, self._people.user(user_id), kind)

    async def _ask(self, user_id: str, spot: Spot, payload: Json) -> None:
        """Deliver a click. A failure is shown where it happened: in the channel, or by the page."""
        try:
            await self._board.courier.ask(spot.app, "interactive", payload)
        except NotAcknowledged as failure:
            words = f"That didn't work: {reason(failure)}."
            if spot.channel is None:
                raise CannotDo(words) from None
            answers.slackbot(self._board, spot.channel, user_id, words, spot.thread_ts)


def _has(app: App, callback_id: str, kind: str) -> bool:
    return any(each.callback_id == callback_id and each.type == kind for each in app.manifest.shortcuts)


def reason(failure: NotAcknowledged | Refused) -> str:
    """Why an app didn't answer well, in words for people."""
    if isinstance(failure, Refused):
        return f"the app answered with what Slack doesn't take ({failure})"
    return _WHY.get(failure.reason, "the app did not respond")
