import json

import pytest

from agents.messages import Ask, asked, asking, decision, finding, plan
from incident.diagnosis import Category
from incident.facts import Agent


def test_a_plan_is_read_whatever_shape_its_questions_have() -> None:
    listed = plan(
        '{"plan": "look", "asks": [{"agent": "logs", "question": "errors?"}, {"agent": "cook", "question": "x"}]}'
    )
    mapped = plan('{"plan": "look", "asks": {"logs": "errors?"}}')
    assert listed.asks == mapped.asks == (Ask(agent=Agent.LOGS, question="errors?"),)


def test_questions_are_read_back_from_the_words_they_were_written_in() -> None:
    asks = (Ask(agent=Agent.METRICS, question="since when?"), Ask(agent=Agent.DEPLOY, question="what changed?"))
    assert asked(f"Let us look.\n{asking(asks)}") == asks


def test_a_finding_in_prose_keeps_its_words_and_the_ids_in_them() -> None:
    said = finding("The pool is exhausted (E3), see E17.")
    assert (said.text, said.evidence) == ("The pool is exhausted (E3), see E17.", ("E3", "E17"))


def test_a_fenced_answer_with_words_around_it_is_read() -> None:
    said = decision('Sure!\n```json\n{"category": "Traffic ", "confidence": 0.4, "cause": "load"}\n```\nAnything else?')
    assert (said.category, said.confidence, said.text) == (Category.TRAFFIC, 0.4, "load")


@pytest.mark.parametrize("confidence", [1.5, -0.1, "0.9", None, True, 10**400, [0.9]])
def test_confidence_out_of_range_or_of_another_type_says_nothing(confidence: object) -> None:
    assert decision(json.dumps({"category": "change", "confidence": confidence})).confidence is None


@pytest.mark.parametrize(
    "answer", ["NaN", '{"confidence": NaN}', '{"confidence": Infinity, "category": null}', "\x00", "{}", "[[]]"]
)
def test_what_is_no_answer_names_nothing(answer: str) -> None:
    said = decision(answer)
    assert (said.category, said.confidence, said.change) == (None, None, None)


def test_wrong_types_are_read_as_nothing_and_not_as_errors() -> None:
    said = decision(
        '{"category": 7, "culprit_service": ["a"], "culprit_change": {"commit": "abc1234"}, "evidence": "E1"}'
    )
    assert (said.category, said.service, said.change, said.evidence) == (None, None, "abc1234", ())


def test_an_endless_answer_is_cut() -> None:
    said = finding("word " * 50_000)
    assert len(said.text) <= 6_000


def test_of_several_objects_the_fullest_is_the_answer() -> None:
    said = decision('{"thinking": 1} {"category": "none", "confidence": 0.5, "cause": "healed"} {"x": 2}')
    assert said.category is Category.NONE


@pytest.mark.parametrize("null", ["null", '"none"', '"N/A"', '""'])
def test_a_change_that_is_said_to_be_none_is_none(null: str) -> None:
    assert decision(f'{{"category": "traffic", "culprit_change": {null}}}').change is None
