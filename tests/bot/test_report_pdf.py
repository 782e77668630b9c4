import io
import logging
import re
from pathlib import Path

import pypdf
import pytest

from bot import report
from bot.report.charts import chart, focus
from bot.report.chosen import choose
from bot.report.diagrams import flow_picture
from bot.report.drawing import printable
from bot.report.observed import Series
from bot.report.paper import NOTHING, resolver
from bot.report.pictures import pictures
from bot.report.plotting import Mark
from bot.report.spread import spread
from bot.report.team import State, flow
from incident.facts import Action, Check, Remark
from incident.model import Incident
from incident.status import World
from tests.bot import report_cases as case
from tests.bot.test_report_markdown import HOSTILE, everywhere, with_author

PNG = b"\x89PNG"
OPTIONS = report.Options()


def words_of(incident: Incident) -> str:
    """Return the text of the PDF, its line breaks as blanks."""
    pages = pypdf.PdfReader(io.BytesIO(report.pdf(incident))).pages
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in pages))


def test_the_essentials_are_on_paper() -> None:
    told = words_of(case.resolved())
    for essential in (
        "INC-7F3K2", "Resolved", "Root cause", "chg-88", "91 %", "Timeline", "Decision", "recovered", "212 ms",
        "Owner", "No spans were recorded", "Appendix", "Page 1", "Page 2",
    ):  # fmt: skip
        assert essential in told


def test_a_draft_says_so_on_paper() -> None:
    assert "Draft" in words_of(case.grown(case.fresh(), *case.turns()))


def test_untrusted_text_fetches_nothing_and_links_nowhere(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_text("TOP-SECRET")
    attempts = (*HOSTILE, f"![x]({secret})", f"<img src='{secret}'>", "<pdf:include src='/etc/passwd'>", "@import 'x'")
    with caplog.at_level(logging.WARNING):
        printed = report.pdf(everywhere("\n\n".join(attempts)))
    document = pypdf.PdfReader(io.BytesIO(printed))
    assert b"TOP-SECRET" not in printed
    assert not [a for page in document.pages for a in page.get("/Annots", ()) if "/A" in a.get_object()]
    assert "evil.example" in " ".join(p.extract_text() for p in document.pages)


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/x", "/etc/passwd", "file:///etc/passwd", "picture:other", "letters:../x.ttf", "data:x"]
)
def test_only_our_own_pictures_and_letters_are_given_out(address: str) -> None:
    assert resolver({})(address, "") == NOTHING


def test_scripts_are_printed_or_spelled_out() -> None:
    told = words_of(everywhere("Пожар 中文 🔥 café"))
    assert "Пожар" in told
    assert "café" in told
    assert "[U+4E2D U+6587]" in told
    assert "[U+1F525]" in told


def test_arabic_is_printed_and_never_spelled_out() -> None:
    assert printable("مرحبا") == "مرحبا"
    assert words_of(everywhere("مرحبا"))


def test_control_characters_are_shown_as_what_they_are() -> None:
    assert "[U+0007]" in words_of(everywhere("bell\x07"))


def test_endless_words_wrap() -> None:
    assert "Appendix" in words_of(everywhere("w" * 5000))


def test_two_hundred_pieces_of_evidence_are_printed_in_part() -> None:
    many = tuple(case.evidence(n, {"kind": "log"}, query="q" * 300) for n in range(10, 210))
    cited = case.diagnosis(evidence=tuple(e.id for e in many))
    incident = case.grown(case.fresh(), case.turn(case.Agent.LOGS, 1, "many", many), cited)
    assert "185 more pieces were filed" in words_of(incident)


def test_authors_stay_off_the_paper() -> None:
    assert "Lovelace" not in words_of(with_author())


def test_the_files_are_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "INC-7F3K2.md").write_text("old")
    written = report.write(case.resolved(), tmp_path)
    assert written.markdown.read_text().startswith("# INC-7F3K2")
    assert written.pdf is not None
    assert written.pdf.read_bytes().startswith(b"%PDF")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["INC-7F3K2.md", "INC-7F3K2.pdf"]


def test_a_pdf_that_fails_leaves_the_markdown(tmp_path: Path) -> None:
    (tmp_path / "INC-7F3K2.pdf").mkdir()
    with pytest.raises(report.PdfFailed):
        report.write(case.resolved(), tmp_path)
    assert (tmp_path / "INC-7F3K2.md").read_text().startswith("# INC-7F3K2")


def test_an_id_can_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    written = report.write(case.fresh().model_copy(update={"id": "../../x"}), tmp_path)
    assert written.markdown.parent == tmp_path


