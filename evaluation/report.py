"""The report page: one self-contained HTML file that works from disk, in light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from citemesh.evaluation import plots
from citemesh.evaluation.report_data import ReportData, ReportSources, gather
from citemesh.mining.guards import LABELS
from citemesh.outputs import check_free, write_text
from citemesh.progress import step
from citemesh.workspace import Workspace

FILE_NAME = "report.html"
#: Below this p-value a difference is called one, two-sided.
ALPHA = 0.05


@dataclass(frozen=True)
class Verdict:
    """What can be said of one task in words.

    Args:
        task: its name.
        sentence: what the numbers allow to conclude, and no more.
    """

    task: str
    sentence: str


def write_report(workspace: Workspace, sources: ReportSources, force: bool = False) -> Path:
    """Write ``runs/NAME/report.html``.

    Raises:
        OutputExistsError, InputError, ConnectionFailedError: before anything is written.
    """
    path = workspace.run(sources.run) / FILE_NAME
    check_free(path, force=force)
    with step("Gathering what the report shows"):
        data = gather(workspace, sources)
    with step("Drawing the report"):
        write_text(path, render(data, sources))
    return path


def render(data: ReportData, sources: ReportSources) -> str:
    """The page as HTML; everything that comes from records is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["signed"] = _signed
    environment.filters["percent"] = _percent
    templates = resources.files("citemesh.evaluation.templates")
    template = environment.from_string(templates.joinpath("report.html.j2").read_text("utf-8"))
    return template.render(
        data=data,
        sources=sources,
        style=Markup(templates.joinpath("report.css").read_text("utf-8")),  # noqa: S704 - our file
        plot=_plots(data),
        count=_counts(data),
        guards=_guard_rows(data),
        evidence=[_evidence_row(name, drops) for name, drops in data.drops.items()],
        verdicts=[verdict(task) for task in data.tasks],
        alpha=ALPHA,
    )


def _percent(share: float) -> str:
    """With one digit that is not 0 below 1 %: 13 of 48,404 are few, and not none."""
    percent = 100 * share
    return f"{percent:.1f} %" if percent >= 1 or not share else f"{percent:.1g} %"


def _signed(value: float) -> str:
    rounded = f"{value:+.4f}".replace("-", "\u2212")
    return "0.0000" if float(f"{value:.4f}") == 0 else rounded


def verdict(task: dict[str, Any], measure: str = "nDCG@10") -> Verdict:
    """Say what one task shows, in words."""
    found = [d for d in task["differences"] if d["measure"] == measure]
    if not found:
        return Verdict(task["task"], "Only the untouched base was evaluated.")
    d = found[0]
    told = f"{measure} {d['base']:.3f} → {d['trained']:.3f} over {task['queries']:,} queries"
    if d["p"] < ALPHA:
        way = "better" if d["difference"] > 0 else "worse"
        meaning = f"in this one run {way} than the untouched base (p = {d['p']:.2g})"
    else:
        meaning = f"no difference that these queries can tell from chance (p = {d['p']:.2f})"
    return Verdict(task["task"], f"{told}: {meaning}.")


def _counts(data: ReportData) -> dict[str, int]:
    """The figures at the top of the page."""
    counts = {row["name"]: row["count"] for row in data.stats}
    found = sum(d["found"] for d in data.drops.values())
    kept = sum(d["kept"] for d in data.drops.values())
    dropped = sum(sum(d["dropped"].values()) for d in data.drops.values())
    return {**counts, "found": found, "kept": kept, "dropped": dropped}


def _guard_rows(data: ReportData) -> list[dict[str, Any]]:
    """Guards that dropped something, with the count of each strategy and examples.

    Reviews come after the guards, each with its own reasons.
    """
    found = [label for d in data.drops.values() for label in d["dropped"]]
    order = dict.fromkeys([*LABELS, *found])
    return [
        {
            "guard": guard,
            "counts": {name: d["dropped"].get(guard, 0) for name, d in data.drops.items()},
            "examples": [e for d in data.drops.values() for e in d["examples"].get(guard, [])][:3],
        }
        for guard in order
        if any(guard in d["dropped"] for d in data.drops.values())
    ]


def _evidence_row(strategy: str, drops: dict[str, Any]) -> dict[str, Any]:
    """How many of a strategy's negatives share nothing, one or more with where they came from."""
    counts = []
    for name, parts in (("shared_references", 3), ("shared_citers", 2), ("shared_headings", 3)):
        by_number = {int(n): count for n, count in drops["evidence_kept"].get(name, {}).items()}
        few = [by_number.get(number, 0) for number in range(2)]
        counts += [*few, sum(by_number.values()) - sum(few)][:parts]
    return {"strategy": strategy, "counts": counts}


def _plots(data: ReportData) -> dict[str, Any]:
    limit = data.manifests["mine"].settings["max_siml"]
    drawn: dict[str, Any] = {
        "degrees": plots.degree_plot(data.cited_degrees, data.reference_degrees),
        "branches": plots.branch_plot(data.branches),
        "loss": plots.loss_plot(data.training_log),
        "learning_rate": plots.learning_rate_plot(data.training_log),
        "differences": plots.difference_plot(data.tasks),
    }
    # Drawn by us from numbers; labels in them are escaped by matplotlib.
    safe = {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704
    similarity = {
        name: Markup(plots.similarity_plot(name, d, limit))  # noqa: S704 - as above
        for name, d in data.drops.items()
        if d["siml_found"]
    }
    return {**safe, "similarity": similarity}
