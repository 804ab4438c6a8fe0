"""Reading the graph into the files of a snapshot, in memory bounded by the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.pubmed.staging import COMPRESSION
from citemesh.graph.snapshot.arrays import ArrayFile, CsrFile, find_sorted, map_array
from citemesh.graph.snapshot.by_key import write_documents_by_h, write_major_documents
from citemesh.graph.snapshot.rows import (
    ArticleBatch,
    GraphChangedError,
    Numbering,
    article_batches,
)
from citemesh.graph.snapshot.transpose import CHUNK, transpose
from citemesh.progress import progress_bar, step

#: Arrays with one value per article, and their types.
ARTICLE_ARRAYS = {"pmid": "<i8", "year": "<i2", "h": "<i8", "flags": "|u1", "title_key": "<i8",
                  "indexing_method": "<i2"}  # fmt: skip
#: Arrays with one value per heading of an article, and their types.
HEADING_ARRAYS = {"major": "|b1", "qualifiers": "<i4"}
DESCRIPTORS = "descriptors.parquet"
QUALIFIER_SETS = "qualifier_sets.parquet"
INDEXING_METHODS = "indexing_methods.parquet"
DESCRIPTOR_SCHEMA = pa.schema(
    [
        ("ui", pa.string()), ("name", pa.string()), ("check_tag", pa.bool_()),
        ("depth", pa.int32()), ("ic", pa.float64()), ("tree_numbers", pa.list_(pa.string())),
    ]
)  # fmt: skip
#: Lists of PMIDs, kept until every article has its position.
_UNRESOLVED = ("cites", "same_work")


def build_snapshot(client: GraphClient, folder: Path) -> dict[str, int]:
    """Write all arrays into an empty folder.

    Returns:
        How many articles, descriptors and entries of each kind there are.

    Raises:
        GraphChangedError: when the graph changed in a way that shows: a relationship leads nowhere.
    """
    positions = _write_descriptors(client, folder)
    articles = _write_articles(client, folder, positions)
    with step("Arranging the arrays"):
        for name in _UNRESOLVED:
            _resolve(folder, name)
        transpose(folder, "cites", "cited_by", articles)
        transpose(folder, "headings", "headed", len(positions), marks="major")
        write_documents_by_h(folder)
        write_major_documents(folder)
    lists = ("cites", "headings", "same_work", "broader", "sibling")
    counts = {name: len(map_array(folder, f"{name}.indices")) for name in lists}
    return {"articles": articles, "descriptors": len(positions), **counts}


def _write_descriptors(client: GraphClient, folder: Path) -> dict[str, int]:
    """Write the descriptors and their ties; return the position of each UI."""
    rows = client.rows(named_query("graph", "snapshot_descriptors"))
    table = pa.Table.from_pylist(rows, DESCRIPTOR_SCHEMA)
    pq.write_table(table, folder / DESCRIPTORS, **COMPRESSION)
    positions = {row["ui"]: position for position, row in enumerate(rows)}
    for name in ("broader", "sibling"):
        with CsrFile(folder, name) as file:
            for row in rows:
                ends = sorted(_descriptor_ends(row[name], positions))
                file.append(np.array([len(ends)]), np.array(ends, dtype=np.int64))
    return positions


def _descriptor_ends(uis: Sequence[str], positions: Mapping[str, int]) -> list[int]:
    missing = [ui for ui in uis if ui not in positions]
    if missing:
        raise GraphChangedError(f"descriptor {missing[0]}")
    return [positions[ui] for ui in uis]


def _write_articles(client: GraphClient, folder: Path, positions: Mapping[str, int]) -> int:
    nodes = {row["name"]: row["count"] for row in client.rows(named_query("graph", "stats_nodes"))}
    numbering = Numbering(positions)
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(ArrayFile(folder / f"{name}.npy", dtype))
            for name, dtype in {**ARTICLE_ARRAYS, **_heading_arrays()}.items()
        }
        lists = {
            name: stack.enter_context(CsrFile(folder, name)) for name in ("headings", *_UNRESOLVED)
        }
        bar = stack.enter_context(
            progress_bar("Reading the graph", total=nodes["Article"], unit="article", scale=True)
        )
        for batch in article_batches(client, numbering):
            _append(batch, files, lists)
            bar.update(len(batch.pmid))
    numbering.qualifier_sets.write(folder / QUALIFIER_SETS)
    numbering.indexing_methods.write(folder / INDEXING_METHODS)
    return files["pmid"].length


def _heading_arrays() -> dict[str, str]:
    return {f"headings.{name}": dtype for name, dtype in HEADING_ARRAYS.items()}


def _append(batch: ArticleBatch, files: Mapping[str, Any], lists: Mapping[str, CsrFile]) -> None:
    for name in ARTICLE_ARRAYS:
        files[name].append(getattr(batch, name))
    for name in HEADING_ARRAYS:
        files[f"headings.{name}"].append(getattr(batch, name))
    for name, file in lists.items():
        added = getattr(batch, name)
        file.append(added.counts, added.values)


def _resolve(folder: Path, name: str) -> None:
    """Turn the PMIDs of a list into positions; both rise together, so lists stay sorted."""
    pmids, listed = map_array(folder, "pmid"), map_array(folder, f"{name}.indices")
    resolved = folder / f"{name}.resolved.npy"
    with ArrayFile(resolved, "<i4") as file:
        for start in range(0, len(listed), CHUNK):
            found = find_sorted(pmids, listed[start : start + CHUNK])
            if (found < 0).any():
                unknown = listed[start : start + CHUNK][found < 0]
                raise GraphChangedError(f"article {unknown[0]}")
            file.append(found)
    resolved.replace(folder / f"{name}.indices.npy")
