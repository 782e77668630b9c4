"""How often answers were right beside how sure they were: figures by source, and a diagram."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import matplotlib as mpl

from scenarios.summary import brier, calibration_error, equal_mass

mpl.use("Agg")
from matplotlib import pyplot as plt

SURE = 0.85


class Shown(NamedTuple):
    """One answer: where it is from, what it claims, its fold, how sure it was, and whether it was right."""

    source: str
    sort: str
    fold: int
    confidence: float
    right: bool


def table(shown: Sequence[Shown]) -> str:
    """Return a table in Markdown: by source, all recorded ones, by what is claimed, and by fold."""
    head = f"| answers | of | right | confidence | calibration error | Brier | at {SURE} or surer | of these wrong |"
    lines = [head, "|---" * 8 + "|"]
    made_up = [one for one in shown if one.source == "generated"]
    groups = [(source, [one for one in shown if one.source == source]) for source in sorted({o.source for o in shown})]
    groups += [("recorded", [one for one in shown if one.source != "generated"]), ("all", list(shown))]
    groups += [(f"generated: {s}", [o for o in made_up if o.sort == s]) for s in sorted({o.sort for o in made_up})]
    groups += [(f"fold {f}", [o for o in shown if o.fold == f]) for f in sorted({o.fold for o in shown})]
    return "\n".join([*lines, *(_line(name, some) for name, some in groups if some)])


def _line(name: str, some: Sequence[Shown]) -> str:
    pairs = _pairs(some)
    sure = [right for confidence, right in pairs if confidence >= SURE]
    right, mean = fmean(r for _, r in pairs), fmean(c for c, _ in pairs)
    figures = (f"{right:.2f}", f"{mean:.2f}", f"{calibration_error(pairs):.3f}", f"{brier(pairs):.3f}")
    return f"| {name} | {len(some)} | {' | '.join(figures)} | {len(sure) / len(some):.0%} | {sure.count(False)} |"


def _pairs(some: Iterable[Shown]) -> list[tuple[float, bool]]:
    return [(one.confidence, one.right) for one in some]


def draw(shown: Sequence[Shown], file: Path) -> None:
    """Draw how often answers of ten equally large groups were right against how sure they were, a line a source."""
    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="as sure as right")
    groups = {
        "made up": [o for o in shown if o.source == "generated"],
        "recorded": [o for o in shown if o.source != "generated"],
    }
    for (name, some), colour, marker in zip(groups.items(), ("#0b5fa5", "#c4501b"), "os", strict=True):
        bins = equal_mass(_pairs(some))
        x, y = [fmean(c for c, _ in part) for part in bins], [fmean(r for _, r in part) for part in bins]
        axes.plot(x, y, color=colour, marker=marker, label=f"{name} ({len(some)})")
    axes.set(xlabel="confidence", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
    axes.legend(loc="upper left", frameon=False)
    figure.savefig(file, dpi=110)
    plt.close(figure)
