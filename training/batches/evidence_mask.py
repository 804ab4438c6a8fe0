"""Documents of other rows that the graph calls probably relevant: no negatives of the query."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import pair_reader, read_evidence
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.training.batches.batch_papers import MOST_KNOWN, BatchPapers, Mask
from citemesh.training.batches.log_odds_bound import LogOddsBound
from citemesh.training.data.row_ids import Ids, RowIds

Floats = NDArray[np.float64]


class EvidenceMask:
    """Masks what `KnownMask` masks, and what the evidence of the audit calls probably relevant.

    A document of another row is masked when the audit's probability that it is relevant to the
    query reaches a threshold, judged by up to `MOST_KNOWN` known papers of the query, or when it is
    one work or has one title with one of them. Papers that the graph has not are not judged.

    Args:
        ids: of the data set's rows.
        engine: the graph.
        combiner: weighs the evidence (`evidence_scorer`).
        probability: from which on a document is masked.
    """

    def __init__(
        self, ids: RowIds, engine: ArrayEngine, combiner: Combiner, probability: float
    ) -> None:
        self._ids = ids
        self._engine = engine
        self._pairs = pair_reader(engine)
        self._combiner = combiner
        self._probability = probability
        self._bound = LogOddsBound(engine, combiner)
        self._least = least_log_odds(combiner, probability)

    def of(self, rows: Ids) -> dict[str, Tensor]:
        """The mask of a batch.

        Args:
            rows: numbers of its rows, shape (B,).

        Returns:
            ``masked``: bool, shape (B, B * (1 + n)), documents counted column by column.
        """
        papers = BatchPapers.of(self._ids, rows)
        relevant = papers.known_documents() | self._probably_relevant(papers)
        return {"masked": torch.from_numpy(papers.of_other_rows(relevant))}

    def _probably_relevant(self, papers: BatchPapers) -> Mask:
        """Which documents the evidence speaks for, shape (B, D)."""
        owner, known = papers.judged_by()
        first, one = np.unique(known, return_inverse=True)
        second, document = np.unique(papers.documents, return_inverse=True)
        log_odds, same = self._evidence(first, second)
        # Every query has its positive to be judged by: none of these runs is empty.
        begins = np.searchsorted(owner, np.arange(len(papers)))
        largest = np.maximum.reduceat(log_odds[one], begins)
        counts = np.bincount(owner, minlength=len(papers))
        probable = self._combiner.probability(largest, counts[:, None]) >= self._probability
        found = (probable & (largest > -np.inf)) | np.logical_or.reduceat(same[one], begins)
        return np.asarray(found[:, document])

    def _evidence(self, first: Ids, second: Ids) -> tuple[Floats, Mask]:
        """Log-odds of all pairs of papers, and which are one work; shape (first, second).

        The log-odds are -inf where a paper is unknown and where they could not reach the threshold.
        """
        snapshot = self._engine.snapshot
        places = snapshot.positions(first), snapshot.positions(second)
        known = [np.flatnonzero(side >= 0) for side in places]
        bound = self._bound.of(places[0][known[0]], places[1][known[1]])
        row, column = np.nonzero(bound >= self._least)
        row, column = known[0][row], known[1][column]
        one, other = first[row], second[column]
        articles = self._engine.articles(np.concatenate([one, other]))
        evidence = read_evidence(self._engine, self._pairs, articles, one, other)
        log_odds = np.full((len(first), len(second)), -np.inf)
        log_odds[row, column] = self._combiner.log_odds(evidence)
        same = np.zeros(log_odds.shape, bool)
        same[row, column] = evidence.same_work | evidence.same_title
        return log_odds, same


def least_log_odds(combiner: Combiner, probability: float) -> float:
    """Log-odds of a pair below which no number of known papers makes a probability.

    Args:
        combiner: its calibration.
        probability: to be reached.
    """
    calibrator = combiner.calibrator
    if calibrator.slope <= 0 or probability <= 0:
        return -np.inf
    wanted = np.clip(probability, 1e-12, 1 - 1e-12)
    counts = calibrator.known * np.log(np.arange(1, MOST_KNOWN + 1))
    needed = (np.log(wanted / (1 - wanted)) - counts - calibrator.intercept) / calibrator.slope
    return float(needed.min()) - 1e-9
