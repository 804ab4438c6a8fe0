"""A logistic regression over named evidence, learnt from the corpus's own citations.

docs/audit.md has the method and what was measured. The weights are few, signed and printed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.score.features import FEATURES, feature_matrix
from citemesh.outputs import write_text

Floats = NDArray[np.float64]
#: Raise it when features or their scales change their meaning.
FORMAT = 1
SHIPPED = "shipped_weights.json"


@dataclass(frozen=True)
class Combiner:
    """Weights of the evidence.

    Args:
        features: names, as in `FEATURES`.
        weights: of each feature, in its own unit.
        intercept: log-odds without any evidence.
        origin: what it was learnt from, in words.
        pairs: kinds of pairs to how many it was learnt from.
        quality: measured on pairs that it did not see: AUC and the like.
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    origin: str
    pairs: dict[str, int] = field(default_factory=dict)
    quality: dict[str, float] = field(default_factory=dict)

    def log_odds(self, evidence: PairEvidence) -> Floats:
        """Log-odds that the second of each pair is relevant where the first is; shape (pairs,)."""
        matrix = feature_matrix(evidence, self.features)
        found: Floats = matrix @ np.array(self.weights) + self.intercept
        return found

    def probability(self, evidence: PairEvidence) -> Floats:
        """The probability of that, in [0, 1], shape (pairs,)."""
        return probability_of(self.log_odds(evidence))

    def as_json(self) -> dict[str, Any]:
        """For ``scorer.json``."""
        return {"format": FORMAT, **asdict(self)}

    def write(self, path: Path) -> None:
        """Write it whole or not at all."""
        write_text(path, json.dumps(self.as_json(), indent=1) + "\n")


def probability_of(log_odds: Floats) -> Floats:
    """Log-odds as probabilities."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0)))
    return found


def read_combiner(text: str, where: str) -> Combiner:
    """A combiner from its JSON.

    Args:
        text: the JSON.
        where: its file, for messages.

    Raises:
        InputError: when it is none, or knows other features.
    """
    try:
        row = json.loads(text)
        features: Sequence[str] = row["features"]
        made = Combiner(
            tuple(features), tuple(map(float, row["weights"])), float(row["intercept"]),
            str(row["origin"]), dict(row["pairs"]), dict(row["quality"]),
        )  # fmt: skip
        whole = row["format"] == FORMAT and len(made.features) == len(made.weights)
        if not np.isfinite([*made.weights, made.intercept]).all():
            raise ValueError("a weight is no finite number")
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{where} holds no weights of evidence ({error}).") from error
    unknown = [name for name in made.features if name not in FEATURES]
    if not whole or unknown:
        raise InputError(
            f"{where} was written by another version of CiteMesh.",
            "Learn the weights anew: citemesh audit run MINED",
        )
    return made


def shipped_combiner() -> Combiner:
    """The weights that the package carries, for corpora with too few citations to learn from."""
    path = resources.files("citemesh.mining.audit.score").joinpath(SHIPPED)
    return read_combiner(path.read_text("utf-8"), SHIPPED)
