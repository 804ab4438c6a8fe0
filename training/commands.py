"""The command ``citemesh train``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from citemesh.precision import PRECISIONS
from citemesh.training.settings import TrainingSettings
from citemesh.workspace import Workspace


@click.command()
@click.option("--data", required=True, help="An export: its name in the workspace, or a folder.")
@click.option(
    "--base",
    "base_model",
    required=True,
    help="The model to start from: a folder, a trained model's name, or a Hugging Face hub name.",
)
@click.option("--name", help="Name of the trained model.  [default: the export's]")
@click.option("--steps", type=int, help="Optimizer steps, instead of --epochs.")
@click.option("--epochs", type=float, help="Passes over the export.  [default: 1]")
@click.option("--batch-size", type=int, default=32, show_default=True, help="Rows per step.")
@click.option(
    "--learning-rate", type=float, default=2e-5, show_default=True, help="The highest rate."
)
@click.option(
    "--warmup-steps",
    type=int,
    help="Steps in which the learning rate climbs.  [default: a tenth of all]",
)
@click.option(
    "--max-seq-length", type=int, help="Tokens per text.  [default: what the model is made for]"
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="auto",
    show_default=True,
    help="auto: bfloat16 where the hardware has it.",
)
@click.option("--seed", type=int, default=42, show_default=True, help="Of row order and dropout.")
@click.option(
    "--save-steps",
    type=int,
    help="Steps between checkpoints.  [default: a fifth of all, at most 500]",
)
@click.option("--force", is_flag=True, help="Replace a model of that name.")
@click.pass_obj
def train(
    workspace: Workspace, /, data: str, name: str | None, force: bool, **options: Any
) -> None:
    """Train a dense retriever on an export.

    The loss is MultipleNegativesRankingLoss: each query against its positive, its mined negatives
    and the documents of the other rows in the batch. A warm-up as long as the training is refused,
    and weights that barely moved end in a warning. Stopped, the same command goes on from the last
    checkpoint.

    \b
    Example:
      citemesh train --data demo --base sentence-transformers/all-MiniLM-L6-v2
      citemesh train --data demo --base ./MiniLM --steps 40 --max-seq-length 96 --name mini
    """
    from citemesh.manifest import read_manifest
    from citemesh.training.train import train as train_model

    folder = _export_folder(workspace, data)
    model = train_model(
        workspace,
        TrainingSettings(data=folder, **options),
        folder.name if name is None else name,
        force=force,
    )
    counts = read_manifest(model, "train", "citemesh train").counts
    click.echo(f"Model: {model}")
    click.echo(f"Rows seen: {counts['rows_seen']:,} in {counts['steps']:,} steps")
    click.echo(f"Learning rate reached: {counts['max_learning_rate']:g}")
    click.echo(f"Relative weight change: {counts['relative_weight_change']:.2e}")
    click.echo(f"Next: citemesh evaluate {model.name} --on TASK")


def _export_folder(workspace: Workspace, name_or_folder: str) -> Path:
    """The folder of an export: a path, or a bare name here or else in the workspace."""
    folder = Path(name_or_folder).expanduser()
    if len(folder.parts) != 1 or (folder / "manifest.json").is_file():
        return folder.resolve()
    return workspace.export(name_or_folder)
