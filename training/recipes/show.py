"""Recipes in words: a list of all, and a page of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from textwrap import fill
from typing import Any

from citemesh.tables import render_table
from citemesh.training.recipes.changes import shown
from citemesh.training.recipes.recipe import Recipe
from citemesh.training.recipes.settings import Settings

_WIDTH = 96


def recipe_list(recipes: Iterable[Recipe]) -> str:
    """A table of recipes: name, variants, summary."""
    return render_table([
        {"recipe": r.name, "variants": ", ".join(r.variants) or "-", "what it does": r.summary}
        for r in recipes
    ])  # fmt: skip


def recipe_page(
    recipe: Recipe, variant: str | None, changed: Mapping[str, Any], *, everything: bool = False
) -> str:
    """A recipe with its values, their sources and its departures.

    Args:
        recipe: which.
        variant: of it; None for the first.
        changed: what the user wants otherwise, by name.
        everything: show settings that are left at their defaults too.

    Raises:
        SettingsError: when the recipe has no such variant, or a value is out of range.
    """
    named = recipe.variant(variant)
    recipe.settings(named, changed)  # refuses what cannot be
    others = ", ".join(name for name in recipe.variants if name != named)
    head = [
        f"{recipe.name}{f' --variant {named}' if named else ''}: {recipe.summary}",
        f"Paper: {recipe.paper}",
        f"Base model: {recipe.base_model.value} ({recipe.base_model.source})",
        *([f"Other variants: {others}"] if others else []),
    ]
    lines = [fill(line, _WIDTH, subsequent_indent="  ") for line in head]
    lines += ["Data:", *(f"  {command}" for command in recipe.needs)]
    lines += ["", render_table(list(_rows(recipe, named, changed, everything)))]
    if recipe.departures:
        lines += ["", "Departures:"]
        lines += [fill(f"- {text}", _WIDTH, subsequent_indent="  ") for text in recipe.departures]
    return "\n".join(lines)


def _rows(
    recipe: Recipe, variant: str | None, changed: Mapping[str, Any], everything: bool
) -> Iterator[dict[str, str]]:
    chosen = recipe.chosen(variant)
    own = {*recipe.values, *(recipe.variants[variant] if variant else {}), *changed}
    for _, group in groupby(fields(Settings), key=lambda field: field.metadata["group"]):
        for field in group:
            if field.name not in own and not everything:
                continue
            value, source = chosen[field.name].value, chosen[field.name].source
            if field.name in changed:
                source = f"changed by you; the recipe has {shown(value)} ({source})"
                value = changed[field.name]
            told = shown(value).replace("\n", "\\n")
            yield {"setting": field.name, "value": told, "source": source}
