"""What is left to people after a rollback."""

from datetime import timedelta

from bot import report
from bot.console.words import say
from bot.report.chosen import before_and_after, choose
from bot.report.handover import NO_MORE, next_hypothesis, still_in_main
from bot.report.options import Options
from bot.report.pictures import pictures
from bot.thread.card import card
from bot.thread.draw import draw
from bot.thread.options import Options as ThreadOptions
from incident.change import ChangeKind
from incident.diagnosis import Rival
from incident.facts import Check, Diagnosis, Fact, Outcome, Recovery, RollbackEnded, RollbackStarted
from incident.model import Incident
from tests.bot import report_cases as case

SHOWN = ThreadOptions()


def with_(incident: Incident, kind: type[Fact], **update: object) -> Incident:
    facts = tuple(f.model_copy(update=update) if isinstance(f, kind) else f for f in incident.facts)
    return incident.at(0).replay(facts)


def unhelped(**update: object) -> Incident:
    """The incident whose rollback changed nothing."""
    changed = with_(case.resolved(), Check, result=Recovery.NOT_RECOVERED, after=1990.0, reason="It is at 1990.")
    return with_(changed, Diagnosis, **update) if update else changed


def said_in_thread(incident: Incident) -> str:
    seq = next(n for n, f in enumerate(incident.facts, 1) if isinstance(f, Check))
    return "\n".join(m.text for m in draw(incident.at(seq), incident.facts[seq - 1], seq, SHOWN))


def said_everywhere(incident: Incident) -> tuple[str, str, str]:
    check = incident.last(Check)
    assert check is not None
    terminal = "\n".join(say(incident, check).all_lines)
    return said_in_thread(incident), terminal, report.markdown(incident)


def test_the_strongest_rival_is_named_next_in_thread_terminal_and_report() -> None:
    rivals = (
        Rival(what="Traffic grew.", confidence=0.1, why_less_likely="It was flat."),
        Rival(what="dep-31 slowed the database.", confidence=0.3, why_less_likely="It came an hour earlier."),
    )
    told = next_hypothesis(unhelped(rivals=rivals))
    assert told.startswith("Look next at: dep-31 slowed the database (30 %; it seemed less likely, as: It came")
    for place in said_everywhere(unhelped(rivals=rivals)):
        assert "dep-31 slowed the database (30" in place
        assert NO_MORE in place


def test_without_a_rival_the_ranking_names_the_next_then_what_was_ruled_out_then_people() -> None:
    ranked = unhelped(rivals=(), culprit_service="cart", ranking=("cart", "db"))
    assert "Look next at db" in next_hypothesis(ranked)
    alone = unhelped(rivals=(), culprit_service="cart", ranking=("cart",))
    assert "ruled out, first: More traffic" in next_hypothesis(alone)
    nothing = unhelped(rivals=(), culprit_service="cart", ranking=("cart",), ruled_out=())
    assert "what people write in the thread" in next_hypothesis(nothing)


def test_a_signal_that_recovered_leaves_no_next_hypothesis() -> None:
    assert next_hypothesis(case.resolved()) == ""
    assert all(NO_MORE not in place for place in said_everywhere(case.resolved()))


def test_the_end_card_says_what_the_main_branch_still_contains() -> None:
    incident = case.resolved()
    sentence = "The main branch still contains commit 9f2c1ab7 (chg-88): the next deployment or GitOps sync"
    texts = (card(incident, {}, SHOWN).text, said_in_thread(incident), report.markdown(incident))
    assert all(sentence in text for text in texts)
    assert all("Revert 9f2c1ab7 in the main branch" in text for text in texts)


def test_where_no_rollback_succeeded_nothing_is_said_of_the_main_branch() -> None:
    failed = case.resolved()
    seq = next(n for n, f in enumerate(failed.facts, 1) if isinstance(f, RollbackEnded))
    ended = failed.facts[seq - 1].model_copy(update={"outcome": Outcome.FAILED})
    over = failed.at(seq - 1).after(ended)
    assert still_in_main(over) is None
    assert "main branch" not in card(over, {}, SHOWN).text
    begun = failed.at(next(n for n, f in enumerate(failed.facts, 1) if isinstance(f, RollbackStarted)))
    assert still_in_main(begun) is None


def test_a_rollback_that_did_not_help_leaves_the_main_branch_to_a_decision() -> None:
    left = still_in_main(unhelped())
    assert left is not None
    assert left.do == "Decide whether 9f2c1ab7 stays in the main branch"


def test_a_flag_stands_where_it_is_declared() -> None:
    diagnosis = case.resolved().last(Diagnosis)
    assert diagnosis is not None
    assert diagnosis.culprit_change is not None
    flag = diagnosis.culprit_change.model_copy(update={"kind": ChangeKind.FLAG, "commit": None})
    left = still_in_main(with_(case.resolved(), Diagnosis, culprit_change=flag))
    assert left is not None
    assert left.why.startswith("Wherever the flag is declared, chg-88 still stands")


def test_the_chart_before_and_after_shows_threshold_usual_level_and_rollback_with_units() -> None:
    incident = with_(case.resolved(), Check, usual=208.0)
    drawn = pictures(incident, choose(incident, Options()))["signal"]
    assert "threshold 500 ms, usually 208 ms" in drawn.alt
    assert "rollback at" in drawn.alt
    seq = next(n for n, f in enumerate(incident.facts, 1) if isinstance(f, Check))
    uploads = [u for m in draw(incident.at(seq), incident.facts[seq - 1], seq, SHOWN) for u in m.uploads]
    after = next(u for u in uploads if u.name.endswith("before-and-after.png"))
    assert (after.paint()[:4], after.alt) == (b"\x89PNG", drawn.alt)
    assert "212 ms after, threshold 500 ms, usually 208 ms" in said_in_thread(incident)
    assert "│ rollback │" in report.markdown(incident)


def test_a_signal_that_nobody_filed_as_evidence_is_drawn_as_the_check_read_it() -> None:
    incident = case.resolved()
    bare = choose(incident, Options())._replace(signals=())
    series, check = before_and_after(incident, bare), incident.last(Check)
    assert series is not None
    assert check is not None
    assert [value for _, value in series.readings] == [r.value for r in check.readings]
    assert series.readings[-1][0] - series.readings[0][0] > timedelta(0)
    assert before_and_after(with_(incident, Check, readings=()), bare) is None
