import re

from agents.analysis.conclusion import conclude
from agents.analysis.hypotheses import weigh
from agents.analysis.observations import Signal
from incident.diagnosis import Category, Conclusion
from tests.agents.analysis.casebook import Ledger


def concluded(ledger: Ledger, *gaps: str) -> Conclusion:
    hypotheses = weigh(ledger.alert, ledger.evidence)
    return conclude(ledger.alert, ledger.evidence, hypotheses, hypotheses[0], gaps)


def test_the_cause_names_service_change_and_what_it_did(starved: Ledger) -> None:
    said = concluded(starved).cause
    for part in ("basket failed", "config change chg-1", "14 min before the page", "cut pool_size from 80 to 8"):
        assert part in said


def test_every_figure_of_the_cause_stands_in_the_evidence_it_cites(starved: Ledger) -> None:
    found = concluded(starved)
    cited = " ".join(e.model_dump_json() for e in starved.evidence if e.id in found.evidence)
    figures = re.findall(r"\d[\d,.]*\d|\d", found.cause.replace("14 min before the page", "").replace("13:58", ""))
    assert figures
    assert all(number.replace(",", "") in cited for number in figures)


def test_the_chain_begins_with_the_cause_and_ends_with_the_victims(starved: Ledger) -> None:
    chain = concluded(starved).causal_chain
    assert (chain[0].service, "chg-1" in chain[0].what) == ("basket", True)
    assert chain[-1].service == "edge"
    times = [link.at for link in chain[1:] if link.at and link.service == "basket"]
    assert times == sorted(times)


def test_everything_cited_exists(starved: Ledger) -> None:
    found = concluded(starved)
    cited = {*found.evidence, *(i for link in found.causal_chain for i in link.evidence)}
    cited |= {i for one in found.ruled_out for i in one.evidence}
    assert cited <= {e.id for e in starved.evidence}


def test_the_innocent_change_is_ruled_out_with_its_reason(starved: Ledger) -> None:
    why = next(one.why for one in concluded(starved).ruled_out if "chg-2" in one.what)
    assert "nothing that a running backend can feel" in why


def test_callers_suffer_and_the_culprit_is_not_its_own_victim(starved: Ledger) -> None:
    assert concluded(starved).blast_radius == ("edge",)


def test_the_culprit_leads_the_ranking_of_all_services(starved: Ledger) -> None:
    assert concluded(starved).ranking[0] == "basket"
    assert set(concluded(starved).ranking) == {"basket", "edge", "ledger-db"}


def test_gaps_are_passed_on(starved: Ledger) -> None:
    assert "no spans were recorded" in concluded(starved, "no spans were recorded").gaps


def test_of_two_that_explain_alike_the_other_is_named_and_what_would_settle_it(ledger: Ledger) -> None:
    ledger.metric("basket", "reject_ratio", (0.01, 0.4), 8, signal=Signal.ERRORS)
    ledger.log("basket", "order rejected by scoring rule")
    ledger.ranking("basket", "edge")
    ledger.change("chg-1", "basket", 18, title="deploy basket: scoring rule for orders")
    ledger.change("chg-2", "basket", 14, title="deploy basket: rejected orders scoring")
    found = concluded(ledger)
    assert (found.culprit_change and found.culprit_change.id, found.rivals[0].change) == ("chg-2", "chg-1")
    assert "most likely" in found.cause
    assert any("undoing chg-2 alone" in gap for gap in found.gaps)


def test_not_knowing_says_what_would_settle_it_and_blames_nobody(ledger: Ledger) -> None:
    ledger.log("basket", "odd")
    found = concluded(ledger)
    assert (found.category, found.culprit_change) == (Category.UNKNOWN, None)
    assert "What would settle it" in found.gaps[0]
    assert found.ranking


def test_nothing_wrong_is_said_with_the_readings(ledger: Ledger) -> None:
    ledger.signal((40, 700, 42), threshold=500)
    found = concluded(ledger)
    assert found.cause == "Nothing is wrong any more: latency_p99_ms went to 700 ms and is back at 42 ms."
    assert (found.blast_radius, found.causal_chain) == ((), ())


def test_a_change_that_nobody_signed_is_its_commits_authors(starved: Ledger) -> None:
    culprit = concluded(starved).culprit_change
    assert culprit is not None
    assert (culprit.id, culprit.author) == ("chg-1", "wei.zhang")


def test_where_no_change_could_be_looked_at_it_is_said_what_the_confidence_is_about(ledger: Ledger) -> None:
    ledger.ranking("edge", "basket")
    among = weigh(ledger.alert, ledger.evidence)
    told = conclude(ledger.alert, ledger.evidence, among, among[0], ())
    assert "about where it began: edge" in told.confidence_because[-1]
