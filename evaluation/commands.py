"""The command ``citemesh evaluate``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from citemesh.precision import PRECISIONS
from citemesh.tables import format_option, print_rows
from citemesh.workspace import Workspace


@click.command()
@click.argument("model")
@click.option(
    "--on",
    "tasks",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A task: a folder in BEIR layout. Can be given several times.",
)
@click.option("--base", help="The untouched model; default: the one MODEL was trained from.")
@click.option("--name", help="Name of the output; default: the model's name.")
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="auto",
    show_default=True,
    help="Number format of both models; auto is bf16 where the hardware has it.",
)
@click.option(
    "--top-k",
    type=click.IntRange(min=100),
    default=1_000,
    show_default=True,
    help="Results per query; AP counts only these.",
)
@click.option(
    "--max-seq-length",
    type=click.IntRange(min=1),
    help="Tokens to read of a text; default: as each model says.",
)
@click.option("--force", is_flag=True, help="Replace an output of the same name.")
@format_option
@click.pass_obj
def evaluate(
    workspace: Workspace,
    model: str,
    tasks: tuple[Path, ...],
    base: str | None,
    name: str | None,
    precision: str,
    top_k: int,
    max_seq_length: int | None,
    force: bool,
    output_format: str,
) -> None:
    """Evaluate MODEL beside its untouched base.

    MODEL is a folder, the name of a trained model, or a Hugging Face hub name. The search is
    exact, the measures are trec_eval's, averaged over all judged queries. Each difference comes
    with a 95 % bootstrap interval and the p-value of a paired randomisation test.

    \b
    Example:
      citemesh evaluate my-model --on citemesh-data/tasks/heldout/title-abstract
      citemesh evaluate ./model --base ./untouched --on scifact --on nfcorpus --format json
    """
    # Imported here, as they bring in torch.
    from citemesh.evaluation.evaluate import default_name, read_metrics
    from citemesh.evaluation.evaluate import evaluate as run_evaluation
    from citemesh.progress import say

    folder = run_evaluation(
        workspace,
        model,
        tasks,
        name=name or default_name(model),
        base=base,
        precision=precision,
        max_seq_length=max_seq_length,
        top_k=top_k,
        force=force,
    )
    print_rows(metric_rows(read_metrics(folder)), output_format)
    say(f"Written: {folder}\nNext: citemesh report")


def metric_rows(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per task and measure, from ``metrics.json``."""
    rows: list[dict[str, Any]] = []
    for task in metrics["tasks"]:
        shown = ("measure", "base", "trained", "difference", "low", "high", "p")
        if task["differences"]:
            rows += [
                {"task": task["task"], **{key: difference[key] for key in shown}}
                for difference in task["differences"]
            ]
        else:
            rows += [
                {"task": task["task"], "measure": measure, "base": value}
                for measure, value in task["systems"][0]["metrics"].items()
            ]
    return rows
