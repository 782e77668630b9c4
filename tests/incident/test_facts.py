"""Facts survive being stored."""

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.alert import Alert
from incident.evidence import Evidence, Source
from incident.facts import FACT, Agent, Fact, Reading, Remark, Turn
from tests.incident import made
from tests.incident.made import REACHED

moments = st.datetimes(timezones=st.just(UTC))
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
evidence = st.builds(
    Evidence,
    id=st.sampled_from(["E1", "E42"]),
    source=st.sampled_from(Source),
    service=st.none() | words,
    query=words,
    window=st.tuples(moments, moments),
    statement=words,
    values=st.dictionaries(words, json, max_size=4),
    outsider_text=st.booleans(),
)
turns = st.builds(
    Turn,
    at=moments,
    started_at=moments,
    agent=st.sampled_from(Agent),
    text=words,
    found=st.lists(evidence, max_size=2).map(tuple),
    confidence=st.none() | st.floats(0, 1),
    by=words,
)
remarks = st.builds(Remark, at=moments, by=st.just("U1"), text=words)
checks = st.builds(Reading, at=moments, value=st.floats(allow_nan=False, allow_infinity=False)).map(
    lambda r: made.check().model_copy(update={"readings": (r,), "after": r.value})
)


@given(fact=turns | remarks | checks)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_fact_comes_back_as_it_was_stored(fact: Fact) -> None:
    assert FACT.validate_json(fact.model_dump_json()) == fact


@pytest.mark.parametrize("where", REACHED)
def test_every_fact_of_an_incident_comes_back_as_it_was_stored(where: str) -> None:
    for fact in REACHED[where][1]:
        assert FACT.validate_json(fact.model_dump_json()) == fact


def test_a_plan_has_the_same_digest_in_every_process() -> None:
    assert made.PLAN.digest == "sha256:b52bb4d771b59fb2fc97caa1982a66de6dbf3762df911d3725b4b97506fb6a3e"
    assert made.PLAN.model_copy(update={"environment": "staging"}).digest != made.PLAN.digest


def test_the_same_problem_has_the_same_fingerprint_whatever_pod_it_comes_from() -> None:
    pods = (Alert(service="shop", fired_at=made.T, labels={"pod": p, "region": "eu"}) for p in ("a", "b"))
    assert len({a.fingerprint("production") for a in pods}) == 1
