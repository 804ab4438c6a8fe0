"""The papers of a batch: its documents column by column, and what each query knows of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import find_sorted
from citemesh.mining.candidates import places_within
from citemesh.training.data.row_ids import Ids, RowIds

Mask = NDArray[np.bool_]
#: Known papers that a query is judged by: its row's positive, then the first of the others.
MOST_KNOWN = 8


@dataclass(frozen=True)
class BatchPapers:
    """The papers of B rows with n negatives each: D = B * (1 + n) documents.

    Args:
        query: number of each row's query, shape (B,).
        documents: PMIDs, shape (D,): all positives, then all first negatives, and so on; 0 where
            none is known.
        owner: row of each known paper, shape (known,), rising.
        known: PMID of each known paper, shape (known,).
    """

    query: Ids
    documents: Ids
    owner: Ids
    known: Ids

    @classmethod
    def of(cls, ids: RowIds, rows: Ids) -> BatchPapers:
        """The papers of some rows."""
        query, positive = np.asarray(ids.query[rows]), np.asarray(ids.positive[rows])
        documents = np.concatenate([positive, np.asarray(ids.negatives[rows]).T.ravel()])
        return cls(query, documents, *ids.known.rows(query))

    def __len__(self) -> int:
        return len(self.query)

    @property
    def positive(self) -> Ids:
        """PMID of each row's positive, shape (B,)."""
        return self.documents[: len(self)]

    def known_documents(self) -> Mask:
        """Which documents a query knows to be relevant, shape (B, D); its own row's among them.

        These are its known papers, the paper of its positive under whatever row, and the positives
        of other rows of the same query.
        """
        papers, place = np.unique(self.documents, return_inverse=True)
        relevant = np.zeros((len(self), len(papers)), bool)
        met = find_sorted(papers, self.known)
        relevant[self.owner[met >= 0], met[met >= 0]] = True
        relevant[np.arange(len(self)), place[: len(self)]] = True
        relevant[:, papers <= 0] = False  # of two unknown papers none is the other
        found: Mask = relevant[:, place]
        found[:, : len(self)] |= self.query[:, None] == self.query[None, :]
        return found

    def judged_by(self) -> tuple[Ids, Ids]:
        """At most `MOST_KNOWN` known papers of each row: index of the row, rising, and PMID.

        A row's own positive is always among them.
        """
        other = self.known != self.positive[self.owner]
        owner = np.concatenate([np.arange(len(self)), self.owner[other]])
        known = np.concatenate([self.positive, self.known[other]])
        order = np.argsort(owner, kind="stable")
        owner, known = owner[order], known[order]
        some = places_within(owner) < MOST_KNOWN
        return owner[some], known[some]

    def of_other_rows(self, marks: Mask) -> Mask:
        """Marks of documents, shape (B, D), without those of each query's own row, in place."""
        own = np.arange(len(self))
        marks.reshape(len(self), -1, len(self))[own, :, own] = False
        return marks
