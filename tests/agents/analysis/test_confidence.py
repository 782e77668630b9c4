from hypothesis import given
from hypothesis import strategies as st

from agents.analysis.confidence import UNPROVEN, Witness, ceiling, confidence, strength

parts = st.floats(0, 1)


@given(parts, parts, parts)
def test_a_witness_for_never_weakens_and_one_against_never_strengthens(before: float, says: float, more: float) -> None:
    first = Witness("a", before, 2.0, "E1", "")
    alone = strength([first])
    assert strength([first, Witness("b", says, more * 3, "E2", "")]) >= alone
    assert strength([first, Witness("b", says, -more * 3, "E2", "")]) <= alone


@given(parts, parts, parts)
def test_confidence_grows_with_the_own_strength_and_falls_with_the_rivals(
    own: float, rival: float, more: float
) -> None:
    stronger = own + (1 - own) * more
    assert confidence(stronger, rival, 0) >= confidence(own, rival, 0) - 1e-3
    assert confidence(own, rival + (1 - rival) * more, 0) <= confidence(own, rival, 0)
    assert 0 <= confidence(own, rival, 1) <= confidence(own, rival, 0) <= 1


@given(st.floats(0.81, 1))
def test_two_that_explain_equally_much_end_where_a_person_has_to_choose(own: float) -> None:
    assert 0.5 <= confidence(own, own, 0) <= 0.7


def test_place_time_and_words_alone_never_reach_the_band_that_acts() -> None:
    newest = [
        Witness("place", 1, 1.8, "E1", ""),
        Witness("order", 1, 1.6, "E2", ""),
        Witness("words", 1, 1.6, "E3", ""),
    ]
    assert ceiling(newest, frozenset()) == UNPROVEN < 0.85


def test_what_only_outsiders_wrote_never_reaches_the_band_that_acts() -> None:
    heard = [Witness("place", 1, 1.8, "E1", ""), Witness("names", 1, 9.0, "E7", "")]
    assert ceiling(heard, frozenset()) > 0.85
    assert ceiling(heard, frozenset({"E7"})) == UNPROVEN
