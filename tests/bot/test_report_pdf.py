import io
import logging
import re
from pathlib import Path

import pypdf
import pytest

from bot import report
from bot.report.charts import Mark, chart
from bot.report.diagrams import flow_picture
from bot.report.drawing import printable
from bot.report.observed import Series
from bot.report.paper import NOTHING, resolver
from bot.report.pictures import recovery_picture
from bot.report.team import State, flow
from incident.facts import Action
from incident.model import Incident
from tests.bot import report_cases as case
from tests.bot.test_report_markdown import HOSTILE, everywhere, with_author

PNG = b"\x89PNG"


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
    incident = case.grown(case.fresh(), case.turn(case.Agent.LOGS, 1, "many", many), case.diagnosis())
    assert "160 more pieces were filed" in words_of(incident)


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
    assert picture.png.startswith(PNG)
    assert "Logs agent: failed (too late)" in picture.alt
    recovery = recovery_picture(case.resolved())
    assert recovery is not None
    assert "rollback at" in recovery.alt


@pytest.mark.parametrize("values", [(0.0, 0.0), (-5.0, -1.0), (1e300, 2e300), (1e-9, 2e-9), (7.0, 7.0)])
def test_charts_of_odd_values_are_drawn(values: tuple[float, float]) -> None:
    seen = tuple(zip((case.at(0), case.at(1)), values, strict=True))
    series = Series(kind="metric", service="中$x^2$", metric="m_$", readings=seen, threshold=3.0)
    assert chart(series, [Mark("onset", case.at(0.5))]).png.startswith(PNG)
