import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from bot import report
from bot.report.blameless import without_authors
from bot.report.escape import Markdown, code, prose, text
from bot.report.figures import duration, quantity, ranges, sparkline
from bot.report.observed import Series
from bot.report.timeline import moments
from bot.report.words import PROGRESS
from incident.change import ChangeKind
from incident.diagnosis import Category
from incident.facts import (
    FACT,
    Action,
    AlertResolved,
    AlertSeen,
    Answered,
    Approval,
    Closed,
    Decision,
    Fact,
    Fault,
    Outcome,
    Owned,
    Progress,
    Remark,
    Reminded,
    RollbackEnded,
    RollbackSeen,
    RollbackSent,
    RollbackStarted,
    Stopped,
)  # fmt: skip
from incident.model import Incident
from incident.status import World
from tests.bot import report_cases as case

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=http://169.254.169.254/latest>",
    "![x](file:///etc/passwd)",
    "[click](javascript:alert(1))",
    "[ref]: http://evil.example/x",
    "<http://evil.example>",
    "http://evil.example/a_b_c?x=1",
    "www.evil.example",
    "a | b | c",
    "\\| not a cell",
    "# heading\n## another\n\n---\n",
    "```\nfence\n```",
    "`code` and ``more``",
    "**bold** __bold__ ~~gone~~ *it* _it_",
    "&lt;b&gt; &#60;i&#62;",
    "{{ 7*7 }} {% raw %}",
    "> quote\n- item\n1. first",
    "!中(picture:flow)",
    "line\u2028separator\x00\x1b[31m\u202eevil",
)


def everywhere(words: str) -> Incident:
    """Put the words wherever an outsider's could get."""
    evidence = case.evidence(9, {"kind": "log", "example": words}, statement=words, query=words, outsider_text=True)
    turn = case.turn(case.Agent.LOGS, 1, words, (evidence,), notes=(words,))
    known = {
        "cause": words, "gaps": (words,), "confidence_because": (words,), "blast_radius": (words,),
        "culprit_service": words, "ruled_out": (case.RuledOut(what=words, why=words),),
        "rivals": (case.Rival(what=words, change=words, confidence=0.1, why_less_likely=words),),
        "causal_chain": (case.Link(service=words, what=words),),
    }  # fmt: skip
    verdict = case.verdict(Action.REPORT, reasons=(words,))
    remark = Remark(at=case.at(5), by="U1", text=words)
    return case.grown(case.fresh(summary=words, name=words[:200]), turn, case.diagnosis(**known), verdict, remark)


def test_the_essentials_are_in_the_text() -> None:
    page = report.markdown(case.resolved())
    for essential in (
        "INC-7F3K2", "checkout-service", "chg-88", "cfg-411", "91 %", "2,011 ms", "212 ms",
        "put the earlier configuration back",
        "No spans were recorded.", "dep-31", "More traffic", "names-a-change", "✓ passed", "? unknown", "U123",
        "Revert 9f2c1ab7 in the main branch", "corrected to 412", "24 s", "offline",
    ):  # fmt: skip
        assert essential in page


@pytest.mark.parametrize("words", HOSTILE)
def test_untrusted_text_brings_no_markup(words: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    html = parser.render(report.markdown(everywhere(words)))
    innocent = parser.render(report.markdown(everywhere("harmless")))
    for tag in (
        "<a ",
        "<img",
        "<script",
        "<h1",
        "<h2",
        "<h3",
        "<td",
        "<tr",
        "<table",
        "<hr",
        "<pre",
        "<s>",
        "<blockquote",
    ):
        assert html.count(tag) == innocent.count(tag), tag


@pytest.mark.parametrize("words", HOSTILE)
def test_escaped_text_reads_as_it_was_written(words: str) -> None:
    rendered = MarkdownIt("commonmark").parseInline(text(words))[0].children or []
    shown = "".join(token.content for token in rendered)
    written = " ".join(words.split())
    for hidden in "\x00\x1b\u202e":
        written = written.replace(hidden, f"[U+{ord(hidden):04X}]")
    assert shown.replace("\\|", "|") == written.replace("\\|", "|"), "but for a pipe's escape in code"


def test_code_keeps_backticks_inside() -> None:
    assert code("a `b` ``c``") == "``` a `b` ``c`` ```"


def test_markdown_is_escaped_only_once() -> None:
    assert text(Markdown("**ours**")) == "**ours**"


def test_paragraphs_and_bullets_of_an_agent_are_kept() -> None:
    assert prose("First.\n- one\n* two\n2) three") == "First.\n\n- one\n- two\n- three"


def test_a_running_incident_is_a_draft_and_says_so() -> None:
    waiting = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.ASK))
    assert "Draft: this incident is waiting for approval" in report.markdown(waiting)
    assert "Answer the open question" in report.markdown(waiting)
    assert "Draft" not in report.markdown(case.resolved())


