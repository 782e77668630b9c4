"""Messages of alert channels, over the wire."""

from pathlib import Path

from scene import ADA, ALERTMANAGER, ALERTS, DATADOG, INCIDENTS, Scene

from bot.offers import posted
from incident.alert import Alert
from incident.facts import AlertResolved, AlertSeen, Closed, Diagnosis, Remark
from incident.status import Status, World

LABELS = "• *service:* `cart-service`"
REFUSED = {"attachments": [{"color": "danger", "title": "[FIRING:1] CartSlow cart-service", "text": LABELS}]}


def faces(scene: Scene, ts: str) -> list[str]:
    return list(scene.workspace.channel(ALERTS).messages[ts].reactions)


async def test_an_alert_gets_its_thread_under_it_and_faces_that_say_how_it_stands(scene: Scene) -> None:
    async with scene.bot():
        ts = await scene.fire("checkout-latency")
        await scene.until(lambda: faces(scene, ts) == ["eyes"])
        incident = await scene.stored(lambda i: i.status is Status.RESOLVED)
        await scene.until(lambda: faces(scene, ts) == ["white_check_mark"])
        await scene.at_rest()
    assert incident.world is World.SCENARIO
    assert incident.target == "checkout-latency"
    above, *thread = scene.messages(ALERTS)
    assert above["ts"] == ts
    assert {each["thread_ts"] for each in thread} == {ts}
    assert {each.get("username") for each in thread} >= {"Commander", "Logs agent", "Metrics agent", "Deploy agent"}
    assert scene.messages(INCIDENTS) == []


