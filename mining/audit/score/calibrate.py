"""From log-odds of pairs to a probability for a query: lists of references stand for queries.

The largest of many log-odds is large by chance, so that the number of known positives must count.
A paper's references are such a query: one of them is hidden, the others are known, and unlinked
papers are the other candidates. A title anchor knows one paper, its own: these are the pairs that
the weights were learnt from, scored by weights that never saw them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import csr_of
from citemesh.mining.audit.score.pair_sample import PairSample
from citemesh.mining.candidates import places_within

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Share of candidates that are taken to be relevant, whatever the share in the sample is. Of what
#: miners find around known positives, experts judged between 4 and 38 % relevant (docs/audit.md).
PRIOR = 0.1
#: References of one paper that are hidden in turn.
_HIDDEN = 5
#: Unlinked candidates of one paper beside each.
_OTHERS = 10
#: Hidden references below which lists teach nothing.
MIN_HIDDEN = 100


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Log-odds for a query: ``slope * largest + known * log(known positives) + intercept``."""

    slope: float
    known: float
    intercept: float

    def log_odds(self, largest: Floats, known: Ints) -> Floats:
        """Log-odds of being relevant, shape (n,).

        Args:
            largest: log-odds of the pair of a candidate that is most telling.
            known: how many known positives its query has, at least 1.
        """
        found: Floats = self.slope * largest + self.known * np.log(known) + self.intercept
        return found


@dataclass(frozen=True, slots=True)
class ReferenceLists:
    """Candidates of queries made of reference lists, each beside every known reference.

    Args:
        paper: whose references they are, shape (pairs,).
        known: a known reference.
        candidate: the hidden one, or an unlinked paper.
        item: number of the candidate that a pair belongs to, rising.
        hidden: which candidates are the hidden ones, shape (items,).
        count: known references of each, shape (items,).
    """

    paper: Pmids
    known: Pmids
    candidate: Pmids
    item: Ints
    hidden: NDArray[np.bool_]
    count: Ints

    def take(self, items: NDArray[np.bool_]) -> ReferenceLists:
        """Some items, with their pairs."""
        kept, number = items[self.item], np.cumsum(items) - 1
        return ReferenceLists(
            self.paper[kept], self.known[kept], self.candidate[kept], number[self.item[kept]],
            self.hidden[items], self.count[items],
        )  # fmt: skip


def reference_lists(sample: PairSample) -> ReferenceLists:
    """Queries from the citations of a sample, as far as papers have two references in it."""
    papers, owner = np.unique(sample.first, return_inverse=True)
    order = np.lexsort((np.arange(len(owner)), ~sample.positive, owner))
    owner, positive = owner[order], sample.positive[order]
    second = sample.second[order]
    cited = csr_of(owner[positive], second[positive], len(papers))
    others = csr_of(owner[~positive], second[~positive], len(papers))
    lengths = np.diff(cited.indptr)
    rows, hidden = _hidden(cited.indptr, lengths)
    wanted = np.minimum(np.diff(others.indptr)[rows], _OTHERS)
    # Each hidden reference is followed by the unlinked candidates of its paper.
    turn = np.repeat(np.arange(len(rows)), 1 + wanted)
    place = places_within(turn)
    own = rows[turn]
    last = max(len(others.indices) - 1, 0)
    unlinked = others.indices[np.minimum(others.indptr[own] + place - 1, last)] if len(
        others.indices) else np.zeros(len(turn), np.int32)  # fmt: skip
    candidate = np.where(place == 0, cited.indices[hidden[turn]], unlinked).astype(np.int64)
    item, entry = cited.entries(own)
    apart = (entry != hidden[turn][item]) & (cited.indices[entry] != candidate[item])
    item, entry = item[apart], entry[apart]
    return ReferenceLists(
        papers[own][item], cited.indices[entry].astype(np.int64), candidate[item], item,
        place == 0, np.bincount(item, minlength=len(turn)),
    )  # fmt: skip


def _hidden(begins: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """Row and entry of each reference that is hidden in turn."""
    counts = np.where(lengths > 1, np.minimum(lengths, _HIDDEN), 0)
    rows = np.repeat(np.arange(len(lengths)), counts)
    return rows, begins[:-1][rows] + places_within(rows)


def fit_calibrator(
    single: tuple[Floats, NDArray[np.bool_]],
    largest: Floats,
    lists: ReferenceLists,
) -> Calibrator | None:
    """The calibration; None where lists or evidence tell too little.

    Args:
        single: log-odds of pairs by weights that never saw them, and which are citations.
        largest: of each item of `lists` the largest log-odds.
        lists: the queries.
    """
    from sklearn.linear_model import LogisticRegression

    score = np.concatenate([single[0], largest])
    truth = np.concatenate([single[1], lists.hidden])
    if lists.hidden.sum() < MIN_HIDDEN or truth.all():
        return None
    known = np.concatenate([np.ones(len(single[0])), np.maximum(lists.count, 1)])
    of_list = np.arange(len(score)) >= len(single[0])
    weight = np.zeros(len(score))
    for group in (of_list, ~of_list):
        for answer, share in ((True, PRIOR), (False, 1 - PRIOR)):
            rows = group & (truth == answer)
            weight[rows] = share / max(int(rows.sum()), 1)
    weight *= len(score) / weight.sum()
    model = LogisticRegression(C=1e6, max_iter=1_000)
    model.fit(np.stack([score, np.log(known)], axis=1), truth, sample_weight=weight)
    slope, by_known = model.coef_[0].tolist()
    return Calibrator(slope, by_known, float(model.intercept_[0])) if slope > 0 else None
