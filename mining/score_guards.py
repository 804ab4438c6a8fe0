"""Guards that models decide: candidates that score about as well as a known positive.

They cost encoding, so they are off unless asked for, and are asked last, only of candidates that
every other guard let pass. Texts are abstracts alone, as the exports give them to a trainer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.corpus import Corpus
from citemesh.mining.anchors import Anchor
from citemesh.mining.cases import Cases
from citemesh.mining.guards import GUARDS, NO_OBJECTION, SCORE_LABELS
from citemesh.mining.texts.scorers import CrossEncoderScorer, EncoderScorer, Scorer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: NV-Retriever's best, TopK-PercPos (Moreira et al., 2024, §4).
MARGIN = 0.95


@dataclass(frozen=True)
class ScoreSettings:
    """Which score guards are asked, and what they need.

    Args:
        margin: the greatest share of a positive's score that a negative may have.
        encoder: the model of the encoder's guard; None leaves it out.
        cross_encoder: the model of the cross-encoder's guard; None leaves it out.
        corpus: the folder of the texts.
        cache: the folder of cached embeddings.
    """

    margin: float = MARGIN
    encoder: str | None = None
    cross_encoder: str | None = None
    corpus: Path = Path()
    cache: Path = Path()


@dataclass(frozen=True, slots=True)
class Scores:
    """A model's scores of candidates; NaN where a score is not known. All of shape (candidates,).

    Args:
        positive: of the query with its best known positive.
        negative: of the query with the candidate.
    """

    positive: Floats
    negative: Floats

    @classmethod
    def unknown(cls, length: int) -> Scores:
        """No scores yet."""
        return cls(np.full(length, np.nan), np.full(length, np.nan))

    @property
    def shares(self) -> Floats:
        """Each candidate's share of the best positive's score.

        1 + (s - p) / |p| with the score s and the best positive's p, which is s / p where p is
        positive; NaN where no known positive has a text: unknown, and never dropped.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1 + (self.negative - self.positive) / np.abs(self.positive))


@dataclass(frozen=True)
class ScoreGuard:
    """Drops candidates whose score is more than a share of the best known positive's.

    Args:
        name: as `guards.SCORE_LABELS` has it.
        limit: that share.
        scorer: scores queries and texts.
        corpus: the texts.
    """

    name: str
    limit: float
    scorer: Scorer
    corpus: Corpus

    def scores(self, cases: Cases, rows: Ints) -> Scores:
        """Scores of some candidates and of their queries' best positives.

        Args:
            cases: the candidates.
            rows: those of them that are asked about, shape (n,).
        """
        anchors = cases.anchors.anchors
        anchor, pmid = cases.anchor[rows], cases.candidates.pmid[rows]
        asked = np.unique(anchor)
        pairs = [(i, p) for i in asked.tolist() for p in anchors[i].positive_pmids]
        owner, positive = np.array(pairs, np.int64).reshape(-1, 2).T
        scores = self._scores(
            anchors, np.concatenate([anchor, owner]), np.concatenate([pmid, positive])
        )
        best = np.full(len(anchors), np.nan)
        np.fmax.at(best, owner, scores[len(rows) :])
        return Scores(best[anchor], scores[: len(rows)])

    def _scores(self, anchors: Sequence[Anchor], anchor: Ints, pmid: Ints) -> Floats:
        """Scores of queries with documents; NaN where an article has no text."""
        documents = self.corpus.documents(pmid.tolist())
        known = np.array([p in documents for p in pmid.tolist()], bool)
        scores = np.full(len(pmid), np.nan)
        scores[known] = self.scorer.scores(
            [anchors[index].query for index in anchor[known].tolist()],
            [documents[p].abstract for p in pmid[known].tolist()],
        )
        return scores


def ask_score_guards(
    guards: Sequence[ScoreGuard], cases: Cases, objected: NDArray[np.int8]
) -> tuple[NDArray[np.int8], Mapping[str, Scores]]:
    """Ask about candidates that no guard has dropped, each guard about what the last one left.

    Args:
        guards: in their order.
        cases: the candidates.
        objected: from `guards.objections`, shape (candidates,).

    Returns:
        The same with the objections of these guards, by their place in `guards.LABELS`; and the
        scores that each guard saw, by its name, NaN where it was not asked.
    """
    objected, seen = objected.copy(), {}
    for guard in guards:
        rows = np.flatnonzero(objected == NO_OBJECTION)
        own = seen[guard.name] = Scores.unknown(len(cases))
        if len(rows):
            found = guard.scores(cases, rows)
            own.positive[rows], own.negative[rows] = found.positive, found.negative
            place = len(GUARDS) + list(SCORE_LABELS).index(guard.name)
            objected[rows[found.shares > guard.limit]] = place
    return objected, seen


def open_score_guards(settings: ScoreSettings) -> list[ScoreGuard]:
    """The guards that are asked, cheapest first; made anew for each range of anchors.

    Raises:
        InputError: when a model cannot be loaded.
    """
    guards = []
    if settings.encoder is not None:
        encoder = EncoderScorer(settings.encoder, settings.cache)
        guards.append(ScoreGuard("margin", settings.margin, encoder, Corpus(settings.corpus)))
    if settings.cross_encoder is not None:
        crossing = CrossEncoderScorer(settings.cross_encoder)
        guards.append(
            ScoreGuard("cross_encoder", settings.margin, crossing, Corpus(settings.corpus))
        )
    return guards
