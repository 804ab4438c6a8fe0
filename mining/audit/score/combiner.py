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
from citemesh.mining.audit.score.calibrate import Calibrator
from citemesh.mining.audit.score.features import FEATURES, feature_matrix
from citemesh.outputs import write_text

Floats = NDArray[np.float64]
#: Raise it when features or their scales change their meaning.
FORMAT = 2
SHIPPED = "shipped_weights.json"


@dataclass(frozen=True)
class Combiner:
    """Weights of the evidence.

    Args:
        features: names, as in `FEATURES`.
        weights: of each feature, in its own unit.
        intercept: log-odds without any evidence.
        calibrator: from the largest log-odds of a candidate to its probability.
        origin: what it was learnt from, in words.
        pairs: kinds of pairs to how many it was learnt from.
        quality: measured on pairs that it did not see: AUC and the like.
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    calibrator: Calibrator
    origin: str
    pairs: dict[str, int] = field(default_factory=dict)
    quality: dict[str, float] = field(default_factory=dict)

    def log_odds(self, evidence: PairEvidence) -> Floats:
        """Log-odds that the second of each pair is relevant where the first is; shape (pairs,)."""
        matrix = feature_matrix(evidence, self.features)
        found: Floats = matrix @ np.array(self.weights) + self.intercept
        return found

    def probability(self, log_odds: Floats, known: NDArray[np.int64]) -> Floats:
        """The probability, in [0, 1], that a candidate is relevant to a query.

        Args:
            log_odds: of its pair with a known positive; the largest of them decides.
            known: how many known positives the query has, shape (pairs,).
        """
        return _probability_of(self.calibrator.log_odds(log_odds, known))

    def as_json(self) -> dict[str, Any]:
        """For ``scorer.json``."""
        return {"format": FORMAT, **asdict(self)}

    def write(self, path: Path) -> None:
        """Write it whole or not at all."""
        write_text(path, json.dumps(self.as_json(), indent=1) + "\n")


def _probability_of(log_odds: Floats) -> Floats:
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
        if row["format"] != FORMAT:
            raise _another_version(where)
        features: Sequence[str] = row["features"]
        made = Combiner(
            tuple(features), tuple(map(float, row["weights"])), float(row["intercept"]),
            Calibrator(**row["calibrator"]), str(row["origin"]), dict(row["pairs"]),
            dict(row["quality"]),
        )  # fmt: skip
        numbers = [*made.weights, made.intercept, *asdict(made.calibrator).values()]
        if not np.isfinite(numbers).all():
            raise ValueError("a weight is no finite number")
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{where} holds no weights of evidence ({error}).") from error
    if len(made.features) != len(made.weights) or set(made.features) - set(FEATURES):
        raise _another_version(where)
    return made


def _another_version(where: str) -> InputError:
    return InputError(
        f"{where} was written by another version of CiteMesh.",
        "Learn the weights anew: citemesh audit run MINED",
    )


def shipped_combiner() -> Combiner:
    """The weights that the package carries, for corpora with too few citations to learn from."""
    path = resources.files("citemesh.mining.audit.score").joinpath(SHIPPED)
    return read_combiner(path.read_text("utf-8"), SHIPPED)
