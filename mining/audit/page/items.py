"""What goes into a page: drawn negatives, their queries, and what is known of all articles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import Snapshot
from citemesh.mining.audit.page.articles import article_facts
from citemesh.mining.audit.page.sample import Sample
from citemesh.mining.negatives import ANCHORS_FILE

#: Texts of a page, and of one negative's known positives: a page must open in any browser.
_TEXTS, _POSITIVES = 15_000, 10


def page_items(folder: Path, sample: Sample, snapshot: Snapshot, corpus: Corpus) -> dict[str, Any]:
    """What a page shows; holds the texts of its articles, however large the audit is.

    Args:
        folder: the audit.
        sample: the negatives.
        snapshot: of the graph.
        corpus: the texts.

    Returns:
        ``strata``, ``items`` (a verdict's row each), ``queries`` by query ID (``query``; ``known``:
        how many positives it has; ``positives``: those that are shown), and `article_facts`.

    Raises:
        InputError: when the audit has no anchor for one of its negatives.
    """
    shown = max(1, min(_POSITIVES, _TEXTS // len(sample.rows) - 1))
    queries = _queries(folder, {row["query_id"] for row in sample.rows}, shown)
    pmids = {pmid for query in queries.values() for pmid in query["positives"]}
    pmids |= {row["negative_pmid"] for row in sample.rows}
    pmids |= {row["closest_pmid"] for row in sample.rows if row["closest_pmid"] is not None}
    return {
        "strata": [asdict(stratum) for stratum in sample.strata],
        "items": [_plain(row) for row in sample.rows],
        "queries": queries,
        **article_facts(snapshot, corpus, pmids),
    }


def _queries(folder: Path, query_ids: Iterable[str], shown: int) -> dict[str, dict[str, Any]]:
    wanted, found = pa.array(sorted(query_ids), pa.string()), {}
    for batch in pq.ParquetFile(folder / ANCHORS_FILE).iter_batches(5_000):
        for row in batch.filter(pc.is_in(batch["query_id"], wanted)).to_pylist():
            positives = row["positive_pmids"]
            found[row["query_id"]] = {
                "query": row["query"], "known": len(positives), "positives": positives[:shown],
            }  # fmt: skip
    missing = [query_id for query_id in wanted.to_pylist() if query_id not in found]
    if missing:
        raise InputError(
            f"{folder / ANCHORS_FILE} has no query {missing[0]!r}, of which there is a verdict.",
            "Make the audit anew: citemesh audit run --force",
        )
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without NaN, which JSON has not."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }
