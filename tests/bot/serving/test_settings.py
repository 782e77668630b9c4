"""Settings that admins change in the Home, on the real app: at once, never above the environment, all of it kept."""

from typing import Any

from scene import ADA, ALERTS, BEN, CLEO, GUEST, Scene

from bot.workspace import payloads
from bot.workspace.kit.walk import inputs
from bot.workspace.spots import Place
from bot.workspace.wire import view_object
from incident.facts import Approval, Decision, RollbackStarted
from incident.mode import Mode
from incident.status import Status
from storage.audit import SqlAudit
from storage.database import Database
from storage.overrides import Change

Json = dict[str, Any]
ADMINS = {"admins": (ADA,)}
AUTO = {"mode": Mode.AUTO}


async def home(scene: Scene, user: str = ADA) -> Any:  # noqa: ANN401 - a view
    scene.workspace.team.homes.pop(user, None)
    scene.workspace.people.open_home(user, "AFIRST")
    return await scene.until(lambda: scene.workspace.team.homes.get(user))


def shown(scene: Scene, user: str = ADA) -> str:
    return str(scene.workspace.team.homes[user].content["blocks"])


async def press(scene: Scene, action: str, value: str | None = None) -> None:
    view = await home(scene)
    elements = [(b, e) for b in view.content["blocks"] for e in (*b.get("elements", ()), b.get("accessory", {}))]
    block, button = next((b, e) for b, e in elements if (e.get("action_id"), e.get("value")) == (action, value))
    given = {"type": "button", "block_id": block["block_id"], "action_id": action, "value": button.get("value")}
    await scene.workspace.interactions.press(ADA, Place(view_id=view.id), given)


async def form(scene: Scene) -> Any:  # noqa: ANN401 - a view
    await press(scene, "change_settings")
    return await scene.modal(ADA)


def filled(view: Any, **changed: Json) -> Json:  # noqa: ANN401 - a view
    """What the form is submitted with: everything as it was shown, but for what somebody changed."""
    state: Json = {}
    for block, element in inputs(view.content["blocks"]):
        kinds = {
            "static_select": ("selected_option", element.get("initial_option")),
            "number_input": ("value", element.get("initial_value")),
            "multi_users_select": ("selected_users", element.get("initial_users", [])),
            "multi_static_select": ("selected_options", element.get("initial_options", [])),
            "multi_conversations_select": ("selected_conversations", element.get("initial_conversations", [])),
            "conversations_select": ("selected_conversation", element.get("initial_conversation")),
        }
        name, value = kinds[element["type"]]
        state[block["block_id"]] = {element["action_id"]: {"type": element["type"], name: value}}
    for name, given in changed.items():
        state[name][name] |= given
    return state


def mode(value: str) -> Json:
    return {"selected_option": {"text": {"type": "plain_text", "text": value}, "value": value}}


async def submit(scene: Scene, **changed: Json) -> Json:
    """Open the form, change it and submit it; the errors by field."""
    view = await form(scene)
    return await scene.workspace.submissions.submit(ADA, view.id, filled(view, **changed))


async def trail(scene: Scene) -> list[tuple[str, str, Json]]:
    async with Database(scene.database_url) as database:
        kept = await SqlAudit(database).entries()
    return [(each.entry.kind, each.entry.by, each.entry.what) for each in kept if each.entry.kind.startswith("setting")]


