"""What is said of an incident on a terminal, from facts alone."""

import io
import os
from contextlib import suppress

import pytest
from rich.console import Console

from bot.console.live import LiveConsole
from bot.console.plain import PlainConsole
from bot.console.question import say_question
from bot.console.said import folded, said
from bot.console.words import say
from incident.facts import Action, CheckResult, Fault, GateCheck, Recovery, Turn
from incident.model import Incident
from incident.ports import Undelivered
from incident.status import World
from tests.bot import report_cases as case


async def plain(incident: Incident) -> str:
    page = io.StringIO()
    await replay(PlainConsole(page), incident)
    return page.getvalue()


async def live(incident: Incident, width: int = 120) -> str:
    console = Console(record=True, width=width, force_terminal=True, file=io.StringIO())
    await replay(LiveConsole(console), incident)
    return console.export_text()


async def replay(thread: PlainConsole | LiveConsole, incident: Incident) -> None:
    await thread.show(incident, None, 0)
    for seq, fact in enumerate(incident.facts, 1):
        if isinstance(fact, Turn):
            thread.working(fact.agent, "looks")
        await thread.show(incident.at(seq), fact, seq)
    thread.close()


@pytest.mark.parametrize("width", [40, 80, 120, 200])
async def test_the_whole_story_is_told_at_every_width(width: int) -> None:
    told = await live(case.resolved(), width)
    assert max(len(line) for line in told.splitlines()) <= width
    for word in ("alert", "commander", "metrics", "logs", "deploy", "root cause", "verdict", "approval", "check"):
        assert word in told


async def test_an_agent_that_failed_is_marked_without_colour() -> None:
    told = await live(case.unlucky())
    assert "✗ logs" in told
    assert "✓ metrics" in told
    assert "✗ not recovered: 2,011 ms → 212 ms" in told


async def test_what_outsiders_wrote_cannot_drive_the_terminal() -> None:
    nasty = "\x1b]0;owned\x07\x1b[2J\u202eevil\r[bold]loud[/bold]"
    incident = case.grown(
        case.fresh(summary=nasty, name=nasty), *case.turns(), case.diagnosis(cause=nasty, gaps=(nasty,))
    )
    for told in (await plain(incident), await live(incident)):
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(told)
        assert "[bold]loud[/bold]" in told


async def test_nobody_reading_any_more_is_told_apart_from_a_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    gone = os.fdopen(writing, "w")
    with pytest.raises(Undelivered):
        await PlainConsole(gone).show(case.fresh(), None, 0)
    with suppress(BrokenPipeError):
        gone.close()


def test_long_lists_are_folded_and_say_so() -> None:
    lines = ["first:", *(f"  item {n}" for n in range(5)), "second:", "  only"]
    assert list(folded(lines)) == ["first:", "  item 0", "  item 1", "  … 3 more", "second:", "  only"]


def test_checks_with_one_answer_stand_together_failed_ones_first() -> None:
    checks = [
        ("a", CheckResult.UNKNOWN, "Nobody knows."),
        ("b", CheckResult.FAILED, "No."),
        ("c", CheckResult.UNKNOWN, "Nobody knows."),
    ]
    verdict = case.verdict(Action.REPORT, checks=[GateCheck(name=n, result=r, reason=w) for n, r, w in checks])
    assert say(case.fresh(), verdict).lines[-2:] == ("✗ b: No.", "? a, c: Nobody knows.")


def test_the_question_names_the_plan_the_change_and_all_that_speaks_against_it() -> None:
    asked = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.ASK))
    question = say_question(asked)
    assert question is not None
    assert question.head == "Roll back checkout-service in production, from cfg-412 to cfg-411?"
    told = "\n".join(question.lines).replace("\N{NO-BREAK SPACE}", " ")
    assert "undoes the config chg-88 (commit 9f2c1ab7), “Tune connection settings”, there since 24 Nov 13:50:00" in told
    assert "15 min before the page" in told
    assert "against it: it may have been dep-31 of notification-service (8 %)" in told
    assert "against it: ? reversible: Nobody recorded whether it can be undone." in told
    assert "against it: No spans were recorded." in told


def asked_in(world: World, **known: object) -> str:
    return say(case.fresh(world), case.verdict(Action.ASK, **known)).lines[-1]


def test_who_may_approve_and_where_is_said_with_the_verdict() -> None:
    assert asked_in(World.SCENARIO, asked=None).startswith("Asked: whoever is at the terminal, as this world is made")
    assert asked_in(World.REAL) == "Asked, in Slack alone: S0ONCALL."
    two = case.ASKED.model_copy(update={"named": ("U1", "U2"), "maker": "U3", "on_call": "S0NIGHT"})
    told = asked_in(World.REAL, asked=two, approvals_needed=2)
    assert told == ("Asked, in Slack alone: two of U1, U2. Neither may have made the change. On call: S0NIGHT.")
    unseen = two.model_copy(update={"approvers": ()})
    assert "None of them could be seen then" in asked_in(World.REAL, asked=unseen)
    assert "nobody, as SFA_APPROVERS" in asked_in(World.REAL, asked=unseen.model_copy(update={"named": ()}))


def test_of_a_recording_the_settings_that_say_who_would_be_asked_are_named() -> None:
    told = asked_in(World.RECORDED, asked=None, rehearsed=True)
    assert told.startswith("Would be asked, in Slack alone: those whom SFA_APPROVERS names, and of them")


def test_nothing_is_asked_where_nothing_is_proposed() -> None:
    assert say_question(case.reported()) is None


def test_a_fault_says_where_to_look() -> None:
    fault = Fault(at=case.at(1), step="investigate", error_id="abc123", reason="OSError: look for abc123 in the log.")
    assert say(case.fresh(), fault).head == "investigate failed (error abc123)"


def test_readings_that_never_moved_are_not_drawn() -> None:
    *_, check = case.recovery(Recovery.UNKNOWN)
    flat = check.model_copy(update={"readings": (), "before": None})
    assert say(case.fresh(), flat).lines == ()


def test_empty_lines_are_left_out_and_lists_keep_their_indent() -> None:
    assert said("x", "", ("a\n\n  b\t", "")).lines == ("a", "  b")
