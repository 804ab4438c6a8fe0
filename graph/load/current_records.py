"""The records of a staged file that count, a bounded batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from citemesh.graph.load.settled import Settled
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.pubmed.read import BATCH_RECORDS
from citemesh.graph.pubmed.staging import StagedFile
from citemesh.graph.pubmed.tables import PARTS


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Some records of a file with everything that belongs to them.

    Args:
        articles: their rows of the staged table, in file order.
        parts: table name to the rows that belong to these records.
    """

    articles: pa.Table
    parts: dict[str, pa.Table]

    @property
    def pmids(self) -> Pmids:
        """PMIDs of the articles."""
        pmids: Pmids = self.articles["pmid"].to_numpy()
        return pmids

    @property
    def is_document(self) -> NDArray[np.bool_]:
        """Which articles have a title and an abstract."""
        has_text = [
            self.articles[column].to_numpy().astype(bool) for column in ("title", "abstract")
        ]
        mask: NDArray[np.bool_] = has_text[0] & has_text[1]
        return mask


class CurrentRecords:
    """What a staged file contributes: of each PMID its highest version, if nothing newer counts.

    A newer file's record or deletion does, and so does a deletion in this one: a file's deletions
    come after its records (pubmed.dtd: DeleteCitation ends the set). Take files from the newest to
    the oldest and settle each before the next, and every PMID is taken once.

    Args:
        staged: the file.
        settled: what newer files have settled.
        number: the file's number in `settled`.
    """

    def __init__(self, staged: StagedFile, settled: Settled, number: int) -> None:
        self._staged = staged
        deletions = np.unique(pq.read_table(staged.table("deletions"))["pmid"].to_numpy())
        self.deleted: Pmids = deletions[settled.claimable(deletions, number)]
        keys = pq.read_table(staged.table("articles"), columns=["pmid", "version"])
        pmids, versions = keys["pmid"].to_numpy(), keys["version"].to_numpy()
        order = np.lexsort((np.arange(len(pmids)), versions, pmids))
        last = np.ones(len(pmids), bool)
        last[:-1] = pmids[order][1:] != pmids[order][:-1]
        self._current = np.zeros(len(pmids), bool)
        self._current[order[last]] = True
        self._current &= settled.claimable(pmids, number) & ~np.isin(pmids, deletions)
        #: Records that an other version, a newer file or a deletion replaces.
        self.outdated = int(np.count_nonzero(~self._current))

    def batches(self) -> Iterator[RecordBatch]:
        """The current records, in file order, `BATCH_RECORDS` of the file at a time."""
        articles = pq.ParquetFile(self._staged.table("articles"))
        parts = {name: pq.ParquetFile(self._staged.table(name)) for name in PARTS}
        start = 0
        for batch in articles.iter_batches(batch_size=BATCH_RECORDS):
            end = start + batch.num_rows
            current = self._current[start:end]
            if current.any():
                yield RecordBatch(
                    pa.Table.from_batches([batch]).filter(pa.array(current)),
                    {name: self._rows_of(file, start, end) for name, file in parts.items()},
                )
            start = end

    def _rows_of(self, file: pq.ParquetFile, start: int, end: int) -> pa.Table:
        """Rows of a part that belong to the current records from `start` to before `end`."""
        column = file.schema_arrow.names.index("record")
        groups = []
        for group in range(file.num_row_groups):
            found = file.metadata.row_group(group).column(column).statistics
            if found is not None and found.min < end and found.max >= start:
                groups.append(group)
        rows = file.read_row_groups(groups)
        record = rows["record"].to_numpy()
        inside = (record >= start) & (record < end)
        inside[inside] = self._current[record[inside]]
        return rows.filter(pa.array(inside))
