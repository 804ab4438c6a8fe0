"""Texts that repeat, as numbers: arrays hold numbers, a small table beside them the texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from citemesh.graph.pubmed.staging import COMPRESSION


class NumberedTexts:
    """Few different texts, numbered from 1 in the order in which they are met; 0 is no text.

    Args:
        texts: those that have numbers already.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(texts, 1)}

    def numbers(self, texts: Sequence[str | None]) -> NDArray[np.int64]:
        """The number of each text, shape (n,), new ones for new texts."""
        known = self._numbers
        return np.fromiter(
            (known.setdefault(text, len(known) + 1) if text else 0 for text in texts),
            dtype=np.int64, count=len(texts),
        )  # fmt: skip

    @property
    def texts(self) -> tuple[str, ...]:
        """Those met so far; the first has number 1."""
        return tuple(self._numbers)

    def write(self, path: Path) -> None:
        """Write the texts as a Parquet table, number 1 first."""
        pq.write_table(
            pa.table({"text": pa.array(self._numbers, pa.string())}), path, **COMPRESSION
        )


def read_texts(path: Path) -> tuple[str, ...]:
    """The texts of a table that `NumberedTexts.write` wrote; the first has number 1."""
    return tuple(pq.read_table(path)["text"].to_pylist())
