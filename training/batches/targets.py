"""What a loss is told of a batch beside its texts, looked up by the numbers of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


class BatchTargets(Protocol):
    """Looks targets up for the rows of a batch; must be quick, since every step waits for it."""

    def of(self, rows: NDArray[np.int64]) -> dict[str, Tensor]:
        """Named tensors for a batch.

        Args:
            rows: numbers of its rows in the data set, shape (batch,), in the batch's order.
        """


@dataclass(frozen=True)
class AllTargets:
    """The targets of several, together.

    Args:
        parts: each with names of its own.
    """

    parts: Sequence[BatchTargets]

    def of(self, rows: NDArray[np.int64]) -> dict[str, Tensor]:
        """The named tensors of all parts."""
        return {name: tensor for part in self.parts for name, tensor in part.of(rows).items()}