def test_an_incident_without_any_fact_has_a_report() -> None:
    page = report.markdown(case.fresh())
    assert "There is no diagnosis yet" in page
    assert "Nobody has spoken yet" in page


def test_facts_that_every_reader_must_find_in_the_timeline() -> None:
    asides: tuple[Fact, ...] = (
        AlertSeen(at=case.at(4), summary="again"), AlertResolved(at=case.at(5)), Owned(at=case.at(6), by="U7"),
        Remark(at=case.at(7), by="U8", text="looking"),
        Answered(at=case.at(8), to=7, text="Not the cache", by="offline"),
        Remark(at=case.at(7), by="U8", text="why not redis?", asks=True), Stopped(at=case.at(8), by="U9"),
        Fault(at=case.at(9), step="verify", error_id="abc", reason="gone"), Closed(at=case.at(9), reason="aged"),
        Approval(at=case.at(3), decision=Decision.EXPIRED), RollbackStarted(at=case.at(3), key="k", plan=case.PLAN),
        RollbackSent(at=case.at(3), key="k"), RollbackSeen(at=case.at(3), key="k", run="7", progress=Progress.HELD),
        RollbackEnded(at=case.at(4), key="k", outcome=Outcome.FAILED, reason="no such version"),
        Reminded(at=case.at(3)), RollbackSent(at=case.at(3), key="k"),
        RollbackSeen(at=case.at(3), key="k", run="1", progress=Progress.QUEUED),
    )  # fmt: skip
    incident = case.fresh().model_copy(update={"facts": (*case.turns(), case.diagnosis(), case.verdict(), *asides)})
    told = " ".join(f"{m.mark}: {m.what}" for m in moments(incident))
    for words in (
        "again", "resolved at its source", "U7", "looking", "U9 stopped", "abc", "aged", "expired", "failed",
        "sent to be done", "Question: U8: why not redis?", "Answer: Not the cache", PROGRESS[Progress.HELD],
    ):  # fmt: skip
        assert words in told
    kinds = {fact.kind for fact in (*incident.facts, *case.resolved().facts)}
    choices = FACT.json_schema()["discriminator"]["mapping"]
    assert kinds == set(choices), "every kind of fact is in this test"


def test_the_timeline_is_in_the_order_of_real_times() -> None:
    rows = moments(case.resolved())
    assert [r.at for r in rows] == sorted(r.at for r in rows)
    assert [r.mark for r in rows[:6]] == ["Deploy", "Config", "Onset", "Symptom", "Alert", "Team"]
    assert len([r for r in rows if r.mark == "Team"]) == 1, "a round of the team is one row"


def test_the_readers_own_time_stands_beside_utc() -> None:
    page = report.markdown(case.resolved(), report.Options(timezone=ZoneInfo("Europe/Berlin")))
    assert "Europe/Berlin" in page
    assert "15:05:00" in page
    assert "Europe" not in report.markdown(case.resolved())


def test_evidence_that_the_conclusion_does_not_need_is_counted_by_its_query() -> None:
    many = tuple(case.evidence(n, {"kind": "log"}, statement="x" * 900) for n in range(10, 210))
    incident = case.grown(case.fresh(), case.turn(case.Agent.LOGS, 1, "many", many), case.diagnosis(evidence=("E200",)))
    page = report.markdown(incident)
    assert "199 more pieces were filed" in page
    assert "| E200 |" in page
    assert "| E10 |" not in page
    assert "E10 to E209 |" in page
    assert "(500 more characters)" in page


def test_five_hundred_cited_pieces_and_queries_are_capped_and_counted() -> None:
    many = tuple(case.evidence(n, {"kind": "log"}, query=f"q{n}") for n in range(10, 510))
    cited = tuple(e.id for e in many)
    incident = case.grown(case.fresh(), case.turn(case.Agent.LOGS, 1, "many", many), case.diagnosis(evidence=cited))
    page = report.markdown(incident)
    assert "485 more pieces were filed" in page
    assert "480 more queries are in the JSON document" in page


