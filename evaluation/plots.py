"""The report's plots: matplotlib draws SVG, the page's style sheet gives the colours."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours stand for the page's variables, so that one drawing serves light and dark.
_INK, _GRID, _FIRST, _SECOND = "#010203", "#020304", "#030405", "#040506"
_VARIABLES = {
    _INK: "var(--ink)", _GRID: "var(--rule)", _FIRST: "var(--first)", _SECOND: "var(--second)",
}  # fmt: skip
_STYLE = {
    "svg.fonttype": "none",  # text stays text: it can be found, read aloud and scaled
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


def degree_plot(cited: Mapping[int, int], references: Mapping[int, int]) -> str:
    """How often articles are cited and how many they cite, both axes logarithmic."""

    def draw(axes: Axes) -> None:
        axes.loglog(list(cited), list(cited.values()), "o", color=_FIRST, ms=4, label="times cited")
        axes.loglog(
            list(references), list(references.values()), "s", color=_SECOND, ms=4,
            fillstyle="none", label="papers cited",
        )  # fmt: skip
        axes.set(xlabel="number of citations", ylabel="articles")
        axes.xaxis.set_major_formatter(_thousands)
        axes.yaxis.set_major_formatter(_thousands)
        axes.legend()

    return _svg(draw, 5.4, 4.2, "Degree distribution of the citation graph")


def branch_plot(branches: Sequence[Mapping[str, Any]], most: int = 15) -> str:
    """Headings in the MeSH branches that have most, and the major ones among them."""
    shown = list(branches[:most])[::-1]

    def draw(axes: Axes) -> None:
        names = [_shortened(b["name"]) for b in shown]
        axes.barh(names, [b["headings"] for b in shown], color=_GRID, label="headings")
        axes.barh(names, [b["major"] for b in shown], color=_FIRST, label="major headings")
        axes.grid(axis="y", visible=False)
        axes.xaxis.set_major_formatter(_thousands)
        axes.legend(loc="lower right")

    return _svg(draw, 5.4, 4.2, "Headings by MeSH branch")


def similarity_plot(strategy: str, drops: Mapping[str, Any], limit: float) -> str:
    """MeSH similarity of a strategy's candidates and of those that were kept."""
    width = drops["siml_bin"]

    def draw(axes: Axes) -> None:
        for key, colour, label in (("siml_found", _GRID, "found"), ("siml_kept", _FIRST, "kept")):
            bins = {int(index): count for index, count in drops[key].items()}
            lefts = [index * width for index in bins]
            axes.bar(
                lefts, list(bins.values()), width=width * 0.92, align="edge", color=colour,
                label=label,
            )  # fmt: skip
        axes.axvline(limit, color=_SECOND, linestyle="--", linewidth=1.2, label=f"limit {limit:g}")
        axes.set(xlabel="MeSH similarity with the anchor (SimL)", ylabel="candidates", xlim=(0, 1))
        axes.grid(axis="x", visible=False)
        axes.yaxis.set_major_formatter(_thousands)
        axes.legend()

    return _svg(draw, 5.2, 3.0, f"MeSH similarity of {strategy} candidates")


def loss_plot(log: Sequence[Mapping[str, Any]]) -> str:
    """Training loss by step."""

    def draw(axes: Axes) -> None:
        axes.plot([r["step"] for r in log], [r["loss"] for r in log], color=_FIRST, linewidth=1.6)
        axes.set(xlabel="step", ylabel="loss")
        axes.set_ylim(bottom=0)

    return _svg(draw, 5.2, 3.0, "Training loss")


def learning_rate_plot(log: Sequence[Mapping[str, Any]]) -> str:
    """The learning rate that was applied, by step."""

    def draw(axes: Axes) -> None:
        rates = [r["learning_rate"] for r in log]
        axes.plot([r["step"] for r in log], rates, color=_SECOND, linewidth=1.6)
        axes.set(xlabel="step", ylabel="learning rate applied")
        axes.set_ylim(bottom=0)

    return _svg(draw, 5.2, 3.0, "Learning rate")


def difference_plot(tasks: Sequence[Mapping[str, Any]]) -> str:
    """Trained minus base with 95 % intervals: right of the line the trained model is better."""
    rows = [(task["task"], d) for task in tasks for d in task["differences"]][::-1]

    def draw(axes: Axes) -> None:
        for place, (_, d) in enumerate(rows):
            if d["low"] is not None:
                axes.plot([d["low"], d["high"]], [place, place], color=_INK, linewidth=1.4)
            axes.plot(d["difference"], place, "o", color=_FIRST, ms=6)
        axes.axvline(0, color=_INK, linewidth=0.8)
        axes.set_yticks(range(len(rows)), [f"{task}  {d['measure']}" for task, d in rows])
        axes.set(xlabel="trained minus untouched base, 95 % interval")
        axes.grid(axis="y", visible=False)

    height = 0.9 + 0.28 * max(len(rows), 1)
    return _svg(draw, 6.8, height, "Differences between trained model and base")


def _shortened(name: str, most: int = 30) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip(" ,") + "…"


def _thousands(value: float, _: float) -> str:
    return f"{value:,.0f}"


def _svg(draw: Any, width: float, height: float, label: str) -> str:
    """Draw a figure and return it as an ``<svg>`` element without any address in it."""
    style = {**_STYLE, "svg.hashsalt": label}  # ids of one page must differ between its figures
    with matplotlib.rc_context(style):  # type: ignore[arg-type]  # the stub lists every key
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure.subplots())
        stream = io.StringIO()
        figure.savefig(
            stream, format="svg", transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )  # fmt: skip
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    size = re.compile(r'width="[\d.]+pt"|height="[\d.]+pt"')
    head, rest = svg.split(">", 1)
    head = size.sub("", head).replace("<svg", f'<svg role="img" aria-label="{label}"')
    return f"{head}>{rest}"
