"""``citemesh audit validate``: does the auditor find what is known to be relevant?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from citemesh.tables import render_table
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.mining.audit.validate.run import Validation


@click.command()
@click.option(
    "--judged",
    type=click.Path(file_okay=False, path_type=Path),
    help="A judged set: a BEIR folder whose document ids are PMIDs of the loaded graph.",
)
@click.option(
    "--qrels",
    multiple=True,
    metavar="SPLIT",
    help="Which of its judgments, such as test; may be repeated.",
)
@click.option(
    "--good",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="The least grade of a good document: half of a query's good ones are known to the "
    "auditor, the rest is hidden. Relevant is whatever has a grade above 0.",
)
@click.option(
    "--model",
    metavar="MODEL",
    help="An encoder: its cosines join the evidence, and the frontier of hardness is drawn.",
)
@click.option(
    "--splits",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How often each query's good documents are halved anew.",
)
@click.option("--name", default="validation", show_default=True, help="Name of the output.")
@click.option("--force", is_flag=True, help="Replace an output of that name.")
@click.pass_obj
def validate(
    workspace: Workspace,
    judged: Path | None,
    qrels: tuple[str, ...],
    good: int,
    model: str | None,
    splits: int,
    name: str,
    force: bool,
) -> None:
    """Hold the auditor against planted positives, and against a judged set.

    Planted are citations of the loaded graph with their edge hidden, and copies of papers. The
    weights are tested on pairs of papers that they did not learn from; nothing is learnt from
    judgments.

    \b
    Example:
      citemesh audit validate
      citemesh audit validate --judged ./judged --qrels test --model ./my-encoder
    """
    from citemesh.mining.audit.validate.run import (
        FRONTIER_FILE,
        VALIDATION_FILE,
        ValidationSettings,
    )
    from citemesh.mining.audit.validate.run import validate as run_validation

    settings = ValidationSettings(judged, qrels, good, model, splits)
    found = run_validation(workspace, settings, name, force)
    _print_planted(found)
    if found.queries:
        _print_judged(found)
    folder = workspace.audit(name)
    click.echo(f"\nAll figures: {folder / VALIDATION_FILE}")
    if found.frontier:
        click.echo(f"The frontier of every rule: {folder / FRONTIER_FILE}")


def _print_planted(found: Validation) -> None:
    planted = found.planted
    click.echo(f"{planted.citations:,} citations planted with their edge hidden, and copies:")
    # Without pairs of a kind there is nothing to plant among.
    none = [kind for kind, count in planted.negatives.items() if not count]
    click.echo(render_table([_shown(row) for row in planted.found if row["among"] not in none]))
    if none:
        click.echo(f"This graph has no pairs of the kind {', '.join(none)} to plant among.")
    click.echo("\nCopies of papers:")
    click.echo(render_table(planted.copies))
    gap, brier = planted.calibration.error, planted.calibration.brier
    click.echo(f"\nCalibration: expected error {gap:.3f}, Brier score {brier:.3f}.")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "planted": row["planted"], "evidence": row["evidence"], "among": row["among"],
        "share": f"{row['share']:.0%}", "precision at recall .5": f"{row['precision']:.3f}",
        "recall at precision .9": f"{row['recall']:.3f}",
    }  # fmt: skip


def _print_judged(found: Validation) -> None:
    click.echo(f"\nJudged relevant among candidates around known positives, {found.queries} queries"
               " (kept: the least suspicious; 95 % intervals over queries):")  # fmt: skip
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for one in found.leftovers:
        row = cells.setdefault((one.kind, one.rule), {
            "candidates": one.kind, "rows": one.rows, "rule": one.rule,
        })  # fmt: skip
        interval = f"{100 * one.low:.1f} to {100 * one.high:.1f}"
        row[f"{one.kept:.0%} kept"] = f"{100 * one.relevant:.1f} % ({interval})"
    click.echo(render_table(list(cells.values())))
    click.echo("\nThe same where documents judged relevant are a tenth:")
    click.echo(render_table([_shown(row) for row in found.planted_judged]))
    errors = (f"{name} {made.error:.3f}" for name, made in found.judged_calibration.items())
    click.echo(f"\nCalibration, expected error: {'; '.join(errors)}.")
    if found.frontier:
        click.echo("\nFalse negatives among the ten hardest, where the ratio rule leaves 20 %:")
        click.echo(render_table([
            {"rule": rule, "false negatives": f"{share:.1%}".replace("%", " %")}
            for rule, share in found.at_usual_hardness.items()
        ]))  # fmt: skip
        click.echo("\nThe ratio rule with fixed limits:")
        click.echo(render_table([
            {
                "rule": p.rule, "false negatives": f"{p.false_negatives:.1%}".replace("%", " %"),
                "hardness": f"{p.hardness:.3f}",
            }
            for p in found.frontier if p.dropped is None
        ]))  # fmt: skip