def with_author() -> Incident:
    values = {"kind": "change", "id": "c1", "at": case.FIRED.isoformat(), "author": "Ada Lovelace",
              "details": "Co-authored-by: Grace Hopper <grace@example.org>"}  # fmt: skip
    said = "Ada Lovelace shipped c1 with grace@example.org and Grace Hopper."
    found = case.evidence(9, values, statement=said)
    return case.grown(case.fresh(), case.turn(case.Agent.DEPLOY, 1, said, (found,)), case.diagnosis(cause=said))


def test_authors_stay_out_unless_asked_for() -> None:
    page = report.markdown(with_author())
    assert "Lovelace" not in page
    assert "Hopper" not in page
    assert "grace" not in page
    assert "Ada Lovelace" in report.markdown(with_author(), report.Options(authors=True))


@pytest.mark.parametrize("name", ["deploy", "Config", "checkout-service"])
def test_a_machine_that_ships_changes_does_not_take_its_word_out_of_the_report(name: str) -> None:
    values = {"kind": "change", "id": "c1", "at": case.FIRED.isoformat(), "author": name}
    said = f"c1 is a {name} by {name}."
    found = case.evidence(9, values, statement=said)
    incident = case.grown(case.fresh(), case.turn(case.Agent.DEPLOY, 1, said, (found,)), case.diagnosis(cause=said))
    assert said in report.markdown(incident)


def test_an_incident_that_names_no_author_stays_as_it_is() -> None:
    assert without_authors(case.resolved()) is not None
    assert without_authors(case.resolved()) == case.resolved()


def test_what_a_missing_agent_would_have_seen_is_a_gap() -> None:
    page = report.markdown(case.unlucky())
    assert "The logs agent too late" not in page
    assert "The logs agent was too late: what it would have found is missing." in page
    assert "Take over checkout-service" in page


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("world", list(World))
def test_every_kind_of_cause_can_be_told(category: Category, world: World) -> None:
    known = {"category": category, "culprit_change": None, "culprit_service": None, "onset": None}
    assert f"| **Kind of cause** | {category} |" in report.markdown(case.reported(world, **known))


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_change_can_be_told(kind: ChangeKind) -> None:
    change = case.CulpritChange(id="c", kind=kind, at=case.at(-15))
    assert f"c ({kind})" in report.markdown(case.reported(culprit_change=change))


def test_what_is_to_blame_is_said_as_surely_as_it_is_known() -> None:
    assert "did it (high confidence" in report.markdown(case.reported())
    assert "most likely did it (medium confidence" in report.markdown(case.reported(confidence=0.6))
    assert "may have done it (low confidence" in report.markdown(case.reported(confidence=0.3))


def test_the_cause_is_told_once() -> None:
    page = report.markdown(case.resolved())
    assert page.count("so requests queue for a connection and time out") == 1


def test_checks_with_one_answer_are_one_row_and_the_failed_come_first() -> None:
    said = "No change is named."
    checks = (
        case.GateCheck(name="fine", result=case.CheckResult.PASSED, reason="It is."),
        case.GateCheck(name="first", result=case.CheckResult.UNKNOWN, reason=said),
        case.GateCheck(name="second", result=case.CheckResult.UNKNOWN, reason=said),
        case.GateCheck(name="bad", result=case.CheckResult.FAILED, reason="It isn't."),
    )
    incident = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.REPORT, checks=checks))
    page = report.markdown(incident)
    assert "| first, second | ? unknown | No change is named. |" in page
    assert page.index("| bad |") < page.index("| first, second |") < page.index("| fine |")
    assert "Of 4 checks: 1 passed, 2 unknown, 1 failed." in page


def test_an_incident_without_a_causal_chain_has_a_report() -> None:
    known = {"category": Category.NONE, "causal_chain": (), "culprit_change": None, "culprit_service": None}
    assert "Nothing is wrong any more" in report.markdown(case.reported(**known))


def test_the_flow_and_the_chain_are_drawn_for_readers_of_markdown() -> None:
    page = report.markdown(case.resolved())
    assert page.count("```mermaid") == 2
    assert "plan --> agent0 & agent1 & agent2 --> decide --> act --> check" in page
    assert 'agent0["Logs agent<br/>done<br/>1 piece of evidence"]' in page
    assert '["checkout-service<br/>culprit, paged, 13:52:00 UTC"]' in page


@pytest.mark.parametrize("words", HOSTILE)
def test_a_service_can_not_bring_its_own_diagram(words: str) -> None:
    page = report.markdown(everywhere(words))
    diagrams = re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL)
    labels = [label for diagram in diagrams for label in re.findall(r'\["(.*)"\]', diagram)]
    assert labels
    assert not [c for label in labels for c in label.replace("<br/>", "") if c in "<>\"'`[]{}&;#|\\!"]


