"""Which loss a run's settings ask for."""

from __future__ import annotations

from citemesh.errors import SettingsError
from citemesh.training.losses.biohicl import BioHiclObjective
from citemesh.training.losses.levels import LevelObjective
from citemesh.training.losses.mulsupcon import MulSupConObjective
from citemesh.training.losses.objective import Objective
from citemesh.training.losses.ranking import RankingObjective
from citemesh.training.recipes.settings import Settings


def objective_of(settings: Settings) -> Objective:
    """The loss of a run.

    Raises:
        SettingsError: when the loss cannot follow another setting: losses over labels compare by
            cosine, and himulcon's levels are depths.
    """
    if settings.loss == "ranking":
        return RankingObjective(
            scale=settings.scale,
            similarity=settings.similarity,
            hardness=settings.hardness,
            siml_weight=settings.siml_weight,
            beta=settings.beta,
        )
    if settings.similarity != "cosine":
        raise SettingsError(
            f"The loss {settings.loss} compares by cosine, not by {settings.similarity}.",
            "Set similarity=cosine.",
        )
    return _label_objective(settings)


def _label_objective(settings: Settings) -> Objective:
    temperature = 1 / settings.scale
    if settings.loss == "mulsupcon":
        return MulSupConObjective(temperature)
    if settings.loss == "biohicl":
        return BioHiclObjective(
            beta=settings.beta,
            contrastive_weight=settings.contrastive_weight,
            variant=settings.contrastive_variant,
            temperature=temperature,
        )
    if settings.label_weights != "depth":
        raise SettingsError(
            f"The loss himulcon goes by the depth of labels, not by {settings.label_weights}.",
            "Set label_weights=depth.",
        )
    return LevelObjective(temperature)
