"""The command ``citemesh train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.training.plan import TrainingPlan


@click.command()
@click.option(
    "--recipe", default="citemesh", show_default=True, help="How to train: citemesh recipes list"
)
@click.option("--variant", help="Of the recipe, where it has several.  [default: its first]")
@click.option("--data", help="An export: its name in the workspace, or a folder.")
@click.option(
    "--base",
    "base_model",
    help="The model to start from: a folder, a trained model's name, or a Hugging Face hub name."
    "  [default: the recipe's]",
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting of the recipe; may be repeated.",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A TOML file of settings; --set goes before it.",
)
@click.option(
    "--dev",
    type=click.Path(file_okay=False, path_type=Path),
    help="A BEIR folder to choose the best checkpoint by.  [default: the export's dev part]",
)
@click.option(
    "--deny",
    multiple=True,
    type=click.Path(path_type=Path),
    help="PMIDs, one a line, or a BEIR folder, that nothing is trained on; may be repeated.",
)
@click.option("--name", help="Name of the trained model.  [default: the export's, or the recipe's]")
@click.option("--force", is_flag=True, help="Replace a model of that name.")
@click.pass_obj
def train(
    workspace: Workspace,
    /,
    recipe: str,
    variant: str | None,
    data: str | None,
    base_model: str | None,
    changes: tuple[str, ...],
    settings_file: Path | None,
    dev: Path | None,
    deny: tuple[Path, ...],
    name: str | None,
    force: bool,
) -> None:
    """Train a dense retriever by a recipe.

    A recipe is every setting of a run with its source: citemesh recipes show NAME. A warm-up as
    long as the training is refused, and weights that barely moved end in a warning. Stopped, the
    same command goes on from the last checkpoint. Several processes: torchrun --nproc-per-node 2
    -m citemesh train …

    \b
    Example:
      citemesh train --recipe citemesh --data demo
      citemesh train --recipe plain --data demo --base ./MiniLM --set steps=40 --name mini
      citemesh train --recipe biohicl --base ./MiniLM --set rows=2000 --set batch_size=32
    """
    from citemesh.manifest import read_manifest
    from citemesh.training.plan import TrainingPlan
    from citemesh.training.processes import is_main
    from citemesh.training.recipes.changes import read_changes
    from citemesh.training.recipes.shelf import find_recipe
    from citemesh.training.train import train as train_model

    found = find_recipe(recipe)
    changed = read_changes(changes, settings_file)
    settings = found.settings(variant, changed)
    folder = _data_folder(workspace, data, settings.source)
    plan = TrainingPlan(
        settings=settings, base_model=base_model or found.base_model.value, data=folder,
        recipe=recipe, variant=found.variant(variant), changed=changed, dev=dev, deny=deny,
    )  # fmt: skip
    model = train_model(workspace, plan, name or _default_name(plan), force=force)
    if not is_main():
        return
    counts = read_manifest(model, "train", "citemesh train").counts
    click.echo(f"Model: {model}")
    click.echo(f"Rows seen: {counts['rows_seen']:,} in {counts['steps']:,} steps")
    click.echo(f"Learning rate reached: {counts['max_learning_rate']:g}")
    click.echo(f"Relative weight change: {counts['relative_weight_change']:.2e}")
    click.echo(f"Next: citemesh evaluate {model.name} --on TASK")


def _default_name(plan: TrainingPlan) -> str:
    """The export's name, or the recipe's with its variant."""
    if plan.data is not None:
        return plan.data.name
    return "-".join(dict.fromkeys(filter(None, [plan.recipe, plan.variant])))


def _data_folder(workspace: Workspace, data: str | None, source: str) -> Path | None:
    """The folder of an export: a path, or a bare name here or else in the workspace."""
    if source != "export":
        if data is not None:
            raise click.UsageError(f"This recipe trains on the corpus's {source}: no --data.")
        return None
    if data is None:
        raise click.UsageError("This recipe trains on an export: give it with --data NAME.")
    folder = Path(data).expanduser()
    if len(folder.parts) != 1 or (folder / "manifest.json").is_file():
        return folder.resolve()
    return workspace.export(data)
