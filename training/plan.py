"""What is to be trained on what: a recipe's settings with the places of models and data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citemesh.training.recipes.settings import Settings


@dataclass(frozen=True)
class TrainingPlan:
    """A training run before it begins.

    Args:
        settings: all of them.
        base_model: a folder, a trained model's name, or a name on the Hugging Face hub.
        data: the folder of an export; None for recipes that train on the corpus.
        recipe: the recipe's name.
        variant: of the recipe; None where it has none.
        changed: what the user changed of the recipe, by name.
        dev: a BEIR folder to choose the best checkpoint by; None takes the export's dev part.
        deny: lists of PMIDs, or BEIR folders, that nothing may be trained on.
    """

    settings: Settings
    base_model: str
    data: Path | None = None
    recipe: str = "plain"
    variant: str | None = None
    changed: Mapping[str, Any] = field(default_factory=dict)
    dev: Path | None = None
    deny: tuple[Path, ...] = ()
