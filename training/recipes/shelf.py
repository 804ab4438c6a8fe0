"""All recipes by name."""

from __future__ import annotations

from citemesh.errors import SettingsError
from citemesh.nearest import nearest_hint
from citemesh.training.recipes.bica import BICA
from citemesh.training.recipes.biohicl import BIOHICL
from citemesh.training.recipes.bmretriever import BMRETRIEVER
from citemesh.training.recipes.citemesh import CITEMESH
from citemesh.training.recipes.plain import PLAIN
from citemesh.training.recipes.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (CITEMESH, PLAIN, BICA, BIOHICL, BMRETRIEVER)
}


def find_recipe(name: str) -> Recipe:
    """A recipe by its name.

    Raises:
        SettingsError: when there is none of that name, with the nearest.
    """
    if name not in RECIPES:
        raise SettingsError(
            f"There is no recipe {name!r}.",
            nearest_hint(name, RECIPES) or f"There are: {', '.join(RECIPES)}.",
        )
    return RECIPES[name]
