from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from bot import report
from bot.report.blameless import without_authors
from bot.report.escape import Markdown, code, prose, text
from bot.report.figures import duration, quantity
from bot.report.timeline import moments
from incident.change import ChangeKind
from incident.diagnosis import Category
from incident.facts import (
    FACT,
    Action,
    AlertResolved,
    AlertSeen,
    Approval,
    Closed,
    Decision,
    Fact,
    Fault,
    Outcome,
    Owned,
    Remark,
    RollbackEnded,
    RollbackStarted,
    Stopped,
)  # fmt: skip
from incident.model import Incident, World
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
        "INC-7F3K2", "checkout-service", "chg-88", "cfg-411", "91 %", "config-revert", "2,011 ms", "212 ms",
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
        Remark(at=case.at(7), by="U8", text="looking"), Stopped(at=case.at(8), by="U9"),
        Fault(at=case.at(9), step="verify", error_id="abc", reason="gone"), Closed(at=case.at(9), reason="aged"),
        Approval(at=case.at(3), decision=Decision.EXPIRED), RollbackStarted(at=case.at(3), key="k", plan=case.PLAN),
        RollbackEnded(at=case.at(4), key="k", outcome=Outcome.FAILED, reason="no such version"),
    )  # fmt: skip
    incident = case.fresh().model_copy(update={"facts": (*case.turns(), case.diagnosis(), case.verdict(), *asides)})
    told = " ".join(f"{m.mark}: {m.what}" for m in moments(incident))
    for words in ("again", "resolved at its source", "U7", "looking", "U9 stopped", "abc", "aged", "expired", "failed"):
        assert words in told
    kinds = {fact.kind for fact in (*incident.facts, *case.resolved().facts)}
    choices = FACT.json_schema()["discriminator"]["mapping"]
    assert kinds == set(choices), "every kind of fact is in this test"


def test_the_timeline_is_in_the_order_of_real_times() -> None:
    rows = moments(case.resolved())
    assert [r.at for r in rows] == sorted(r.at for r in rows)
    assert [r.mark for r in rows[:4]] == ["Deploy", "Config", "Onset", "Alert"]


def test_the_readers_own_time_stands_beside_utc() -> None:
    page = report.markdown(case.resolved(), report.Options(timezone=ZoneInfo("Europe/Berlin")))
    assert "Europe/Berlin" in page
    assert "15:05:00" in page
    assert "Europe" not in report.markdown(case.resolved())


def test_two_hundred_pieces_of_evidence_are_capped_and_counted() -> None:
    many = tuple(case.evidence(n, {"kind": "log"}, statement="x" * 900) for n in range(10, 210))
    incident = case.grown(case.fresh(), case.turn(case.Agent.LOGS, 1, "many", many), case.diagnosis(evidence=("E200",)))
    page = report.markdown(incident)
    assert "160 more pieces were filed" in page
    assert page.index("| E200 |") < page.index("| E10 |")
    assert "(500 more characters)" in page


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
    assert f"Kind of cause | {category} |" in report.markdown(case.reported(world, **known))


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_change_can_be_told(kind: ChangeKind) -> None:
    change = case.CulpritChange(id="c", kind=kind, at=case.at(-15))
    assert f"{kind} of" in report.markdown(case.reported(culprit_change=change))


def test_damaged_values_of_evidence_are_skipped() -> None:
    odd = case.evidence(9, {"kind": "metric", "service": 5, "readings": [["yesterday", "many"], 3]})
    incident = case.grown(case.fresh(), case.turn(case.Agent.METRICS, 1, "odd", (odd,)), case.diagnosis())
    assert "| E9 |" in report.markdown(incident)


def test_quantities_carry_the_unit_of_their_metric() -> None:
    assert quantity(2011.4, "http_request_duration_p99_ms") == "2,011 ms"
    assert quantity(0.65, "http_error_ratio") == "65 %"
    assert quantity(float("inf")) == "not known"
    assert duration(timedelta(minutes=185)) == "3 h 5 min"
