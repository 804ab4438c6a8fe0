"""The frontier as a picture: false negatives against hardness, a line for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from citemesh.mining.audit.validate.frontier import LIMITS, FrontierPoint, at_limit
from citemesh.mining.audit.validate.rules import (
    GRAPH,
    GRAPH_AND_TEXT,
    POSITIVE_COSINE,
    RANDOM,
    RATIO,
    SIML,
)

#: Rules that are drawn, with their names in the legend; colours tell apart for colour-blind eyes
#: too (Okabe and Ito, 2008), markers without colours.
_DRAWN = {
    RANDOM: ("no evidence", "#999999", "x"),
    RATIO: ("ratio to the positive", "#E69F00", "s"),
    SIML: ("MeSH similarity", "#56B4E9", "^"),
    POSITIVE_COSINE: ("cosine to known positives", "#CC79A7", "v"),
    GRAPH: ("graph evidence", "#009E73", "o"),
    GRAPH_AND_TEXT: ("graph evidence and cosines", "#0072B2", "D"),
}


def draw_frontier(points: Sequence[FrontierPoint], path: Path) -> None:
    """Write the picture as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for rule, (label, colour, marker) in _DRAWN.items():
        curve = sorted((p for p in points if p.rule == rule), key=lambda p: p.hardness)
        if not curve:
            continue
        hardness = [point.hardness for point in curve]
        axes.plot(
            hardness, [100 * p.false_negatives for p in curve], color=colour, marker=marker,
            markersize=4, label=label,
        )  # fmt: skip
        axes.fill_between(
            hardness, [100 * p.low for p in curve], [100 * p.high for p in curve], color=colour,
            alpha=0.1, linewidth=0,
        )  # fmt: skip
    for limit in LIMITS:
        for point in (p for p in points if p.rule == at_limit(limit)):
            place = (point.hardness, 100 * point.false_negatives)
            axes.plot(*place, color=_DRAWN[RATIO][1], marker="*", markersize=12)
            axes.annotate(f"{limit:.0%}", place, xytext=(6, 6), textcoords="offset points")
    axes.set_xlabel("hardness: mean cosine of query and negative")
    axes.set_ylabel("judged relevant among the negatives (%)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    axes.set_title("Lower and further right is better; bands: 95 % over queries", fontsize=10)
    figure.savefig(path, dpi=120)
