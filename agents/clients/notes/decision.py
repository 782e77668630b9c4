"""How the offline commander argues: what did it, what followed, why it and not the rivals, what nobody could see."""

from collections.abc import Iterator, Sequence

from agents.analysis.alternatives import COMPARED
from agents.analysis.hypotheses import Hypothesis
from agents.clients.notes.saying import at, listed, sentence
from incident.alert import Alert
from incident.diagnosis import Category, Conclusion, Link, RuledOut

UNRECORDED = " could not be seen: nobody recorded them"
FOR, AGAINST, INSTEAD, FOLLOWED = 3, 2, 3, 4


def argued(among: Sequence[Hypothesis], conclusion: Conclusion, unseen: Sequence[str], alert: Alert) -> str:
    """Return the decision for the first of the explanations in a few lines."""
    best = among[0]
    told = (
        *_cause(best, conclusion, alert),
        *_followed(conclusion, alert),
        *_reasons(best),
        *_instead(among, conclusion),
        *_missing(unseen),
    )
    return "\n".join(told)


def _cause(best: Hypothesis, conclusion: Conclusion, alert: Alert) -> Iterator[str]:
    if not conclusion.causal_chain:
        yield conclusion.cause
        return
    first = conclusion.causal_chain[0]
    if best.category is Category.CHANGE:
        yield sentence(f"{first.what[:1].upper()}{first.what[1:]}{at(first.at, alert.fired_at)}", _ids(first))
    else:
        yield sentence(f"No change did it. It began at {first.service}: {first.what}", _ids(first))


def _followed(conclusion: Conclusion, alert: Alert) -> Iterator[str]:
    links = conclusion.causal_chain[1 : 1 + FOLLOWED]
    if links:
        told = (f"{link.service}{at(link.at, alert.fired_at)}: {link.what}{_ids(link)}" for link in links)
        yield sentence(f"Then {'; '.join(told)}")


def _reasons(best: Hypothesis) -> Iterator[str]:
    """Say what speaks for it that was not said yet, and what speaks against it."""
    known = f"it {best.what}, and "
    told = [f"{r.sentence.removeprefix(known)}{f' ({r.evidence})' if r.evidence else ''}" for r in best.support]
    if told:
        yield sentence(f"For it: {'; '.join(told[:FOR])}")
    if best.against:
        yield sentence(f"Against it: {'; '.join(r.sentence for r in best.against[:AGAINST])}")


def _instead(among: Sequence[Hypothesis], conclusion: Conclusion) -> Iterator[str]:
    """Say why not the rivals, those with one reason together, then what was ruled out, changes first."""
    alike: dict[str, list[str]] = {}
    for rival in conclusion.rivals:
        ids = next((f" ({', '.join(h.change)})" for h in among if rival.change and h.change_id == rival.change), "")
        alike.setdefault(rival.why_less_likely, []).append(rival.what + ids)
    rivals = [f"Less likely: {listed(what)}; {why}" for why, what in alike.items()]
    named = conclusion.category not in {Category.NONE, Category.UNKNOWN}
    changes_first = sorted(conclusion.ruled_out, key=lambda out: not out.what.startswith("the "))
    others = [_not(out) for out in changes_first if out.evidence and (named or not out.why.startswith(COMPARED))]
    yield from (sentence(one) for one in (*rivals, *others)[:INSTEAD])


def _not(out: RuledOut) -> str:
    """Say why it wasn't that; a comparison rests on what the chosen one cites."""
    what = out.what if out.what.startswith("the ") else f"that {out.what}"
    cited = f"({', '.join(out.evidence)})"
    return f"Not {what} {cited}; {out.why}" if out.why.startswith(COMPARED) else f"Not {what}: {out.why} {cited}"


def _missing(unseen: Sequence[str]) -> Iterator[str]:
    bare = [gap.removesuffix(UNRECORDED) for gap in unseen if gap.endswith(UNRECORDED)]
    if bare:
        yield sentence(f"Nobody recorded {listed(bare)}, so they could not be seen")
    if rest := [gap for gap in unseen if not gap.endswith(UNRECORDED)]:
        yield sentence(f"Also missing: {'; '.join(rest)}")


def _ids(link: Link) -> str:
    return f" ({', '.join(link.evidence)})" if link.evidence else ""
