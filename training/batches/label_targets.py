"""The label vectors of a batch, as a loss is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from citemesh.graph.pmid_set import Pmids
from citemesh.training.batches.label_vectors import LabelVectors


@dataclass(frozen=True)
class LabelTargets:
    """Looks up the weighted labels of a batch's rows.

    Args:
        pmids: of the article whose labels a row has, shape (rows,); may be mapped from disk.
        labels: of articles.
    """

    pmids: Pmids
    labels: LabelVectors

    def of(self, rows: NDArray[np.int64]) -> dict[str, Tensor]:
        """``labels``: float32, shape (batch, labels), over the labels that occur in the batch.

        Where none occurs there is one column of zeros: a loss always gets a matrix.
        """
        found = self.labels.matrix(self.pmids[rows])
        occurring, column = np.unique(found.indices, return_inverse=True)
        dense = np.zeros((len(rows), max(1, len(occurring))), dtype=np.float32)
        dense[np.repeat(np.arange(len(rows)), np.diff(found.indptr)), column] = found.data
        return {"labels": torch.from_numpy(dense)}