def test_the_readings_have_a_trend_that_can_be_read_raw() -> None:
    assert sparkline([0.0, 1.0, 8.0]) == "▁▂█"
    assert sparkline([5.0, 5.0]) == "▁▁"
    assert len(sparkline([float(n) for n in range(400)])) <= 24
    assert "█" in report.markdown(case.resolved())


def test_a_limit_is_told_only_where_the_readings_come_near_to_it() -> None:
    near = Series(kind="metric", service="s", limit=10.0, readings=((case.at(0), 9.0),))
    far = Series(kind="metric", service="s", limit=10.0, readings=((case.at(0), 1914.0),))
    assert near.bounds == (("limit", 10.0),)
    assert far.bounds == ()


def test_how_it_stands_is_the_first_line() -> None:
    asked = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.ASK))
    no = Approval(at=case.at(3), decision=Decision.REJECTED, by="U1", digest=case.PLAN.digest)
    broken, lost = (
        case.grown(
            case.fresh(), *case.turns(), case.diagnosis(), case.verdict(expires_at=case.at(3)),
            RollbackStarted(at=case.at(3.5), key="k", plan=case.PLAN),
            RollbackEnded(at=case.at(4), key="k", outcome=outcome),
        )
        for outcome in (Outcome.FAILED, Outcome.UNKNOWN)
    )  # fmt: skip
    gone = case.grown(case.fresh(), Fault(at=case.at(1), step="investigate", error_id="abc", reason="gone"))
    for incident, said in (
        (case.resolved(), "Resolved. chg-88 was rolled back and the signal that paged recovered."),
        (case.reported(), "Reported. Nothing was changed: this is a rehearsal."),
        (case.reported(World.REAL), "Reported. Nothing was changed: what to do is for a person to decide."),
        (case.reported(World.REAL, category=Category.NONE), "Reported. Nothing is wrong any more"),
        (asked.after(no), "Reported. Nothing was changed: the rollback was rejected."),
        (case.unlucky(), "Handed over. A person has to go on: after the rollback the signal that paged did not"),
        (broken, "Handed over. A person has to go on: the rollback failed."),
        (lost, "Handed over. A person has to go on: the rollback has no known outcome."),
        (gone, "Handed over. A person has to go on: the step “investigate” failed"),
        (asked, "Draft: this incident is waiting for approval"),
    ):  # fmt: skip
        assert said in report.markdown(incident).splitlines()[2]
    assert "What was done: **checkout-service**" in report.markdown(case.resolved())
    assert "What was tried: **checkout-service**" in report.markdown(broken)
    assert "The plan: **checkout-service**" in report.markdown(asked)


def test_a_query_is_shown_as_it_has_to_be_asked() -> None:
    query = '{service="a_b"} |= "[x] *y*"'
    found = case.evidence(9, {"kind": "log"}, query=query)
    page = report.markdown(case.grown(case.fresh(), case.turn(case.Agent.LOGS, 1, "x", (found,))))
    assert "| `" + query.replace("|", "\\|") + "` |" in page


def test_names_from_outside_can_not_fill_pages() -> None:
    assert len(report.markdown(everywhere("w" * 20_000))) < 30_000


def test_damaged_values_of_evidence_are_skipped() -> None:
    odd = case.evidence(9, {"kind": "metric", "service": 5, "readings": [["yesterday", "many"], 3]})
    incident = case.grown(case.fresh(), case.turn(case.Agent.METRICS, 1, "odd", (odd,)), case.diagnosis())
    assert "| E9 |" in report.markdown(incident)


def test_quantities_carry_the_unit_of_their_metric() -> None:
    assert quantity(2011.4, "http_request_duration_p99_ms") == "2,011 ms"
    assert quantity(0.65, "http_error_ratio") == "65 %"
    assert quantity(float("inf")) == "not known"
    assert quantity(0.4834, "PodServerLatencyP90(s)") == "0.483 s"
    assert duration(timedelta(minutes=185)) == "3 h 5 min"
    assert duration(timedelta(milliseconds=300)) == "under a second"


def test_ids_are_told_in_short() -> None:
    assert ranges(("E7", "E1", "E3", "E2", "E9", "E8")) == "E1 to E3, E7 to E9"


def test_a_number_is_escaped_only_where_it_would_begin_a_list() -> None:
    assert text("0.194 ms") == "0.194 ms"
    assert text("1. first") == "1\\. first"
