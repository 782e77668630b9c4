"""How the offline commander argues: what did it, what followed, why it and not the rivals, what nobody could see."""

from collections.abc import Iterator, Sequence

from agents.analysis.hypotheses import Hypothesis
from agents.clients.notes.saying import at, listed, sentence
from incident.alert import Alert
from incident.diagnosis import Category, Conclusion, Link

UNRECORDED = " could not be seen: nobody recorded them"
FOR, AGAINST, INSTEAD, FOLLOWED = 3, 2, 3, 4


def argued(best: Hypothesis, conclusion: Conclusion, unseen: Sequence[str], alert: Alert) -> str:
    """Return the decision in a few lines."""
    told = (
        *_cause(best, conclusion, alert),
        *_followed(conclusion, alert),
        *_reasons(best),
        *_instead(conclusion),
        *_missing(unseen),
    )
    return "\n".join(told)


def _cause(best: Hypothesis, conclusion: Conclusion, alert: Alert) -> Iterator[str]:
    if not conclusion.causal_chain:
        yield conclusion.cause
        return
    first = conclusion.causal_chain[0]
    opening = "" if best.category is Category.CHANGE else f"No change did it. It began at {first.service}: "
    said = f"{opening}{first.what}{at(first.at, alert.fired_at)}"
    yield sentence(f"{said[0].upper() if not opening else said[0]}{said[1:]}", _ids(first))


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


def _instead(conclusion: Conclusion) -> Iterator[str]:
    """Say why not the rivals, those with one reason together, then what was ruled out, changes first."""
    alike: dict[str, list[str]] = {}
    for rival in conclusion.rivals:
        alike.setdefault(rival.why_less_likely, []).append(rival.what)
    rivals = [f"Less likely: {listed(what)}: {why}" for why, what in alike.items()]
    changes_first = sorted(conclusion.ruled_out, key=lambda out: not out.what.startswith("the "))
    others = [
        f"Not {out.what if out.what.startswith('the ') else f'that {out.what}'}: {out.why} ({', '.join(out.evidence)})"
        for out in changes_first
        if out.evidence
    ]
    yield from (sentence(one) for one in (*rivals, *others)[:INSTEAD])


def _missing(unseen: Sequence[str]) -> Iterator[str]:
    bare = [gap.removesuffix(UNRECORDED) for gap in unseen if gap.endswith(UNRECORDED)]
    if bare:
        yield sentence(f"Nobody recorded {listed(bare)}, so they could not be seen")
    if rest := [gap for gap in unseen if not gap.endswith(UNRECORDED)]:
        yield sentence(f"Not certain either: {'; '.join(rest)}")


def _ids(link: Link) -> str:
    return f" ({', '.join(link.evidence)})" if link.evidence else ""
