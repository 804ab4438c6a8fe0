"""Records read → Arrow tables of `SCHEMAS`, some thousand records at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from citemesh.graph.pubmed.columns import Columns
from citemesh.graph.pubmed.tables import PARTS, RECORD_KEY, SCHEMAS


class Batch:
    """Columns that are filled while records are read, made into tables and filled again."""

    def __init__(self) -> None:
        self.articles = Columns(SCHEMAS["articles"])
        self.parts = {name: Columns(_own_columns(SCHEMAS[name])) for name in PARTS}
        self.deletions: list[int] = []
        #: Of each part, how many rows the records so far have, record by record: 0, 2, 2, 7, …
        self._ends: dict[str, list[int]] = {name: [0] for name in PARTS}
        self._first = 0

    def __len__(self) -> int:
        return len(self.articles)

    def __bool__(self) -> bool:
        return bool(len(self) or self.deletions)

    def keep_record(self) -> None:
        """The record is whole: its rows stay."""
        for name, columns in self.parts.items():
            self._ends[name].append(len(columns))

    def drop_record(self) -> None:
        """The record that is being read cannot be used: its rows go."""
        for name, columns in self.parts.items():
            columns.cut(self._ends[name][-1])

    def take(self) -> dict[str, pa.Table]:
        """The tables of `SCHEMAS` with all whole records, which the batch no longer has then."""
        articles = self.articles.take(SCHEMAS["articles"], len(self))
        numbers = np.arange(self._first, self._first + articles.num_rows, dtype=np.int32)
        keys = [numbers, articles["pmid"].to_numpy(), articles["version"].to_numpy()]
        tables = {"articles": articles}
        for name, columns in self.parts.items():
            ends = self._ends[name]
            repeated = [pa.array(np.repeat(key, np.diff(ends))) for key in keys]
            tables[name] = columns.take(SCHEMAS[name], ends[-1], repeated)
            self._ends[name] = [0]
        tables["deletions"] = pa.table({"pmid": self.deletions}, SCHEMAS["deletions"])
        self.deletions.clear()
        self._first += articles.num_rows
        return tables


def _own_columns(schema: pa.Schema) -> pa.Schema:
    """The columns that are read, without those of `RECORD_KEY`."""
    return pa.schema(list(schema)[len(RECORD_KEY) :])
