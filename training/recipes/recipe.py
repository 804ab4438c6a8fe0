"""The recipe: a training run by name, every value with its source, every departure said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from citemesh.errors import SettingsError
from citemesh.nearest import nearest_hint
from citemesh.training.recipes.settings import Settings


@dataclass(frozen=True)
class Chosen:
    """A value of a recipe.

    Args:
        value: it.
        source: the paper's section, the code's file, or the stand-in that it comes from.
    """

    value: Any
    source: str


@dataclass(frozen=True)
class Recipe:
    """How a paper trains.

    Args:
        name: of the recipe.
        summary: what it does, in one sentence.
        paper: who published it, and where.
        base_model: what the paper trained, as a name on the Hugging Face hub.
        needs: the commands that make the data that it wants.
        values: settings that differ from the defaults, or are the same for a reason of their own.
        variants: names to the settings in which they differ; the first is used unless one is named.
        departures: where it does not do what the paper says, and why.
    """

    name: str
    summary: str
    paper: str
    base_model: Chosen
    needs: tuple[str, ...]
    values: Mapping[str, Chosen]
    variants: Mapping[str, Mapping[str, Chosen]] = field(default_factory=dict)
    departures: tuple[str, ...] = ()

    def variant(self, name: str | None) -> str | None:
        """The variant that a name stands for; the first when none is named.

        Raises:
            SettingsError: when the recipe has no such variant.
        """
        if name is None:
            return next(iter(self.variants), None)
        if name not in self.variants:
            raise SettingsError(
                f"The recipe {self.name} has no variant {name!r}.",
                nearest_hint(name, self.variants)
                or f"It has: {', '.join(self.variants) or 'none'}.",
            )
        return name

    def chosen(self, variant: str | None) -> dict[str, Chosen]:
        """Every setting by name, in the order of `Settings`, with its source."""
        name = self.variant(variant)
        own = {**self.values, **(self.variants[name] if name else {})}
        return {
            setting.name: own.get(setting.name)
            or Chosen(setting.default, str(setting.metadata["source"]))
            for setting in fields(Settings)
        }

    def settings(self, variant: str | None, changes: Mapping[str, Any]) -> Settings:
        """The settings of a run.

        Args:
            variant: which; None for the first.
            changes: what the user wants otherwise, by name.

        Raises:
            SettingsError: when the recipe has no such variant, or a value is out of range.
        """
        if "endless_warmup" in changes:
            raise SettingsError(
                "The setting endless_warmup cannot be changed: such a run does not train.",
                "Give a shorter --set warmup_steps=N; bica --variant as_published has it.",
            )
        own = {name: chosen.value for name, chosen in self.chosen(variant).items()}
        # Steps and epochs exclude each other: the user's word takes the place of the recipe's.
        if changes.get("steps") is not None:
            own["epochs"] = None
        if changes.get("epochs") is not None:
            own["steps"] = None
        return replace(Settings(), **{**own, **changes})
