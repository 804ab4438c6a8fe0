"""The commands ``citemesh recipes list`` and ``citemesh recipes show``."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def recipes() -> None:
    """Show how each recipe trains, every value with its source.

    \b
    Example:
      citemesh recipes list
      citemesh recipes show biohicl
    """


@recipes.command("list")
def list_recipes() -> None:
    """List all recipes.

    \b
    Example:
      citemesh recipes list
    """
    from citemesh.training.recipes.shelf import RECIPES
    from citemesh.training.recipes.show import recipe_list

    click.echo(recipe_list(RECIPES.values()))


@recipes.command("show")
@click.argument("name")
@click.option("--variant", help="Of the recipe.  [default: its first]")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Show it with this setting changed; may be repeated.",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A TOML file of settings.",
)
@click.option("--all", "everything", is_flag=True, help="Show the settings left at default too.")
def show_recipe(
    name: str,
    variant: str | None,
    changes: tuple[str, ...],
    settings_file: Path | None,
    everything: bool,
) -> None:
    """Show a recipe: each value, where it comes from, and what you changed.

    \b
    Example:
      citemesh recipes show bica --variant as_published
      citemesh recipes show citemesh --set batch_size=128 --all
    """
    from citemesh.training.recipes.changes import read_changes
    from citemesh.training.recipes.shelf import find_recipe
    from citemesh.training.recipes.show import recipe_page

    changed = read_changes(changes, settings_file)
    click.echo(recipe_page(find_recipe(name), variant, changed, everything=everything))
