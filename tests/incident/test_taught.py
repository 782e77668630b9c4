"""People's words about diagnoses and the automatic threshold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.facts import Action
from incident.gate import judge
from incident.mode import Mode
from incident.policy import Policy
from incident.taught import Judged, at_least, taught
from tests.incident import made
from tests.incident.made import case

CONFIGURED = 0.85
words = st.lists(st.builds(Judged, st.floats(0, 0.98), st.sampled_from([0.0, 0.5, 1.0])), max_size=30)


@given(words, st.floats(0, 1))
def test_words_never_lower_the_threshold(said: list[Judged], configured: float) -> None:
    assert configured <= taught(said, configured).least <= 1


@given(words, st.floats(0, 0.98))
def test_another_wrong_diagnosis_never_lets_more_happen(said: list[Judged], confidence: float) -> None:
    assert taught([*said, Judged(confidence, 0)], CONFIGURED).least >= taught(said, CONFIGURED).least


@given(words)
def test_above_the_threshold_nobody_was_discontent_or_nearly_all_were_content(said: list[Judged]) -> None:
    heard = [one.right for one in said if one.confidence >= taught(said, CONFIGURED).least]
    assert all(right == 1 for right in heard) or at_least(sum(heard), len(heard)) >= 0.9


def test_a_wrong_diagnosis_raises_it_above_its_own_confidence_and_the_reason_counts() -> None:
    said = [Judged(0.92, 0), Judged(0.88, 0), *[Judged(0.95, 1)] * 4, *[Judged(0.87, 1)] * 3, Judged(0.6, 0)]
    found = taught(said, CONFIGURED)
    assert found.least == pytest.approx(0.93)
    assert "2 of 9 diagnoses at 0.85 or surer" in found.because
    assert "below 0.93" in found.because


def test_many_right_ones_outweigh_one_that_was_not() -> None:
    one = [Judged(0.9, 0)]
    assert taught([*one, *[Judged(0.95, 1)] * 20], CONFIGURED).least > CONFIGURED
    assert taught([*one, *[Judged(0.95, 1)] * 60], CONFIGURED) == (CONFIGURED, "")


def test_words_about_diagnoses_that_would_not_have_acted_change_nothing() -> None:
    assert taught([Judged(0.8, 0)] * 5, CONFIGURED) == (CONFIGURED, "")


def test_the_surest_diagnosis_being_wrong_leaves_everything_to_people() -> None:
    assert taught([Judged(0.98, 0)], CONFIGURED).least > 0.98


def test_the_verdict_says_that_people_raised_the_threshold() -> None:
    found = taught([Judged(0.94, 0)], CONFIGURED)
    policy = Policy(mode=Mode.AUTO, confidence_auto=found.least, taught=found.because)
    assert judge(case(), Policy(mode=Mode.AUTO)).action is Action.ROLLBACK
    verdict = judge(case(), policy)
    assert made.DIAGNOSIS.confidence < found.least
    assert verdict.action is Action.ASK
    assert found.because in verdict.reasons[0]
