"""How the bot gets into Slack: joins, connects, and says what is in its way."""

import logging

import pytest
from pydantic import SecretStr
from scene import ADA, ALERTMANAGER, ALERTS, Scene

from bot.mistakes import Mistake
from bot.workspace.faults import Fault
from incident.status import Status

GENERAL, PAYMENTS = "C0GENERAL", "C0PAYMENTS"
ALERT = {"text": "[FIRING:1] CartSlow cart-service"}


async def test_public_alert_channels_are_joined_at_the_start_so_that_the_first_alert_is_heard(scene: Scene) -> None:
    async with scene.bot(alert_channels=(ALERTS, GENERAL)):
        assert "UFRBOT" in scene.workspace.channel(GENERAL).members
        ts = scene.workspace.post(ALERTMANAGER, GENERAL, **ALERT)
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    assert {m["thread_ts"] for m in scene.messages(GENERAL, ts)[1:]} == {ts}


async def test_a_channel_that_another_organisation_reads_is_not_joined(scene: Scene) -> None:
    scene.workspace.channel(GENERAL).ext_shared = True
    async with scene.bot(alert_channels=(GENERAL,)):
        assert "UFRBOT" not in scene.workspace.channel(GENERAL).members


async def test_of_a_private_alert_channel_the_log_says_who_can_help_and_the_others_are_heard(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.workspace.channel(PAYMENTS).members.discard("UFRBOT")
    with caplog.at_level(logging.WARNING, "bot"):
        async with scene.bot(alert_channels=(PAYMENTS, ALERTS)):
            await scene.fire("quiet-day")
            await scene.stored(lambda i: i.status.ended)
    told = "C0PAYMENTS can't be joined (channel_not_found): a member has to /invite @"
    assert any(record.getMessage().startswith(told) for record in caplog.records)


async def test_a_refused_app_token_is_one_line_and_not_tried_for_ever(scene: Scene) -> None:
    with pytest.raises(Mistake, match="SLACK_APP_TOKEN: Slack refuses it: "):
        async with scene.bot(app_token=SecretStr("xapp-1-AFIRST-wrong")):
            pass


async def test_sockets_are_opened_once_slack_has_time_for_them(scene: Scene) -> None:
    scene.workspace.faults.add(Fault("apps.connections.open", "429", retry_after=0), Fault("auth.test", "500"))
    async with scene.bot():
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status.ended)
    assert len(scene.workspace.faults) == 0


@pytest.mark.parametrize("how", ["announced", "cut"])
async def test_a_connection_that_ends_in_the_middle_of_an_incident_costs_no_click_and_no_turn(
    scene: Scene, how: str
) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        await scene.until(lambda: scene.messages(ALERTS)[1:])
        scene.workspace.disconnect(hard=how == "cut")
        card = await scene.question()
        await scene.until(lambda: scene.workspace.board.courier.sockets.count("AFIRST"))
        await scene.press(ADA, card, "approve")
        assert "Approved" in await scene.answer(ADA)
        incident = await scene.stored(lambda i: i.status is Status.HANDED_OVER)
        await scene.at_rest()
    told = [message.metadata for message in scene.workspace.channel(ALERTS).messages.values() if message.metadata]
    keys = [each["event_payload"]["key"] for each in told]
    assert len(keys) == len(set(keys)) > len(incident.facts)
