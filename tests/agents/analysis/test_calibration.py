"""How sure answers may be, after parameters that were learnt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.analysis.calibration import Sort, View, calibrated, features, learnt, sort_of
from agents.analysis.confidence import CERTAIN, UNPROVEN
from agents.analysis.explanation import Hypothesis, Reason
from agents.analysis.hypotheses import weigh
from agents.analysis.observations import read
from agents.analysis.rivalry import bound
from incident.diagnosis import Category
from incident.evidence import Source
from tests.agents.analysis.casebook import Ledger

shares = st.floats(0.01, 0.99)
categories = st.sampled_from(list(Category))


def explanation(strength: float, category: Category = Category.CHANGE, **more: object) -> Hypothesis:
    return Hypothesis.model_validate(
        {"category": category, "service": "basket", "what": "did it", "strength": strength, "change_id": "chg-1"} | more
    )


def reason(name: str, weight: float) -> Reason:
    return Reason(name=name, evidence="E1", sentence="it fits", weight=weight)


def view(ledger: Ledger, *rivals: Hypothesis) -> View:
    return View(tuple(read(ledger.evidence)), (), rivals, rivals)


def test_no_parameter_is_negative_and_each_belongs_to_something_that_is_looked_at() -> None:
    assert set(learnt()) == set(Sort)
    known = features(explanation(0.5), View())
    for weights in learnt().values():
        weighed = {name: weight for name, weight in weights.items() if name != "intercept"}
        assert weighed.keys() <= known.keys()
        assert all(weight >= 0 for weight in weighed.values())


@given(shares, shares, shares, categories)
def test_a_stronger_explanation_is_never_less_sure_and_a_stronger_rival_never_makes_surer(
    own: float, rival: float, more: float, category: Category
) -> None:
    weak, strong = ([explanation(r, change_id="chg-2")] for r in (rival, rival + (1 - rival) * more))
    beside, stronger = View(others=weak, rivals=weak), View(others=strong, rivals=strong)
    sure = calibrated(explanation(own, category), beside)
    assert calibrated(explanation(own + (1 - own) * more, category), beside) >= sure
    assert calibrated(explanation(own, category), stronger) <= sure


@given(shares, st.floats(0, 3), categories)
def test_a_further_signal_never_makes_less_sure_and_a_contradiction_never_surer(
    own: float, weight: float, category: Category
) -> None:
    support, alone = (reason("place", 1.0),), View()
    sure = calibrated(explanation(own, category, support=support), alone)
    assert calibrated(explanation(own, category, support=(*support, reason("figures", weight))), alone) >= sure
    against = (reason("too-late", -weight),)
    assert calibrated(explanation(own, category, support=support, against=against), alone) <= sure


@given(shares, categories)
def test_nothing_is_ever_certain(own: float, category: Category) -> None:
    assert 0 <= calibrated(explanation(own, category), View()) <= CERTAIN < 1


@pytest.mark.parametrize("source", [Source.METRICS, Source.LOGS])
def test_however_often_such_changes_were_guilty_none_acts_by_itself_where_a_main_signal_was_not_seen(
    starved: Ledger, source: Source
) -> None:
    assert bound(explanation(0.99), view(starved)) > 0.85
    starved.evidence = [e for e in starved.evidence if e.source is not source]
    assert bound(explanation(0.99), view(starved)) < 0.85


def test_neither_an_equal_rival_nor_a_lack_of_proof_can_be_outweighed(starved: Ledger) -> None:
    assert bound(explanation(0.95), view(starved, explanation(0.95, change_id="chg-2"))) < 0.7
    assert bound(explanation(0.99, ceiling=UNPROVEN), view(starved)) == UNPROVEN


def test_no_explanation_that_lost_is_surer_than_the_one_that_won(starved: Ledger) -> None:
    first, *others = weigh(starved.alert, starved.evidence)
    assert all(one.confidence <= first.confidence for one in others)


def test_where_no_change_could_be_looked_at_an_answer_only_says_where_it_began(starved: Ledger) -> None:
    assert sort_of(explanation(0.5, Category.UNKNOWN), tuple(read(starved.evidence))) is Sort.OPEN
    starved.evidence = [e for e in starved.evidence if e.source not in {Source.CHANGES, Source.COMMITS}]
    assert sort_of(explanation(0.5, Category.UNKNOWN), tuple(read(starved.evidence))) is Sort.PLACE


def test_where_a_signal_comes_from_and_what_things_are_called_make_no_difference(starved: Ledger) -> None:
    sure = weigh(starved.alert, starved.evidence)[0].confidence
    renamed = [type(e).model_validate_json(e.model_dump_json().replace("basket", "zx9-core")) for e in starved.evidence]
    elsewhere = [e.model_copy(update={"query": "another", "source": Source.EVENTS}) for e in renamed]
    assert weigh(starved.alert.model_copy(update={"service": "zx9-core"}), elsewhere)[0].confidence == sure


def test_the_more_rankings_put_a_service_first_and_the_further_the_surer_one_is_of_it(ledger: Ledger) -> None:
    ledger.scored("metrics", basket=1.0, edge=0.9)
    ledger.scored("spans", edge=1.0, basket=0.9)
    divided = weigh(ledger.alert, ledger.evidence)[0]
    ledger.evidence.clear()
    ledger.scored("metrics", basket=1.0, edge=0.2)
    ledger.scored("spans", basket=1.0, edge=0.2)
    agreed = weigh(ledger.alert, ledger.evidence)[0]
    assert (agreed.category, agreed.service) == (Category.UNKNOWN, "basket")
    assert agreed.confidence > divided.confidence
