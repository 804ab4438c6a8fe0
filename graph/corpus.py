"""The documents' texts in Parquet: prose on disk, structure in Neo4j."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.staging import COMPRESSION
from citemesh.manifest import Manifest, read_manifest

SCHEMA = pa.schema([("pmid", pa.int64()), ("title", pa.string()), ("abstract", pa.string())])
#: Documents per row group: what a look-up reads for one hit.
_ROW_GROUP = 5_000
MANIFEST_KIND = "graph load"


@dataclass(frozen=True)
class Document:
    """An article whose title and abstract are in the corpus."""

    pmid: int
    title: str
    abstract: str


def write_corpus_file(folder: Path, stem: str, articles: pd.DataFrame) -> None:
    """Write the documents of one source file, sorted by PMID; nothing when it has none."""
    if articles.empty:
        return
    table = pa.Table.from_pandas(
        articles[SCHEMA.names].sort_values("pmid"), SCHEMA, preserve_index=False
    )
    pq.write_table(
        table, folder / f"articles-{stem}.parquet", row_group_size=_ROW_GROUP, **COMPRESSION
    )


class Corpus:
    """Reads documents by PMID or in a stream; holds a row group at a time.

    Args:
        folder: ``workspace.corpus``.

    Raises:
        InputError: when no graph has been loaded.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(
                f"{folder} is not there: no graph has been loaded in this workspace.",
                "Run: citemesh graph load FILE…",
            )
        self.manifest: Manifest = read_manifest(folder, MANIFEST_KIND, "citemesh graph load FILE…")
        self._files = sorted(folder.glob("articles-*.parquet"))

    def stream(self, columns: Iterable[str] = SCHEMA.names) -> Iterator[pd.DataFrame]:
        """All documents, a row group at a time, with the given columns."""
        for path in self._files:
            source = pq.ParquetFile(path)
            for group in range(source.num_row_groups):
                yield source.read_row_group(group, columns=list(columns)).to_pandas()

    def documents(self, pmids: Iterable[int]) -> dict[int, Document]:
        """The documents among the PMIDs; those without one are left out.

        Reads only the row groups whose range of PMIDs holds a wanted one.
        """
        wanted = np.unique(np.fromiter(pmids, dtype=np.int64))
        found: dict[int, Document] = {}
        for path in self._files:
            source = pq.ParquetFile(path)
            for group in range(source.num_row_groups):
                statistics = source.metadata.row_group(group).column(0).statistics
                first, last = np.searchsorted(wanted, (statistics.min, statistics.max + 1))
                if first == last:
                    continue
                table = source.read_row_group(group)
                hits = table.filter(pc.is_in(table["pmid"], pa.array(wanted[first:last])))
                found.update((row["pmid"], Document(**row)) for row in hits.to_pylist())
        return found
