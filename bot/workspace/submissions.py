"""What people do with a modal as a whole: submit or close it."""

from bot.workspace import modals, payloads
from bot.workspace.chosen import missing
from bot.workspace.interactions import reason
from bot.workspace.kit.check import check_view
from bot.workspace.kit.walk import inputs
from bot.workspace.methods.call import Refused
from bot.workspace.people import CannotDo, People
from bot.workspace.sockets import NotAcknowledged
from bot.workspace.state import App, Json, View
from bot.workspace.wire import view_object


class Submissions:
    """Submitting and closing."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._board = people.board

    async def submit(self, user_id: str, view_id: str, state: Json) -> Json:
        """Submit a modal with the entered values by block and action; the errors by block, or nothing."""
        view, app = self._open(user_id, view_id)
        if errors := missing(view.content["blocks"], state):
            return errors
        view.state = state
        payload = self._payload(view, app, "view_submission") | {"response_urls": []}
        try:
            return self._follow(view, app, await self._board.courier.ask(app, "interactive", payload))
        except (NotAcknowledged, Refused) as failure:
            raise CannotDo(f"We had some trouble connecting. Try again? ({reason(failure)})") from None

    def close(self, user_id: str, view_id: str) -> None:
        """Close a modal; the app hears of it where it asked to."""
        view, app = self._open(user_id, view_id)
        modals.close(self._board, view)
        if view.content.get("notify_on_close"):
            payload = self._payload(view, app, "view_closed") | {"is_cleared": False}
            self._board.spawn(self._tell(app, payload))

    def _open(self, user_id: str, view_id: str) -> tuple[View, App]:
        for view in self._board.team.modals.get(user_id, []):
            if view.id == view_id:
                return view, self._board.team.apps[view.app_id]
        raise CannotDo("That dialog is no longer open.")

    def _payload(self, view: View, app: App, kind: str) -> Json:
        shown = {"view": view_object(self._board.team, view)}
        return payloads.interaction(self._board, app, self._people.user(view.user), kind) | shown

    async def _tell(self, app: App, payload: Json) -> None:
        try:
            await self._board.courier.ask(app, "interactive", payload)
        except NotAcknowledged:
            return  # Slack shows nobody that a closed modal's app didn't hear of it

    def _follow(self, view: View, app: App, said: Json) -> Json:
        """Do what the app's `response_action` says; without one the modal closes."""
        match said.get("response_action"):
            case "errors":
                return _errors(view, said.get("errors"))
            case "clear":
                modals.close(self._board, view, everything=True)
            case "update":
                modals.change(self._board, view, _checked(said.get("view")))
            case "push":
                modals.push(self._board, app, view.user, _checked(said.get("view")))
            case _:
                modals.close(self._board, view)
        return {}


def _errors(view: View, said: object) -> Json:
    """The app's errors, each at an input of the modal."""
    known = {block["block_id"] for block, _ in inputs(view.content["blocks"])}
    if not isinstance(said, dict) or not said or not known.issuperset(said):
        raise Refused("invalid_arguments")
    return {block: str(words) for block, words in said.items()}


def _checked(content: object) -> Json:
    if found := check_view(content):
        raise Refused("invalid_arguments", *found)
    assert isinstance(content, dict)  # noqa: S101 - or it would not be right
    return content
