"""Write the pages of all recipes into docs/recipes.md, behind its mark.

python -m benchmarks.recipe_pages
"""

from __future__ import annotations

from pathlib import Path

from citemesh.training.recipes.shelf import RECIPES
from citemesh.training.recipes.show import recipe_page

PAGE = Path(__file__).parents[1] / "docs" / "recipes.md"
MARK = "<!-- recipes:"


def page_with_recipes(text: str) -> str:
    """A page whose text up to the mark stays, followed by every variant of every recipe."""
    head, mark, tail = text.partition(MARK)
    lines = [f"{head}{mark}{tail.partition(chr(10))[0]}", ""]
    for recipe in RECIPES.values():
        lines += [f"## {recipe.name}", ""]
        for variant in recipe.variants or [None]:
            lines += ["```", recipe_page(recipe, variant, {}), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page_with_recipes(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
