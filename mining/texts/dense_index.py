"""Embeddings of all documents and queries, searched exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.encoding.embeddings import Embeddings, Texts, encode
from citemesh.encoding.encoder import Encoder
from citemesh.encoding.search import Ranking, search
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import find_sorted, map_array
from citemesh.outputs import new_folder, write_text

_HASHES = "hashes"
_EMBEDDINGS = "embeddings.txt"


class DenseIndex:
    """Finds documents by their place in an encoder's space.

    Args:
        pmid: PMIDs of the rows, shape (documents,), in any order.
        embeddings: file of their embeddings, (documents, dimension).
        queries: from `encode_queries`.
    """

    def __init__(self, pmid: Pmids, embeddings: Path, queries: Path) -> None:
        self.pmid = pmid
        self.documents: Embeddings = np.load(embeddings, mmap_mode="r")
        self._by_pmid = np.argsort(pmid)
        self._sorted = np.asarray(pmid)[self._by_pmid]
        self._hashes = map_array(queries, _HASHES)
        place = (queries / _EMBEDDINGS).read_text(encoding="utf-8").strip()
        self._queries: Embeddings = np.load(embeddings.parent / place, mmap_mode="r")
        self._by_hash = np.argsort(self._hashes)
        #: Row of each query in the last search, and what it found.
        self._searched: dict[str, int] = {}
        self._last = Ranking(np.empty((0, 0), np.int64), np.empty((0, 0), np.float32))

    def nearest(self, queries: Sequence[str], top: int) -> Ranking:
        """The `top` nearest documents of each query; of equal ones the smaller PMID first.

        Queries of the last search are not searched again: a miner asks for some of a batch once
        more, and several strategies ask for the same.
        """
        deep = min(top, len(self.documents))
        if self._last.rows.shape[1] < deep or not self._searched.keys() >= set(queries):
            order = self._by_pmid[::-1].astype(np.uint32)
            self._last = search(self.queries(queries), self.documents, top, order=order)
            self._searched = {query: row for row, query in enumerate(queries)}
        rows = [self._searched[query] for query in queries]
        return Ranking(self._last.rows[rows, :deep], self._last.scores[rows, :deep])

    def queries(self, texts: Sequence[str]) -> Embeddings:
        """Embeddings of queries, (n, dimension)."""
        hashes = np.array([_hash(text) for text in texts], np.int64)
        places = find_sorted(self._hashes[self._by_hash], hashes)
        assert (places >= 0).all(), "every query of the run was encoded before"
        return np.asarray(self._queries[self._by_hash[places]])

    def rows(self, pmids: Pmids) -> NDArray[np.int64]:
        """Rows of documents, shape (n,); -1 for other articles."""
        places = find_sorted(self._sorted, pmids)
        return np.where(places >= 0, self._by_pmid[places], -1)


def embeddings_file(embeddings: Embeddings) -> Path:
    """The file that embeddings were mapped from."""
    assert isinstance(embeddings, np.memmap)
    return Path(str(embeddings.filename))


def encode_queries(encoder: Encoder, texts: Texts, folder: Path, cache: Path) -> Path:
    """Encode queries, and list in a folder under which hash each is found.

    Args:
        encoder: the model.
        texts: the queries, which may repeat.
        folder: to be made.
        cache: of embeddings.

    Returns:
        The folder.
    """
    encoded = encode(encoder, texts, "query", cache, "Encoding queries")
    with new_folder(folder, force=True) as partial:
        np.save(partial / f"{_HASHES}.npy", np.fromiter(_hashes(texts.read()), np.int64))
        write_text(partial / _EMBEDDINGS, embeddings_file(encoded).name + "\n")
    return folder


def _hashes(texts: Iterable[str]) -> Iterator[int]:
    return (_hash(text) for text in texts)


def _hash(text: str) -> int:
    """Eight bytes of a hash: two of a hundred million texts agree once in three thousand runs."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)
