"""Known positives that stand in the batch as documents of other rows: no negatives of the query."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from citemesh.training.batches.batch_papers import BatchPapers
from citemesh.training.data.row_ids import Ids, RowIds


@dataclass(frozen=True)
class KnownMask:
    """Masks by id: what a query is known to be answered by is no negative of it.

    Of other rows' documents these are its known papers, the paper of its own positive, and the
    positives of rows with the same query. A row's own negatives are never masked: the miner and the
    audit judged them. A paper without a PMID (0) is equal to no other.

    Args:
        ids: of the data set's rows.
    """

    ids: RowIds

    def of(self, rows: Ids) -> dict[str, Tensor]:
        """The mask of a batch.

        Args:
            rows: numbers of its rows, shape (B,).

        Returns:
            ``masked``: bool, shape (B, B * (1 + n)), documents counted column by column.
        """
        papers = BatchPapers.of(self.ids, rows)
        return {"masked": torch.from_numpy(papers.of_other_rows(papers.known_documents()))}