async def test_one_event_delivered_three_times_is_one_incident(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("quiet-day")
        event = await scene.until(lambda: next(iter(scene.workspace.board.courier.sent), None))
        await scene.workspace.redeliver(event, times=2)
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        assert len(await scene.incidents()) == 1
        assert incident.every(AlertSeen) == ()


async def test_an_edit_of_an_alert_opens_no_second_one_and_one_that_says_resolved_ends_it(scene: Scene) -> None:
    async with scene.bot():
        ts = await scene.fire("payment-declines")
        incident = await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
        alert, environment = incident.alert, incident.environment
        firing = posted(alert.model_copy(update={"summary": "it is getting worse"}), environment)
        scene.workspace.edit(ALERTS, ts, **firing)
        scene.workspace.edit(ALERTS, ts, **posted(alert, environment, "RESOLVED"))
        incident = await scene.stored(lambda i: i.last(AlertResolved))
        assert incident.status is Status.REPORTED
        assert incident.every(AlertSeen) == ()
        assert len(await scene.incidents()) == 1


async def test_a_channel_that_another_organisation_reads_gets_no_thread(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.channel(ALERTS).ext_shared = True
        await scene.fire("quiet-day")
        await scene.until(lambda: next(iter(scene.workspace.board.courier.sent), None))
        scene.workspace.channel(ALERTS).ext_shared = False
        await scene.fire("user-auth-blip")
        await scene.stored(lambda i: i.status.ended)
        assert [each.target for each in await scene.incidents()] == ["user-auth-blip"]


async def test_the_same_problem_again_joins_the_thread_that_is_open(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        incident = await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
        scene.workspace.post(ALERTMANAGER, ALERTS, **posted(incident.alert, incident.environment))
        await scene.stored(lambda i: i.last(AlertSeen))
        assert len(await scene.incidents()) == 1


async def test_an_alert_that_belongs_to_nothing_that_is_connected_ends_as_reported_with_its_gaps(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.post(ALERTMANAGER, ALERTS, **REFUSED)
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    diagnosis = incident.last(Diagnosis)
    assert (incident.status, incident.world) == (Status.REPORTED, World.REAL)
    assert diagnosis is not None
    assert diagnosis.culprit_change is None
    assert any("no system is connected" in gap for gap in diagnosis.gaps)


async def test_a_made_up_label_doesnt_lead_into_a_world(scene: Scene) -> None:
    async with scene.bot():
        alert = Alert.model_validate(
            {
                "service": "cart",
                "name": "CartSlow",
                "fired_at": "2026-01-01T00:00:00Z",
                "labels": {"world": "checkout-latency"},
            }
        )
        scene.workspace.post(ALERTMANAGER, ALERTS, **posted(alert, "production"))
        incident = await scene.stored(lambda i: i.status.ended)
    assert (incident.world, incident.status) == (World.REAL, Status.REPORTED)


async def test_nobody_else_opens_incidents_there_and_neither_do_our_own_messages(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.post(DATADOG, ALERTS, **REFUSED)
        scene.workspace.people.say(ADA, ALERTS, "[FIRING:1] CartSlow cart-service")
        scene.workspace.post("AFIRST", ALERTS, **REFUSED)
        scene.workspace.post(ALERTMANAGER, INCIDENTS, **REFUSED)
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        assert [i.target for i in await scene.incidents()] == ["quiet-day"]


async def test_our_own_messages_are_no_alerts_even_where_we_are_named_as_a_sender_and_after_downtime(
    scene: Scene,
) -> None:
    senders = ("BALERTM", "AFIRST", "First Responder")
    async with scene.bot(alert_senders=senders):
        scene.workspace.post("AFIRST", ALERTS, **REFUSED)
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    scene.workspace.post("AFIRST", ALERTS, **REFUSED)
    async with scene.bot(alert_senders=senders):
        await scene.fire("user-auth-blip")
        await scene.stored(lambda i: i.target == "user-auth-blip" and i.status.ended)
        assert sorted(i.target for i in await scene.incidents()) == ["quiet-day", "user-auth-blip"]


async def test_what_was_said_while_nobody_listened_is_taken_up_late_says_so_and_does_nothing_by_itself(
    scene: Scene,
) -> None:
    async with scene.bot():
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    scene.workspace.post(ALERTMANAGER, ALERTS, **REFUSED)
    async with scene.bot():
        incident = await scene.stored(lambda i: i.alert.service == "cart-service" and i.status.ended)
        await scene.at_rest()
    async with scene.bot():
        await scene.at_rest()
        assert len(await scene.incidents()) == 2
        assert await scene.storage.store.load(incident.id) == incident
    assert incident.alert.summary.startswith("Read late")
    assert incident.alert.labels["late"] == "true"


async def test_a_channels_rule_says_what_is_looked_into_and_how_long_the_same_problem_opens_nothing_new(
    scene: Scene, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text("C0ALERTS:\n  environments: [production]\n  cool_down: 1h\n")
    alert = Alert.model_validate({"service": "cart", "name": "CartSlow", "fired_at": "2026-01-01T00:00:00Z"})
    async with scene.bot(alert_rules=rules):
        scene.workspace.post(ALERTMANAGER, ALERTS, **posted(alert, "staging"))
        scene.workspace.post(ALERTMANAGER, ALERTS, **posted(alert, "production"))
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        await scene.runner.note(incident.id, lambda now: Closed(at=now, reason="it was nothing"))
        scene.workspace.post(ALERTMANAGER, ALERTS, **posted(alert, "production"))
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.target == "quiet-day")
        assert {(i.target, i.environment) for i in await scene.incidents()} == {
            ("cart", "production"), ("quiet-day", "production")
        }  # fmt: skip
        assert (await scene.storage.store.load(incident.id)).every(AlertSeen) == ()


async def test_a_remark_is_for_every_incident_of_its_thread_that_goes_on(scene: Scene) -> None:
    async with scene.bot():
        each = [await scene.alert(name) for name in ("quiet-day", "payment-declines", "payment-declines")]
        ts = scene.workspace.post(ALERTMANAGER, ALERTS, attachments=[a for one in each for a in one["attachments"]])
        await scene.count(2, lambda i: i.status is Status.AWAITING_APPROVAL)
        scene.workspace.people.say(ADA, ALERTS, "the issuer has an outage", ts)
        waiting = await scene.count(2, lambda i: i.status is Status.AWAITING_APPROVAL and i.every(Remark))
    assert [remark.text for i in waiting for remark in i.every(Remark)] == ["the issuer has an outage"] * 2
