"""Which loss a run's settings ask for."""

from __future__ import annotations

from citemesh.training.losses.biohicl import BioHiclObjective
from citemesh.training.losses.levels import LevelObjective
from citemesh.training.losses.mulsupcon import MulSupConObjective
from citemesh.training.losses.objective import Objective
from citemesh.training.losses.ranking import RankingObjective
from citemesh.training.recipes.settings import Settings


def objective_of(settings: Settings) -> Objective:
    """The loss of a run; `check_settings` has looked at what does not fit together."""
    if settings.loss == "ranking":
        return RankingObjective(
            scale=settings.scale,
            similarity=settings.similarity,
            hardness=settings.hardness,
            siml_weight=settings.siml_weight,
            beta=settings.beta,
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
    return LevelObjective(temperature)
