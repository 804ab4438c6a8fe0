"""A mined set as what is audited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.pmid_set import Pmids
from citemesh.manifest import FILE_NAME, file_sha256, read_manifest
from citemesh.mining.audit.inputs.items import AnchorNegatives, AuditItems, in_batches
from citemesh.mining.audit.inputs.whole_queries import query_begins, whole_queries
from citemesh.mining.negatives import ANCHORS_FILE, MANIFEST_KIND, NEGATIVES_FILE, read_anchors


@dataclass(frozen=True)
class MinedInput:
    """A mined set; both of its files are in the order of the anchors, and read side by side.

    Args:
        folder: with its tables.
    """

    folder: Path

    @property
    def name(self) -> str:
        """Of the mined set."""
        return self.folder.name

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """The files that are read, with their hashes, as an export's manifest has them."""
        return {
            f"{self.name}/{file}": file_sha256(self.folder / file)
            for file in (FILE_NAME, ANCHORS_FILE, NEGATIVES_FILE)
        }

    @property
    def left_out(self) -> Mapping[str, int]:
        """Nothing is."""
        return {}

    def batches(self, size: int) -> Iterator[AuditItems]:
        """All negatives, about `size` at a time.

        Raises:
            InputError: when the negatives are not in the order of the anchors.
        """
        return in_batches(self._side_by_side(), size)

    def _side_by_side(self) -> Iterator[AnchorNegatives]:
        parts = self._negatives()
        waiting = next(parts, None)
        for anchor in read_anchors(self.folder / ANCHORS_FILE):
            if waiting is not None and waiting[0] == anchor.query_id:
                yield AnchorNegatives(anchor, *waiting[1:])
                waiting = next(parts, None)
        if waiting is not None:
            raise InputError(
                f"{self.folder / NEGATIVES_FILE} is not in the order of its anchors: "
                f"query {waiting[0]!r}.",
                "Mine again with --force.",
            )

    def _negatives(self) -> Iterator[tuple[str, Pmids, list[str], NDArray[np.int32]]]:
        """Query, PMIDs, strategies and ranks of each anchor that has negatives."""
        columns = ["query_id", "negative_pmid", "strategy", "rank"]
        for table in whole_queries(self.folder / NEGATIVES_FILE, columns):
            begins = query_begins(table)
            queries = table.column("query_id").take(begins).to_pylist()
            pmids, ranks = (table.column(name).to_numpy() for name in ("negative_pmid", "rank"))
            strategies = table.column("strategy").to_pylist()
            ends = [*begins[1:].tolist(), table.num_rows]
            for query, begin, end in zip(queries, begins.tolist(), ends, strict=True):
                yield query, pmids[begin:end], strategies[begin:end], ranks[begin:end]


def open_mined(folder: Path) -> MinedInput:
    """A mined set.

    Raises:
        InputError: when the folder holds none.
    """
    read_manifest(folder, MANIFEST_KIND, f"citemesh mine --name {folder.name} --strategy …")
    return MinedInput(folder)
