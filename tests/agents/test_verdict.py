"""The mixed verdict: code's ranking, a model's opinion of it, and what a model can and can't change."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from autogen_core.models import LLMMessage

from agents.analysis.confidence import RIVAL_TAKES
from agents.analysis.explanation import Hypothesis, Reason
from agents.analysis.hypotheses import UNCONVINCED
from agents.investigator import OFFLINE, Crew, TeamInvestigator
from agents.judgement import Named
from agents.verdict import Judged, Said, mixed
from incident.diagnosis import Category
from incident.evidence import Evidence, Source
from incident.facts import Agent, Diagnosis
from tests.agents.production import FIRED, Lists, Outcome, incident, investigated
from tests.agents.scripted import Scripted, crew, deciding

GUILTY = {"category": "change", "culprit_service": "basket", "culprit_change": "cfg-12", "confidence": 0.99}
NEWEST = {"category": "change", "culprit_service": "edge", "culprit_change": "rel-8", "confidence": 1.0}


async def decided(**answer: object) -> Outcome:
    said = json.dumps({"cause": "so it is", **answer})
    return await investigated(TeamInvestigator(crew=crew(commander=deciding(said))), Lists())


async def alone() -> Diagnosis:
    return (await investigated(TeamInvestigator(), Lists())).diagnosis


async def test_the_offline_team_has_one_opinion() -> None:
    assert (await alone()).second_opinion is None


async def test_a_model_that_sees_it_the_same_way_is_said_to_agree_and_makes_it_no_surer() -> None:
    found, computed = (await decided(**GUILTY)).diagnosis, await alone()
    assert found.second_opinion is not None
    assert (found.second_opinion.agree, found.second_opinion.by, found.disputed) == (True, "scripted", False)
    assert found.confidence <= computed.confidence
    assert found.culprit_change == computed.culprit_change


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (NEWEST, "the deploy rel-8"),
        ({**GUILTY, "culprit_change": "cfg-999"}, "cfg-999 of basket"),
        ({**GUILTY, "culprit_service": "ledger"}, "cfg-12 of ledger"),
        ({**GUILTY, "culprit_change": None}, "a cause of the kind “change” at basket"),
        ({"category": "unknown", "confidence": 0.9}, "no cause"),
        ({"category": "none", "confidence": 0.9}, "nothing that is still wrong"),
        ({"category": "traffic", "culprit_service": "edge"}, "a cause of the kind “traffic” at edge"),
    ],
)
async def test_a_model_that_names_something_else_makes_it_less_sure_and_both_are_kept(
    answer: dict[str, Any], names: str
) -> None:
    found, computed = (await decided(**answer)).diagnosis, await alone()
    assert found.disputed
    assert found.second_opinion is not None
    assert names in found.second_opinion.model.what
    assert "cfg-12" in found.second_opinion.computed.what
    assert set(found.second_opinion.computed.evidence) <= set(computed.evidence)
    assert found.culprit_change == computed.culprit_change
    assert 0 < found.confidence < computed.confidence


async def test_evidence_that_does_not_exist_is_nobodys_ground() -> None:
    found = (await decided(**NEWEST, evidence=["E777", "E101", "E9999"])).diagnosis
    assert found.second_opinion is not None
    assert found.second_opinion.model.evidence == ("E101",)


async def test_specialists_that_cite_little_hide_nothing() -> None:
    def tight_lipped(messages: Sequence[LLMMessage]) -> bool:
        return any(type(m).__name__ == "FunctionExecutionResultMessage" for m in messages)

    async def act(messages: Sequence[LLMMessage]) -> str | None:
        return json.dumps({"finding": "nothing of note", "evidence": []}) if tight_lipped(messages) else None

    found = (await investigated(TeamInvestigator(crew=crew(metrics=act, logs=act, deploy=act)), Lists())).diagnosis
    assert found.culprit_change == (await alone()).culprit_change
    assert found.second_opinion is not None
    assert found.second_opinion.agree


async def test_after_a_restart_it_is_as_disputed_as_before() -> None:
    whole = await decided(**NEWEST)
    again = await investigated(TeamInvestigator(crew=crew()), Lists(), incident(*whole.turns))
    assert again.turns == ()
    assert again.diagnosis.second_opinion == whole.diagnosis.second_opinion
    assert again.diagnosis.confidence == whole.diagnosis.confidence


def evidence(number: int, *, outside: bool = False) -> Evidence:
    told = {
        "kind": "change", "id": f"c{number}", "at": FIRED.isoformat(), "service": "basket", "change_kind": "deploy",
        "title": "", "version": None, "previous_version": None,
    }  # fmt: skip
    return Evidence(
        id=f"E{number}", source=Source.CHANGES, service="basket", query="changes()", window=(FIRED, FIRED),
        statement=f"c{number} reached basket.", values=told, outsider_text=outside,
    )  # fmt: skip


def hypothesis(number: int, strength: float, confidence: float | None = None, **more: object) -> Hypothesis:
    reason = Reason(name="mechanism", evidence=f"E{number + 10}", sentence="it fits", weight=2.0)
    known = {"category": Category.CHANGE, "service": "basket", "change": (f"E{number}",), "change_id": f"c{number}"}
    sure = strength * 0.9 if confidence is None else confidence
    told = {"what": "did it", "strength": strength, "confidence": sure, "support": (reason,)}
    return Hypothesis.model_validate(known | told | more)


UNKNOWN = Hypothesis(category=Category.UNKNOWN, service=None, what="nobody knows", strength=UNCONVINCED)
SEEN = (*map(evidence, (1, 2, 11, 12)), *(evidence(n, outside=True) for n in (13, 3)))


def names(number: int) -> Named:
    return Named(Category.CHANGE, "basket", f"c{number}")


def judged(*among: Hypothesis, said: int = 2, cites: tuple[str, ...] = ("E12",), sure: float | None = 1.0) -> Judged:
    ordered = tuple(sorted((*among, UNKNOWN), key=lambda h: -h.strength))
    return mixed(Said("llm", names(said), cites, sure), ordered, SEEN)


def first(of: Judged) -> str | None:
    assert of.chosen.same_as(of.among[0])
    return of.chosen.change_id


@pytest.mark.parametrize("cites", [("E12",), ("E2",), ("E11", "E12")])
def test_a_near_explanation_goes_first_where_the_model_cites_what_speaks_for_it(cites: tuple[str, ...]) -> None:
    found = judged(hypothesis(1, 0.9), hypothesis(2, 0.8), cites=cites)
    assert first(found) == "c2"
    assert found.second_opinion is not None
    assert (found.second_opinion.followed, found.second_opinion.agree) == (True, False)


@pytest.mark.parametrize(
    ("other", "cites"),
    [
        (hypothesis(2, 0.8), ()),
        (hypothesis(2, 0.8), ("E1", "E11")),
        (hypothesis(2, 0.7), ("E12",)),
        (hypothesis(3, 0.8), ("E13", "E3")),
    ],
    ids=["it cites nothing", "it cites what speaks for the other", "it is far behind", "only outsiders' words"],
)
def test_else_codes_own_stays_first(other: Hypothesis, cites: tuple[str, ...]) -> None:
    found = judged(hypothesis(1, 0.9), other, said=int((other.change_id or "c0")[1:]), cites=cites)
    assert first(found) == "c1"
    assert found.second_opinion is not None
    assert not found.second_opinion.followed


def test_what_code_finds_weaker_than_not_knowing_is_not_put_first() -> None:
    found = judged(hypothesis(2, UNCONVINCED - 0.01))
    assert found.chosen.category is Category.UNKNOWN


@pytest.mark.parametrize("sure", [None, 0.0, 0.4, 1.0])
@pytest.mark.parametrize("rival", [0.88, 0.8, 0.3])
@pytest.mark.parametrize("said", [1, 2, 9])
def test_no_model_makes_anything_surer(said: int, rival: float, sure: float | None) -> None:
    among = (hypothesis(1, 0.9, 0.7), hypothesis(2, rival, 0.75))
    found = judged(*among, said=said, cites=("E1", "E2"), sure=sure)
    before = {h.change_id: h.confidence for h in among}
    assert all(h.confidence <= before.get(h.change_id, 0.0) for h in found.among)
    assert found.chosen.confidence <= 0.7


def test_a_dispute_leaves_what_an_equal_rival_would() -> None:
    found = judged(hypothesis(1, 0.9, 0.9), hypothesis(2, 0.5))
    assert found.chosen.confidence == pytest.approx(0.9 * (1 - RIVAL_TAKES), abs=0.001)


def test_commits_of_one_deployment_are_one_opinion() -> None:
    sibling = hypothesis(2, 0.8, change_id="c1")
    among = (hypothesis(1, 0.9), sibling, UNKNOWN)
    found = mixed(Said("llm", Named(Category.CHANGE, "basket", "E2"), ("E2",), 1.0), among, SEEN)
    assert found.second_opinion is not None
    assert found.second_opinion.agree


def test_a_turn_that_the_offline_reasoner_took_is_no_second_opinion() -> None:
    among = (hypothesis(1, 0.9), hypothesis(2, 0.8), UNKNOWN)
    found = mixed(Said(OFFLINE, names(2), ("E12",), 0.3), among, SEEN)
    assert (first(found), found.second_opinion, found.chosen.confidence) == ("c1", None, among[0].confidence)


async def test_a_model_that_never_decides_is_no_dissent() -> None:
    async def raise_it(messages: Sequence[LLMMessage]) -> str | None:
        if any(getattr(m, "source", "") in {"metrics", "logs", "deploy"} for m in messages):
            raise ZeroDivisionError
        return None

    found = (await investigated(TeamInvestigator(crew=crew(commander=raise_it)), Lists())).diagnosis
    assert found.second_opinion is None
    assert found.culprit_change == (await alone()).culprit_change


async def test_an_offline_commander_among_models_knows_what_they_found_and_did_not_cite() -> None:
    async def act(messages: Sequence[LLMMessage]) -> str | None:
        told = any(type(m).__name__ == "FunctionExecutionResultMessage" for m in messages)
        return json.dumps({"finding": "nothing of note", "evidence": []}) if told else None

    acts = dict.fromkeys((Agent.METRICS, Agent.LOGS, Agent.DEPLOY), act)
    team = TeamInvestigator(crew=Crew(model=OFFLINE, client=lambda case: Scripted(case, acts)))
    outcome = await investigated(team, Lists())
    assert "cfg-12" in outcome.of(Agent.COMMANDER)[-1].text
    assert outcome.diagnosis.confidence == pytest.approx((await alone()).confidence, abs=0.1)


def test_old_diagnoses_have_no_second_opinion_and_are_undisputed() -> None:
    stored = Diagnosis.model_validate_json(
        json.dumps(
            {"at": FIRED.isoformat(), "cause": "x", "category": "unknown", "usage": {"model": "offline"}}, default=str
        )
    )
    assert (stored.second_opinion, stored.attempts, stored.disputed) == (None, (), False)
    assert stored.at - FIRED == timedelta()
