"""Papers with strong evidence as positives: relevant by the graph, and no copy of their query.

A title and its own abstract share words. A paper on the same matter need not: the model must learn
what the two have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.snapshot.arrays import csr_of
from citemesh.graph.snapshot.snapshot import RETRACTED
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PAIRS, pair_reader, read_evidence
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.candidates import places_within
from citemesh.progress import progress_bar
from citemesh.training.batches.batch_papers import BatchPapers
from citemesh.training.data.evidence_candidates import evidence_candidates
from citemesh.training.data.row_ids import Ids, RowIds

Floats = NDArray[np.float64]
#: Rows that are looked at together.
_CHUNK = 1_000
#: Of a row's papers one of so many is drawn, the most probable ones.
_BEST = 3


@dataclass(frozen=True)
class EvidencePositives:
    """Papers that take the place of positives.

    Args:
        rows: numbers of the rows, shape (n,), rising.
        pmids: the papers, shape (n,).
        asked: rows for which one was sought: those beyond n have none.
    """

    rows: Ids
    pmids: Ids
    asked: int

    @property
    def counts(self) -> dict[str, int]:
        """Rows asked for, found, and without a paper."""
        found = len(self.rows)
        return {"asked": self.asked, "found": found, "without": self.asked - found}


@dataclass(frozen=True)
class EvidenceSearch:
    """Seeks papers with strong evidence.

    Args:
        engine: the graph.
        combiner: weighs the evidence (`evidence_scorer`).
        probability: that a paper must reach, judged as `EvidenceMask` judges.
        denied: papers that must not be trained on, those of the dev part among them.
    """

    engine: ArrayEngine
    combiner: Combiner
    probability: float
    denied: PmidSet | None = None

    def find(self, ids: RowIds, share: float, seed: int) -> EvidencePositives:
        """Papers for a share of the rows, the same for the same seed.

        A paper is a document, is not retracted, and is neither known to the query, nor another form
        of a known paper, nor a negative of the row.

        Args:
            ids: of the rows.
            share: of the rows, in [0, 1].
            seed: decides which rows, and which of the best papers.
        """
        rows, pmids, asked = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
        with progress_bar("Seeking papers with strong evidence", len(ids.query), "row") as bar:
            for chosen, luck, length in _drawn(len(ids.query), share, seed):
                row, pmid = self._of_rows(ids, chosen, luck)
                rows.append(chosen[row])
                pmids.append(pmid)
                asked += len(chosen)
                bar.update(length)
        return EvidencePositives(np.concatenate(rows), np.concatenate(pmids), asked)

    def _of_rows(self, ids: RowIds, rows: Ids, luck: Floats) -> tuple[Ids, Ids]:
        """Index among some rows, rising, and the paper drawn for it."""
        papers = BatchPapers.of(ids, rows)
        row, pmid = self._candidates(papers)
        row, pmid, probability = self._strong(papers, row, pmid)
        order = np.lexsort((pmid, -probability, row))
        order = order[places_within(row[order]) < _BEST]
        found, begin, count = np.unique(row[order], return_index=True, return_counts=True)
        drawn = order[begin + (luck[found] * count).astype(np.int64)]
        return found, pmid[drawn]

    def _candidates(self, papers: BatchPapers) -> tuple[Ids, Ids]:
        """Row and PMID of documents that may take the place of the row's positive."""
        snapshot = self.engine.snapshot
        row, pmid = evidence_candidates(self.engine, _starts(papers))
        own = np.tile(np.arange(len(papers)), len(papers.documents) // max(len(papers), 1))
        taken = np.concatenate([own << 32 | papers.documents, papers.owner << 32 | papers.known])
        kept = ~np.isin(row << 32 | pmid, taken)
        kept &= (snapshot.flags[snapshot.positions(pmid)] & RETRACTED) == 0
        if self.denied is not None:
            kept &= ~self.denied.contains(pmid)
        return row[kept], pmid[kept]

    def _strong(self, papers: BatchPapers, row: Ids, pmid: Ids) -> tuple[Ids, Ids, Floats]:
        """The candidates that reach the probability: row, PMID, probability."""
        owner, known = papers.judged_by()
        judges = csr_of(owner, known, len(papers))
        largest, same = np.full(len(row), -np.inf), np.zeros(len(row), bool)
        pair, judge = judges.rows(row)
        for begin in range(0, len(pair), PAIRS):
            some = slice(begin, begin + PAIRS)
            log_odds, one_work = self._pairs(judge[some], pmid[pair[some]])
            np.maximum.at(largest, pair[some], log_odds)
            np.logical_or.at(same, pair[some], one_work)
        probability = self.combiner.probability(largest, np.diff(judges.indptr)[row])
        kept = (probability >= self.probability) & ~same
        return row[kept], pmid[kept], probability[kept]

    def _pairs(self, first: Ids, second: Ids) -> tuple[Floats, NDArray[np.bool_]]:
        """Log-odds of pairs, and which are one work."""
        articles = self.engine.articles(np.concatenate([first, second]))
        reader = pair_reader(self.engine)
        evidence = read_evidence(self.engine, reader, articles, first, second)
        return self.combiner.log_odds(evidence), evidence.same_work | evidence.same_title


def _drawn(length: int, share: float, seed: int) -> Iterator[tuple[Ids, Floats, int]]:
    """Rows that are drawn, a number in [0, 1) for each, and how many were drawn from, by chunks."""
    for number, begin in enumerate(range(0, length, _CHUNK)):
        count = min(_CHUNK, length - begin)
        draws = np.random.default_rng([seed, number]).random((2, count))
        chosen = np.flatnonzero(draws[0] < share)
        yield begin + chosen, draws[1][chosen], count


def _starts(papers: BatchPapers) -> Ids:
    """The paper around which is sought: the query's own, else the row's positive."""
    counts = np.bincount(papers.owner, minlength=len(papers))
    starts = papers.positive.copy()
    some = counts > 0
    starts[some] = papers.known[(np.cumsum(counts) - counts)[some]]
    return starts