def test_states_of_the_flow_are_read_off_the_facts() -> None:
    unlucky = {s.name: s.state for s in flow(case.unlucky()).steps}
    assert unlucky["Logs agent"] is State.FAILED
    assert unlucky["Check"] is State.FAILED
    reported = {s.name: s.state for s in flow(case.reported()).steps}
    assert reported["Act"] is State.SKIPPED
    running = flow(case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.ASK)))
    assert running.act.state is State.OPEN


def test_pictures_say_in_words_what_they_show() -> None:
    picture = flow_picture(flow(case.unlucky()))
    assert picture.png().startswith(PNG)
    assert "Logs agent: failed (too late)" in picture.alt
    drawn = pictures(case.resolved(), choose(case.resolved(), OPTIONS))
    assert {"flow", "chain", "signal", "signals"} == set(drawn)
    for told in ("change at", "onset at", "alert at", "rollback at", "recovered at"):
        assert told in drawn["signal"].alt, "the signal's picture goes on to the recovery"
    late = case.resolved().last(Check)
    assert late is not None
    later = choose(case.grown(case.resolved_but_for_the_check(), late.model_copy(update={"at": case.at(30)})), OPTIONS)
    assert Mark("recovered", case.at(10)) in later.marks, "its last reading, not the end of the wait"
    assert "not affected" not in drawn["chain"].alt


def test_the_first_page_says_it_all() -> None:
    first = pypdf.PdfReader(io.BytesIO(report.pdf(case.resolved()))).pages[0].extract_text()
    for section in ("Resolved.", "Summary", "Impact", "Root cause", "Decision", "Actions", "Owner"):
        assert section in first


def test_charts_show_the_stretch_that_tells_the_story() -> None:
    seen = tuple((case.at(m), float(m)) for m in range(-600, 1))
    series = Series(kind="metric", service="s", readings=seen)
    assert focus(series, [Mark("change", case.at(-60))]).readings[0][0] == case.at(-120)
    assert focus(series, [Mark("onset", case.at(-5))]).readings[0][0] == case.at(-60)
    assert focus(series, [Mark("change", case.at(-4000))]) == series, "a mark outside moves nothing"
    sparse = series.model_copy(update={"readings": seen[::120]})
    assert focus(sparse, [Mark("onset", case.at(-5))]) == sparse


def test_the_chain_shows_neighbours_that_were_not_affected() -> None:
    shown = spread(case.resolved(), case.diagnosis())
    assert shown.columns[0] == ("payment-gateway", "inventory-service", "postgres-db", "redis-cache")
    assert shown.columns[1] == ("checkout-service",)
    assert shown.since["checkout-service"] == case.at(-13), "its first symptom, not the change"
    assert "postgres-db" not in shown.since


def test_a_large_topology_is_cut_to_what_matters() -> None:
    wide = {f"svc-{n}": [f"svc-{n + 1}", "checkout-service"] for n in range(60)}
    calls = case.evidence(90, {"kind": "topology", "depends_on": wide}, source=case.Source.TOPOLOGY)
    incident = case.grown(case.fresh(), case.turn(case.Agent.METRICS, 1, "wide", (calls,)), case.diagnosis())
    shown = spread(incident, case.diagnosis())
    assert sum(len(column) for column in shown.columns) == 12
    assert shown.left_out == 61 + 4 - 12
    assert "more services are not shown" in words_of(incident)


@pytest.mark.parametrize("values", [(0.0, 0.0), (-5.0, -1.0), (1e300, 2e300), (1e-9, 2e-9), (7.0, 7.0)])
def test_charts_of_odd_values_are_drawn(values: tuple[float, float]) -> None:
    seen = tuple(zip((case.at(0), case.at(1)), values, strict=True))
    series = Series(kind="metric", service="中$x^2$", metric="m_$", readings=seen, threshold=3.0)
    assert chart(series, [Mark("onset", case.at(0.5))]).png().startswith(PNG)


def test_a_long_table_begins_below_its_heading_and_goes_on_overleaf() -> None:
    remarks = tuple(Remark(at=case.at(5 + n / 10), by="U1", text=f"remark {n}") for n in range(80))
    incident = case.grown(case.reported(World.REAL), *remarks)
    pages = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(report.pdf(incident))).pages]
    first = next(page for page in pages if "Timeline" in page)
    assert "Deciding signals" in first
    assert "Alert" in first.split("Timeline")[1], "rows, not a heading alone"
    assert sum("What happened" in page for page in pages) > 1, "the headings again"
