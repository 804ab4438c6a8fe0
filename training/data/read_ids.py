"""Reading the ids of an export's rows into arrays on disk, row by row as the texts are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.snapshot.arrays import Csr, csr_of, map_array, map_csr
from citemesh.training.data.export import Export
from citemesh.training.data.row_ids import Ids, RowIds

_MADE_BY = "citemesh export --format sentence-transformers"
_QUERY, _OWN, _POSITIVE = "query_id", "anchor_pmid", "positive_pmid"
#: Rows that are read at once.
_BATCH = 50_000


def read_row_ids(export: Export, cache: Path) -> RowIds:
    """The ids of an export's rows, mapped from files.

    Queries are told apart by 64 bits of a hash of their ids. The arrays take 24 bytes a row on
    disk, 8 more for each negative; in memory some 100 bytes a row while queries are numbered and
    their known papers gathered, and nothing but what is looked up afterwards.

    Args:
        export: of layout ``n-tuple``, ``triplet`` or ``pair``.
        cache: where the arrays go; the caller removes it.

    Returns:
        Known papers begin with a query's own paper, where the export names it (older ones do not),
        and are its positives over all its rows. A PMID that is not given is 0.

    Raises:
        InputError: when ids are missing, or do not belong to the texts row by row.
    """
    files = _id_files(export)
    cache.mkdir(parents=True, exist_ok=True)
    names = [_id_of(name) for name in export.columns[2:]]
    keys = _write_columns(files, export.rows, names, cache)
    query = np.unique(keys, return_inverse=True)[1]
    np.save(cache / "query.npy", query.astype(np.int64))
    own, positive = map_array(cache, "own"), map_array(cache, "positive")
    known = known_papers(query, own, positive)
    np.save(cache / "known.indptr.npy", known.indptr)
    np.save(cache / "known.indices.npy", known.indices)
    return RowIds(
        map_array(cache, "query"), positive, map_array(cache, "negatives"), map_csr(cache, "known")
    )


def dev_papers(export: Export) -> PmidSet:
    """All papers of an export's dev part, which must not be trained on; none without one."""
    papers = PmidSet()
    for file in sorted((export.folder / "ids").glob("dev-*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(_BATCH):
            for name in batch.schema.names:
                if "pmid" in name:
                    papers.add(_pmids(batch, name))
    return papers


def known_papers(query: Ids, own: Ids, positive: Ids) -> Csr:
    """Query to its own paper and all its positives, each once and in this order.

    Args:
        query: number of each row's query, from 0 without gaps, shape (rows,).
        own: PMID of its own paper; 0 where there is none.
        positive: PMID of its positive; 0 where none is known.
    """
    papers = np.concatenate([own, positive])
    given = np.flatnonzero(papers > 0)
    keys = np.concatenate([query, query])[given] << 32 | papers[given]
    found, first = np.unique(keys, return_index=True)
    order = np.lexsort((first, found >> 32))
    owner, known = found[order] >> 32, found[order] & 0xFFFFFFFF
    return csr_of(owner, known, int(query.max(initial=-1)) + 1)


def _id_files(export: Export) -> list[Path]:
    """The files of ids, which must match those of texts one by one."""
    rows = {
        part: {
            file.name: pq.read_metadata(file).num_rows
            for file in sorted((export.folder / part).glob("train-*.parquet"))
        }
        for part in ("texts", "ids")
    }
    if not rows["ids"]:
        raise InputError(
            f"{export.folder} holds no ids/train-*.parquet: which papers its rows hold is not"
            " known.",
            f"Make it anew: {_MADE_BY}",
        )
    if rows["texts"] != rows["ids"]:
        counts = " and ".join(f"{sum(own.values()):,} of {part}" for part, own in rows.items())
        raise InputError(
            f"The ids of {export.folder} are not those of its texts: it has {counts}, in files"
            " that must match.",
            f"Make it anew: {_MADE_BY}",
        )
    return [export.folder / "ids" / name for name in rows["ids"]]


def _id_of(text: str) -> str:
    """The column with the PMID of a text column: ``negative_2`` has ``negative_pmid_2``."""
    return text.replace("negative", "negative_pmid")


def _write_columns(
    files: list[Path], rows: int, negatives: list[str], cache: Path
) -> NDArray[np.uint64]:
    """Write the PMIDs of all rows; returned are the hashes of their query ids."""
    from pandas.util import hash_array

    shapes = {"own": (rows,), "positive": (rows,), "negatives": (rows, len(negatives))}
    columns = {
        name: np.lib.format.open_memmap(cache / f"{name}.npy", "w+", np.int64, shape)
        for name, shape in shapes.items()
        if 0 not in shape
    }
    if not negatives:
        np.save(cache / "negatives.npy", np.empty((rows, 0), np.int64))
    keys = np.empty(rows, np.uint64)
    begin = 0
    for batch in _batches(files, negatives):
        place = slice(begin, begin + batch.num_rows)
        keys[place] = hash_array(batch[_QUERY].to_numpy(zero_copy_only=False))
        columns["positive"][place] = _pmids(batch, _POSITIVE)
        if _OWN in batch.schema.names:
            columns["own"][place] = _pmids(batch, _OWN)
        for number, name in enumerate(negatives):
            columns["negatives"][place, number] = _pmids(batch, name)
        begin = place.stop
    for column in columns.values():
        column.flush()
    return keys


def _batches(files: list[Path], negatives: list[str]) -> Iterator[pa.RecordBatch]:
    needed = [_QUERY, _POSITIVE, *negatives]
    for file in files:
        with pq.ParquetFile(file) as parquet:
            there = parquet.schema_arrow.names
            missing = [name for name in needed if name not in there]
            if missing:
                raise InputError(
                    f"{file} lacks the column {' and '.join(missing)}; it has {', '.join(there)}.",
                    f"Make it anew: {_MADE_BY}",
                )
            wanted = [*needed, *({_OWN} & set(there))]
            yield from parquet.iter_batches(_BATCH, columns=wanted)


def _pmids(batch: pa.RecordBatch, name: str) -> Ids:
    """A column of PMIDs; 0 where none is given."""
    found: Ids = batch[name].fill_null(0).to_numpy().astype(np.int64)
    return found
