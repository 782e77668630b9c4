"""Commands, mentions, direct messages, the message menu: what people ask for, and the answers."""

import yaml
from scene import ADA, ALERTS, BEN, CLEO, GUEST, INCIDENTS, Scene

from bot.manifest import chosen
from bot.offers import posted
from bot.slash import Slash
from bot.workspace.manifest import Manifest
from bot.workspace.spots import Place
from incident.alert import Alert, Severity
from incident.facts import Remark
from incident.status import Status, World
from tests.bot.thread.inspection import strings

PAYMENTS, GENERAL = "C0PAYMENTS", "C0GENERAL"


def dm(scene: Scene, user: str) -> str:
    return scene.workspace.team.dm(user, scene.workspace.team.apps["AFIRST"]).id


async def test_investigate_begins_a_thread_in_the_channel_where_it_was_asked_for(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate  `quiet-day` ", ALERTS)
        assert "Investigating quiet-day: INC-" in await scene.answer(ADA)
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    roots = [m for m in scene.messages(ALERTS) if m["only_for"] is None and m["thread_ts"] in {None, m["ts"]}]
    assert len(roots) == 1
    assert {"Commander", "Logs agent"} <= {m.get("username") for m in scene.messages(ALERTS, roots[0]["ts"])}


async def test_an_older_name_works_and_an_unknown_one_is_answered_with_the_nearest(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate traffic_spike")
        assert "INC-" in await scene.answer(ADA, INCIDENTS)
        await scene.command(ADA, "/investigate chekout-latency")
        assert "checkout-latency" in await scene.answer(ADA, INCIDENTS, 2)
        assert len(await scene.incidents()) == 1


async def test_commands_that_were_renamed_are_answered_and_named_in_what_is_said(scene: Scene) -> None:
    slash = Slash("/sherlock", "/postmortem", "/watson")
    scene.workspace.team.apps["AFIRST"].manifest = Manifest.parse(yaml.safe_load(chosen(slash)))
    names = {"command_investigate": "/sherlock", "command_rca": "/postmortem", "command_responder": "/watson"}
    async with scene.bot(**names):
        await scene.command(ADA, "/sherlock help")
        told = await scene.answer(ADA, INCIDENTS)
        assert all(f"`{name}" in told for name in slash)
        assert not any(f"`{name}" in told for name in Slash())
        await scene.command(ADA, "/postmortem last")
        assert "/sherlock begins one" in await scene.answer(ADA, INCIDENTS, 2)
        await scene.command(ADA, "/watson what")
        assert "`/watson pause" in await scene.answer(ADA, INCIDENTS, 3)


async def test_a_path_is_no_target_in_a_chat(scene: Scene) -> None:
    async with scene.bot():
        for number, path in enumerate(("/etc", "../shared/incidents", "scenarios/catalog/quiet-day.yml"), 1):
            await scene.command(ADA, f"/investigate {path}")
            assert "is not a name" in await scene.answer(ADA, INCIDENTS, number)
        assert await scene.incidents() == ()


async def test_help_is_said_in_private(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate help")
        told = await scene.answer(ADA, INCIDENTS)
        assert "/rca" in told
        assert "`why not the cache?`" in told
        assert all(m["only_for"] == ADA for m in scene.messages(INCIDENTS))


async def test_a_channel_that_the_bot_can_join_is_joined_and_a_guest_is_refused(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(GUEST, "/investigate quiet-day", GENERAL)
        assert "Guests" in await scene.answer(GUEST, GENERAL)
        await scene.command(CLEO, "/investigate quiet-day", GENERAL)
        assert "INC-" in await scene.answer(CLEO, GENERAL)
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    assert any(m.get("username") == "Commander" for m in scene.messages(GENERAL))


async def test_the_form_offers_what_can_be_asked_for_and_begins_it(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate")
        view = await scene.modal(ADA)
        block = view.content["blocks"][0]
        given = {"block_id": block["block_id"], "action_id": block["element"]["action_id"], "value": "CHECK"}
        found = await scene.workspace.interactions.suggest(ADA, Place(view_id=view.id), given)
        assert [option["value"] for option in found["options"]] == ["checkout-latency"]
        low = next(o for o in view.content["blocks"][1]["element"]["options"] if o["value"] == "low")
        await scene.submit(
            ADA,
            target={"type": "external_select", "selected_option": found["options"][0]},
            severity={"type": "static_select", "selected_option": low},
            since={"type": "datetimepicker", "selected_date_time": None},
        )
        incident = await scene.stored(lambda _: True)
        assert "INC-" in await scene.answer(ADA, INCIDENTS)
    assert (incident.target, incident.alert.severity) == ("checkout-latency", Severity.LOW)


async def test_rca_answers_in_private_with_summary_and_thread_and_sends_the_pdf(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day")
        incident = await scene.stored(lambda i: i.status.ended)
        for number, words in enumerate(("last", incident.id[4:].lower(), incident.alert.service), 2):
            await scene.command(ADA, f"/rca {words}")
            said = await scene.answer(ADA, INCIDENTS, number)
            assert incident.id in said
            assert "|Its thread>" in said
        await scene.until(lambda: len(_files(scene, dm(scene, ADA))) == 3)
        await scene.command(ADA, "/rca nonsense")
        assert incident.id in await scene.answer(ADA, INCIDENTS, 5)


def _files(scene: Scene, channel: str) -> list[str]:
    return [name for m in scene.messages(channel) for name in m["files"]]


async def test_rca_alone_lists_recent_ones_and_opens_one(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/rca")
        assert "no incidents yet" in str((await scene.modal(ADA)).content["blocks"])
        scene.workspace.team.modals.clear()
        await scene.command(ADA, "/investigate quiet-day")
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.command(ADA, "/rca")
        view = await scene.modal(ADA)
        section = view.content["blocks"][1]
        assert incident.id in section["text"]["text"]
        given = {"type": "button", "block_id": section["block_id"], **section["accessory"]}
        await scene.workspace.interactions.press(ADA, Place(view_id=view.id), given)
        await scene.until(lambda: _files(scene, dm(scene, ADA)))


async def test_an_incident_of_a_private_channel_is_for_its_members_only(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day", PAYMENTS)
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.command(CLEO, f"/rca {incident.id}")
        said = await scene.answer(CLEO, INCIDENTS)
        assert "There are no incidents yet" in said
        assert incident.alert.service not in said
        await scene.command(BEN, f"/rca {incident.id}")
        assert "Its thread" in await scene.answer(BEN, INCIDENTS)
        ts = scene.workspace.people.say(ADA, INCIDENTS, f"<@UFRBOT> rca {incident.id}")
        said = await _reply(scene, INCIDENTS, ts)
        assert "private channel" in said


async def _reply(scene: Scene, channel: str, ts: str, number: int = 1) -> str:
    """Wait for what the bot says in a thread."""

    def said() -> list[str] | None:
        replies = [m for m in scene.messages(channel, ts) if m.get("bot_id") and m["only_for"] is None]
        return [str(m["text"]) for m in replies] if len(replies) >= number else None

    return (await scene.until(said))[number - 1]


async def test_a_mention_begins_a_thread_under_itself_once_though_slack_tells_of_it_twice(scene: Scene) -> None:
    async with scene.bot():
        ts = scene.workspace.people.say(ADA, INCIDENTS, "<@UFRBOT> investigate quiet-day")
        await _reply(scene, INCIDENTS, ts)
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        assert len(await scene.incidents()) == 1


async def test_a_mention_that_asks_for_nothing_known_is_answered_with_what_there_is(scene: Scene) -> None:
    async with scene.bot():
        ts = scene.workspace.people.say(ADA, INCIDENTS, "<@UFRBOT> make me a sandwich")
        assert "/investigate" in await _reply(scene, INCIDENTS, ts)
        ts = scene.workspace.people.say(ADA, INCIDENTS, "<@UFRBOT> investigate nonsense")
        assert "no scenario is called" in await _reply(scene, INCIDENTS, ts)


async def test_remarks_in_a_thread_are_kept_and_a_mention_there_is_answered_also_after_the_report(
    scene: Scene,
) -> None:
    async with scene.bot():
        ts = await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        scene.workspace.people.say(BEN, ALERTS, "we changed the <b>limits</b> at noon", ts)
        await scene.stored(lambda i: i.every(Remark))
        scene.workspace.people.say(CLEO, ALERTS, "<@UFRBOT> it is over", ts)
        incident = await scene.stored(lambda i: len(i.every(Remark)) == 2)
        said = await scene.until(
            lambda: next((m for m in scene.messages(ALERTS, ts) if "Your remark is kept" in str(m["text"])), None)
        )
        scene.workspace.people.say(CLEO, ALERTS, "<@UFRBOT>", ts)
        await scene.until(lambda: any("/investigate" in str(m["text"]) for m in scene.messages(ALERTS, ts)))
    assert [(r.by, "limits" in r.text) for r in incident.every(Remark)] == [(BEN, True), (CLEO, False)]
    assert incident.id in said["text"]
    assert "Cause (" in said["text"]
    assert "`look again`" in said["text"]


async def test_a_direct_message_is_answered_there(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.people.say(CLEO, dm(scene, CLEO), "status")
        await scene.until(lambda: "SFA_MODE is ask" in scene.messages(dm(scene, CLEO))[-1]["text"])
        scene.workspace.people.say(CLEO, dm(scene, CLEO), "hello")
        await scene.until(lambda: "/investigate" in scene.messages(dm(scene, CLEO))[-1]["text"])
        scene.workspace.people.say(CLEO, dm(scene, CLEO), "investigate quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        scene.workspace.people.say(CLEO, dm(scene, CLEO), "rca last")
        await scene.until(lambda: len(_files(scene, dm(scene, CLEO))) >= 2)
    assert any(m.get("username") == "Commander" for m in scene.messages(dm(scene, CLEO)))


async def test_the_message_menu_investigates_an_alert_that_somebody_quoted_or_asks_what_it_is_about(
    scene: Scene,
) -> None:
    async with scene.bot():
        alert = Alert.model_validate({"service": "cart", "name": "CartSlow", "fired_at": "2026-01-01T00:00:00Z"})
        ts = scene.workspace.post("ADATADOG", ALERTS, **posted(alert, "production"))
        await scene.workspace.interactions.shortcut(ADA, Place(ALERTS, ts), "investigate_message")
        incident = await scene.stored(lambda i: i.status.ended)
        assert (incident.alert.service, incident.status) == ("cart", Status.REPORTED)
        ts = scene.workspace.people.say(ADA, INCIDENTS, "is it me or is it slow?")
        await scene.workspace.interactions.shortcut(ADA, Place(INCIDENTS, ts), "investigate_message")
        assert (await scene.modal(ADA)).content["callback_id"] == "investigate_modal"


async def test_the_home_shows_what_there_is_and_finds_it_again(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day")
        incident = await scene.stored(lambda i: i.status.ended)
        scene.workspace.people.open_home(ADA, "AFIRST")
        view = await scene.until(lambda: scene.workspace.team.homes.get(ADA))
        assert incident.id in str(view.content["blocks"])
        search = next(block for block in view.content["blocks"] if block["type"] == "input")
        given = {"type": "plain_text_input", "block_id": search["block_id"], "action_id": "home_search", "value": "zzz"}
        state = {"home_search": {"home_search": {"type": "plain_text_input", "value": "zzz"}}}
        await scene.workspace.interactions.press(ADA, Place(view_id=view.id), given, state)
        await scene.until(lambda: "Nothing was found" in str(scene.workspace.team.homes[ADA].content["blocks"]))


async def test_the_home_leads_to_the_thread_of_what_is_open(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        await scene.question()
        scene.workspace.people.open_home(ADA, "AFIRST")
        view = await scene.until(lambda: scene.workspace.team.homes.get(ADA))
    openers = [block["accessory"] for block in view.content["blocks"] if "accessory" in block]
    assert [(each["action_id"], ALERTS in each["url"]) for each in openers] == [("open_thread", True)]


async def test_a_home_keeps_the_incidents_of_a_private_channel_for_its_members_in_figures_and_services_too(
    scene: Scene,
) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day", PAYMENTS)
        incident = await scene.stored(lambda i: i.status.ended)
        shown = {}
        for user in (ADA, CLEO):
            scene.workspace.people.open_home(user, "AFIRST")
            view = await scene.until(lambda: scene.workspace.team.homes.get(user))  # noqa: B023 - awaited at once
            shown[user] = "\n".join(strings(view.content["blocks"]))
    assert incident.id in shown[ADA]
    assert f"{incident.alert.service} (made up)" in shown[ADA]
    assert incident.id not in shown[CLEO]
    assert incident.alert.service not in shown[CLEO]
    assert "Incidents: \ntext\n0" in shown[CLEO]


async def test_history_finds_what_a_filter_asks_for_behind_many_newer_ones(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day")
        old = await scene.stored(lambda i: i.status.ended)
        for number in range(120):
            alert = old.alert.model_copy(update={"name": f"Noise{number}", "labels": {}})
            newer = {"id": f"INC-N{number:03}", "alert": alert, "world": World.REAL}
            await scene.storage.store.open(old.at(0).model_copy(update=newer))
        scene.workspace.people.open_home(ADA, "AFIRST")
        view = await scene.until(lambda: scene.workspace.team.homes.get(ADA))
        blocks = view.content["blocks"]
        assert len(blocks) <= 100
        assert "and 105 more: search for them" in str(blocks)
        history = blocks[[b.get("block_id") for b in blocks].index("home_filter") :]
        assert old.id in str(history)
        menu = next(b for b in blocks if b.get("block_id") == "home_filter")["elements"][0]
        wanted = next(each for each in menu["options"] if each["value"] == "resolved")
        given = {"block_id": "home_filter", "action_id": "home_filter", "type": "static_select"}
        state = {"home_filter": {"home_filter": {"type": "static_select", "selected_option": wanted}}}
        press = {**given, "selected_option": wanted}
        await scene.workspace.interactions.press(ADA, Place(view_id=view.id), press, state)
        await scene.until(lambda: "Nothing was found" in str(scene.workspace.team.homes[ADA].content["blocks"]))


async def test_a_guest_sees_nothing_in_the_home(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day")
        await scene.stored(lambda i: i.status.ended)
        scene.workspace.people.open_home(GUEST, "AFIRST")
        view = await scene.until(lambda: scene.workspace.team.homes.get(GUEST))
        assert "INC-" not in str(view.content["blocks"])


async def test_responder_says_how_it_stands_and_rehearses(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/responder status")
        assert "SFA_MODE is ask" in await scene.answer(ADA, INCIDENTS)
        await scene.command(ADA, "/responder drill quiet-day")
        assert "INC-" in await scene.answer(ADA, INCIDENTS, 2)
        await scene.command(ADA, "/responder dance")
        assert "`/responder pause [REASON]`" in await scene.answer(ADA, INCIDENTS, 3)


async def test_a_drill_runs_in_a_real_channel_and_says_on_every_message_that_it_is_one(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/responder drill checkout-latency")
        assert (await scene.answer(ADA, INCIDENTS)).startswith("DRILL: Investigating")
        over = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        shown = [m for m in scene.messages(INCIDENTS) if m.get("blocks")]
        assert over.drill
        assert len(shown) > 8
        assert all(m["text"].startswith("DRILL: ") and "DRILL: " in str(m["blocks"][0]) for m in shown)
        await scene.command(ADA, "/investigate quiet-day")
        made_up = await scene.stored(lambda i: i.target == "quiet-day")
        assert not made_up.drill, "beside a stand-in for Slack nothing is real that it could be taken for"
        await scene.at_rest()