async def test_an_open_question_is_judged_by_what_holds_at_the_click(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        await scene.fire("payment-declines")
        card = await scene.question()
        assert await submit(scene, confidence_ask={"value": "0.85"}) == {}
        await scene.until(lambda: "changed here by" in shown(scene))
        await scene.press(BEN, card, "approve")
        ended = await scene.stored(lambda i: i.status.ended)
    given = ended.last(Approval)
    assert given is not None
    assert given.decision is Decision.SUPERSEDED
    assert ended.last(RollbackStarted) is None
    assert [what for _, _, what in await trail(scene)] == [
        {"setting": "confidence_ask", "from": 0.5, "to": 0.85, "reset": False}
    ]


async def test_a_real_alert_is_passed_over_as_soon_as_the_mode_is_off(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        assert await submit(scene, mode=mode("off")) == {}
        await scene.command(CLEO, "/responder status", ALERTS)
        assert "SFA_MODE is off" in await scene.answer(CLEO)


async def test_more_than_the_environment_allows_is_refused_on_its_field_and_kept_as_refused(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        view = await form(scene)
        assert [o["value"] for o in view.content["blocks"][0]["element"]["options"]] == ["off", "report", "ask"]
        forged = filled(view, confidence_auto={"value": "0.5"}, confidence_ask={"value": "nan"})
        wrong = await scene.workspace.submissions.submit(ADA, view.id, forged)
        assert (
            wrong["confidence_auto"] == "SFA_CONFIDENCE_AUTO is 0.85 in the environment: write a number from 0.85 to 1."
        )
        assert "SFA_CONFIDENCE_ASK is 0.5 in the environment" in wrong["confidence_ask"]
        assert await scene.storage.overrides.all() == {}
    told = await trail(scene)
    assert [(kind, by, what["to"]) for kind, by, what in told] == [
        ("setting_refused", ADA, 0.5),
        ("setting_refused", ADA, "nan"),
    ]
    assert "write a number" in told[0][2]["why"]


async def test_thresholds_stay_in_order(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        assert "can't need more confidence" in (await submit(scene, confidence_ask={"value": "0.9"}))["confidence_ask"]
        view = await scene.modal(ADA)
        both = filled(view, confidence_ask={"value": "0.9"}, confidence_auto={"value": "0.95"})
        assert await scene.workspace.submissions.submit(ADA, view.id, both) == {}
        await scene.until(lambda: "0.95 in the environment" not in shown(scene) and "0.95" in shown(scene))


async def test_approvers_are_narrowed_to_some_of_the_environments_at_once(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        await scene.fire("payment-declines")
        card = await scene.question()
        assert "S0ONCALL" in str(card["blocks"])
        wrong = await submit(scene, approvers={"selected_users": [CLEO]}, approver_groups={"selected_options": []})
        assert wrong == {
            "approvers": "SFA_APPROVERS is S0ONCALL in the environment: only they and their members can be chosen here."
        }
        view = await scene.modal(ADA)
        ada = filled(view, approvers={"selected_users": [ADA]}, approver_groups={"selected_options": []})
        assert await scene.workspace.submissions.submit(ADA, view.id, ada) == {}
        cards = await scene.until(lambda: [m for m in scene.with_button("approve") if "S0ONCALL" not in m["text"]])
        card = cards[0]
        await scene.press(BEN, card, "approve")
        assert f"<@{ADA}> may approve" in await scene.answer(BEN)
        scene.workspace.team.groups["S0ONCALL"].members.remove(ADA)
        await scene.press(ADA, card, "approve")
        assert "may not approve" in await scene.answer(ADA)
        assert (await scene.incidents())[0].status is Status.AWAITING_APPROVAL


async def test_where_the_environment_names_nobody_an_admin_names_people_but_no_guest(scene: Scene) -> None:
    async with scene.bot(**ADMINS, approvers=()):
        await scene.fire("payment-declines")
        card = await scene.question()
        assert "guests are refused" in (await submit(scene, approvers={"selected_users": [GUEST]}))["approvers"]
        view = await scene.modal(ADA)
        ben = filled(view, approvers={"selected_users": [BEN]})
        assert await scene.workspace.submissions.submit(ADA, view.id, ben) == {}
        await scene.until(lambda: (there := scene.with_button("approve")) and there[0]["ts"] != card["ts"])
        await scene.press(BEN, await scene.question(), "approve")
        approved = await scene.stored(lambda i: i.last(Approval))
    assert [(given.by, given.decision) for given in approved.every(Approval)] == [(BEN, Decision.APPROVED)]


async def test_alert_channels_are_narrowed_and_others_refused(scene: Scene) -> None:
    async with scene.bot(**ADMINS, alert_channels=(ALERTS, "C0PAYMENTS")):
        wrong = await submit(scene, alert_channels={"selected_conversations": [ALERTS, "C0GENERAL"]})
        assert "SFA_ALERT_CHANNELS is C0ALERTS, C0PAYMENTS in the environment" in wrong["alert_channels"]
        view = await scene.modal(ADA)
        one = filled(view, alert_channels={"selected_conversations": ["C0PAYMENTS"]})
        assert await scene.workspace.submissions.submit(ADA, view.id, one) == {}
        await scene.fire("quiet-day")
        await scene.command(CLEO, "/responder status", ALERTS)
        await scene.answer(CLEO)
        assert await scene.incidents() == ()


async def test_a_reset_brings_back_the_environments_and_a_restart_keeps_what_was_chosen(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        assert await submit(scene, mode=mode("report")) == {}
    async with scene.bot(**ADMINS):
        await home(scene)
        assert "report" in shown(scene)
        await press(scene, "reset_setting", "mode")
        await scene.until(lambda: "changed here by" not in shown(scene))
        assert await scene.storage.overrides.all() == {}
    assert [what["to"] for _, _, what in await trail(scene)] == ["report", "ask"]


async def test_an_environment_that_has_become_stricter_wins_over_what_was_chosen(scene: Scene) -> None:
    async with scene.bot({"mode": Mode.AUTO}, **ADMINS):
        assert await submit(scene, mode=mode("ask"), confidence_auto={"value": "0.9"}) == {}
    async with scene.bot({"mode": Mode.REPORT, "confidence_auto": 0.99}, **ADMINS):
        await home(scene)
        await scene.command(CLEO, "/responder status", ALERTS)
        assert "SFA_MODE is report" in await scene.answer(CLEO)
        assert "0.99" in shown(scene)


async def test_of_two_admins_at_once_the_second_is_told_to_look_again(scene: Scene) -> None:
    async with scene.bot(admins=(ADA, BEN)):
        first = await form(scene)
        await scene.storage.overrides.change(BEN, [Change("mode", "ask", "report")], {})  # as another replica does
        late = await scene.workspace.submissions.submit(ADA, first.id, filled(first, mode=mode("off")))
        assert "Somebody else has just changed settings" in late["mode"]
    assert [what["to"] for _, _, what in await trail(scene)] == ["report"]


async def test_others_see_settings_without_buttons_and_a_forged_submission_is_refused_and_kept(scene: Scene) -> None:
    async with scene.bot(**ADMINS):
        view = await form(scene)
        await home(scene, CLEO)
        assert "SFA_MODE" in shown(scene, CLEO)
        assert "change_settings" not in shown(scene, CLEO)
        for user in (CLEO, GUEST):
            board, app = scene.workspace.board, scene.workspace.team.apps["AFIRST"]
            view.state = filled(view, mode=mode("off"))
            payload = payloads.interaction(board, app, scene.workspace.people.user(user), "view_submission")
            payload |= {"view": view_object(board.team, view), "response_urls": []}
            await board.courier.ask(app, "interactive", payload)
        assert await scene.storage.overrides.all() == {}
    told = await trail(scene)
    assert [(kind, by, what["to"]) for kind, by, what in told] == [
        ("setting_refused", CLEO, "off"),
        ("setting_refused", GUEST, "off"),
    ]
    assert f"<@{ADA}>" in told[0][2]["why"]
