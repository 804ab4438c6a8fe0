"""How strong the evidence of a pair is, in levels: by learnt weights, or by plain rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.score.combiner import FORMAT, Combiner

Floats = NDArray[np.float64]
Levels = NDArray[np.int8]
#: How much speaks for a pair: nothing, something, so much that it is probably relevant.
NOTHING, SOMETHING, MUCH = 0, 1, 2

#: From here on a pair is more probably relevant than not.
LIKELY_FROM = 0.5
#: Twice as probable as a candidate of which nothing is known (`calibrate.PRIOR`).
AMBIGUOUS_FROM = 0.2


@dataclass(frozen=True, slots=True)
class Scores:
    """What a scorer says of pairs; shape (pairs,) each.

    Args:
        strength: larger for more evidence; orders the known positives of a negative.
        probability: of being relevant; NaN where the scorer gives none.
        level: `NOTHING`, `SOMETHING` or `MUCH`.
    """

    strength: Floats
    probability: Floats
    level: Levels

    def take(self, rows: NDArray[Any]) -> Scores:
        """Those of some pairs, by a mask or by their numbers."""
        return Scores(self.strength[rows], self.probability[rows], self.level[rows])


class Scorer(Protocol):
    """Weighs the evidence of pairs."""

    def score(self, evidence: PairEvidence, known: NDArray[np.int64]) -> Scores:
        """The scores of pairs; the direct citation counts for nothing here.

        Args:
            evidence: of pairs of a known positive and a candidate.
            known: how many known positives the query of each pair has, shape (pairs,).
        """

    def as_json(self) -> dict[str, Any]:
        """For ``scorer.json``."""


@dataclass(frozen=True)
class CombinerScorer:
    """Levels by the probability that learnt weights give.

    Args:
        combiner: the weights.
        likely: the least probability of `MUCH`.
        ambiguous: the least probability of `SOMETHING`.
    """

    combiner: Combiner
    likely: float = LIKELY_FROM
    ambiguous: float = AMBIGUOUS_FROM

    def score(self, evidence: PairEvidence, known: NDArray[np.int64]) -> Scores:
        """Scores by the combiner."""
        strength = self.combiner.log_odds(evidence)
        probability = self.combiner.probability(strength, known)
        level = (probability >= self.ambiguous).astype(np.int8)
        level[probability >= self.likely] = MUCH
        return Scores(strength, probability, level)

    def as_json(self) -> dict[str, Any]:
        """Weights and thresholds."""
        return {
            **self.combiner.as_json(), "likely_from": self.likely, "ambiguous_from": self.ambiguous,
        }  # fmt: skip


@dataclass(frozen=True)
class RuleScorer:
    """Levels by a threshold for each kind of evidence: readable, and without a probability.

    Args:
        citers_likely: so many articles cite both. One may do so in passing; of co-cited pairs 81 %
            would be positives by label similarity (docs/audit.md).
        references_likely, references_some: so many references in common. Of pairs with two, experts
            judged a third relevant.
        siml_likely: half of all citations within a PubMed file are more similar than this.
        siml_some: BioHiCL's β (Lan et al., 2026, §Method).
    """

    citers_likely: int = 2
    references_likely: int = 3
    references_some: int = 2
    siml_likely: float = 0.55
    siml_some: float = 0.3

    def score(self, evidence: PairEvidence, known: NDArray[np.int64]) -> Scores:
        """Scores by how many rules hold."""
        siml = np.nan_to_num(evidence.siml)
        much = [
            evidence.shared_citers >= self.citers_likely,
            evidence.shared_references >= self.references_likely,
            siml >= self.siml_likely,
        ]
        some = [
            evidence.shared_citers > 0,
            evidence.shared_references >= self.references_some,
            siml > self.siml_some,
            evidence.shared_major > 0,
            evidence.chains > 0,
        ]
        strong, weak = np.sum(much, axis=0), np.sum(some, axis=0)
        level = np.where(strong > 0, MUCH, np.where(weak > 0, SOMETHING, NOTHING)).astype(np.int8)
        # SimL decides between pairs of as many rules.
        strength = strong * (len(some) + 1.0) + weak + siml
        return Scores(strength, np.full(len(evidence), np.nan), level)

    def as_json(self) -> dict[str, Any]:
        """The thresholds."""
        return {"format": FORMAT, "origin": "plain rules", **asdict(self)}
