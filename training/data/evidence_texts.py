"""Putting papers with strong evidence where positives were: their texts and their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.arrays import Csr, find_sorted
from citemesh.mining.export.items import Passage
from citemesh.training.data.evidence_positives import EvidencePositives
from citemesh.training.data.row_ids import Ids, RowIds

if TYPE_CHECKING:
    from datasets import Dataset

#: Documents whose texts are held at once. They are asked for by rising PMID: each part of the
#: corpus is then read once or twice, not once for every batch of rows.
_HELD = 20_000
_TEXTS = pa.schema([("text", pa.large_string())])


def with_evidence_positives(
    texts: Dataset,
    ids: RowIds,
    found: EvidencePositives,
    corpus: Corpus,
    cache: Path,
    *,
    titled: bool,
) -> tuple[Dataset, RowIds]:
    """Rows with other positives, written to disk a batch at a time.

    Args:
        texts: the rows, with a column ``positive``.
        ids: of the rows.
        found: what takes the place of positives.
        corpus: the texts of papers.
        cache: where the new rows go; the caller removes it.
        titled: whether passages begin with their titles, as the export's setting ``passages`` says.

    Returns:
        Texts and ids. The papers are known to their queries now; former positives stay known.

    Raises:
        InputError: when the corpus lacks a paper.
    """
    cache.mkdir(parents=True, exist_ok=True)
    papers = np.unique(found.pmids)
    passages = _passages(papers, corpus, cache / "evidence-passages.arrow", titled)
    place = np.searchsorted(papers, found.pmids)

    def put(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        positives = list(batch["positive"])
        hit = find_sorted(found.rows, np.asarray(numbers, np.int64))
        taken = passages.take(pa.array(place[hit[hit >= 0]]))
        for number, text in zip(np.flatnonzero(hit >= 0), taken, strict=True):
            positives[number] = text.as_py()
        return {"positive": positives}

    name = hashlib.sha256(found.rows.tobytes() + found.pmids.tobytes()).hexdigest()[:16]
    changed = texts.map(
        put, with_indices=True, batched=True, features=texts.features, load_from_cache_file=False,
        cache_file_name=str(cache / f"evidence-texts-{name}.arrow"),
        # Else the function is hashed with all that it holds.
        new_fingerprint=hashlib.sha256(f"{texts._fingerprint}{name}{titled}".encode()).hexdigest(),
    )  # fmt: skip
    return changed, _with_ids(ids, found, cache)


def _with_ids(ids: RowIds, found: EvidencePositives, cache: Path) -> RowIds:
    """Ids with the papers as positives, which their queries now know."""
    positive = np.lib.format.open_memmap(
        cache / "evidence-positive.npy", "w+", np.int64, ids.positive.shape
    )
    positive[:] = ids.positive
    positive[found.rows] = found.pmids
    positive.flush()
    known = _with_known(ids.known, np.asarray(ids.query[found.rows]), found.pmids)
    return replace(ids, positive=np.asarray(positive), known=known)


def _with_known(known: Csr, query: Ids, pmids: Ids) -> Csr:
    """Lists with more papers at their ends; holds four bytes for each known paper."""
    keys = np.unique(query << 32 | pmids)
    query, pmids = keys >> 32, keys & 0xFFFFFFFF
    more = np.bincount(query, minlength=len(known))
    indptr = known.indptr + np.concatenate([[0], np.cumsum(more)])
    return Csr(indptr, np.insert(known.indices, known.indptr[query + 1], pmids))


def _passages(papers: Ids, corpus: Corpus, path: Path, titled: bool) -> pa.ChunkedArray:
    """Passages of papers in their order, mapped from a file."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, _TEXTS) as writer:
        for texts in _read(papers, corpus, titled):
            writer.write_batch(pa.record_batch([pa.array(texts, pa.large_string())], _TEXTS))
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()["text"]


def _read(papers: Ids, corpus: Corpus, titled: bool) -> Iterator[list[str]]:
    for begin in range(0, len(papers), _HELD):
        wanted = papers[begin : begin + _HELD].tolist()
        documents = corpus.documents(wanted)
        missing = [pmid for pmid in wanted if pmid not in documents]
        if missing:
            raise InputError(
                f"The corpus has no text of {len(missing):,} papers that the graph calls documents,"
                f" PMID {missing[0]} among them.",
                "Graph and corpus belong to different loads: citemesh graph snapshot --force",
            )
        yield [Passage.of(documents[pmid], titled).text for pmid in wanted]
