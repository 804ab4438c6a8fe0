"""A space in which articles that citations tie together lie close: its making and its search."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from citemesh.encoding.search import Ranking, search
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import Csr, find_sorted, map_array
from citemesh.graph.snapshot.snapshot import Snapshot, is_document
from citemesh.mining.texts.store import prepared
from citemesh.progress import step
from citemesh.workspace import Workspace

Vectors = NDArray[np.float32]

_PMID, _VECTORS = "pmid", "vectors"
#: Multiplications with the matrix and back; more bring papers further apart in the graph together.
_ITERATIONS = 4


class CitationSpace:
    """The places of documents that have citations; others have none.

    Args:
        folder: from `prepare_space`.
    """

    def __init__(self, folder: Path) -> None:
        self.pmid: Pmids = map_array(folder, _PMID)
        self.vectors: Vectors = map_array(folder, _VECTORS)

    def nearest(self, pmids: Pmids, top: int) -> tuple[NDArray[np.int64], Ranking]:
        """The `top` nearest documents of articles, themselves among them.

        Returns:
            The indices of the articles that have a place, and the ranking of each of those.
        """
        places = find_sorted(self.pmid, pmids)
        known = np.flatnonzero(places >= 0)
        # Of equal ones the smaller PMID first.
        order = np.arange(len(self.pmid), dtype=np.uint32)[::-1]
        queries = np.asarray(self.vectors[places[known]])
        return known, search(queries, self.vectors, top, order=order)


def prepare_space(
    workspace: Workspace, corpus: Corpus, snapshot: Snapshot, dims: int, seed: int
) -> Path:
    """The folder of the citation space of all documents that have citations.

    Memory: about 24 bytes per citation and 12 per article and dimension; it is made once.

    Args:
        workspace: where it lies.
        corpus: says which state of the graph there is.
        snapshot: the citations of that state.
        dims: numbers per article.
        seed: of the random projection.
    """
    settings = {"dims": dims, "seed": seed, "iterations": _ITERATIONS}
    return prepared(workspace, corpus, "space", settings, partial(_make, snapshot, dims, seed))


def citation_vectors(matrix: sp.csr_array[Any], dims: int, seed: int) -> Vectors:
    """Unit vectors of the articles of a citation matrix, shape (articles, at most dims).

    The left singular vectors, times the singular values, of D^-1/2 (A + I) D^-1/2 by the
    randomised SVD of Halko, Martinsson and Tropp (SIAM Review 53, 2011, algorithm 5.1). An article
    is tied to itself as well (Kipf and Welling, ICLR 2017, §2.2): without that a pair tied to
    nothing else would lie at right angles.

    Args:
        matrix: symmetric, ones where one article cites the other; every row has one.
        dims: numbers per article.
        seed: of the random projection.
    """
    from sklearn.utils.extmath import randomized_svd

    tied = (matrix + sp.eye_array(matrix.shape[0], dtype=np.float32)).tocsr()
    scale = sp.diags_array(1 / np.sqrt(tied.sum(axis=1)), dtype=np.float32)
    left, values, _ = randomized_svd(
        (scale @ tied @ scale).tocsr(), min(dims, matrix.shape[0]),
        n_iter=_ITERATIONS, random_state=seed,
    )  # fmt: skip
    vectors = left * values
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def citation_matrix(cites: Csr) -> tuple[sp.csr_array[Any], NDArray[np.int64]]:
    """Citations either way among articles that have any, and the positions of these articles."""
    articles = len(cites)
    ones = np.ones(len(cites.indices), np.float32)
    one_way = sp.csr_array((ones, cites.indices, cites.indptr), shape=(articles, articles))
    both = (one_way + one_way.T).tocsr()
    both.data[:] = 1  # a pair that cites each other is no closer
    places = np.flatnonzero(np.diff(both.indptr))
    return both[places][:, places], places


def _make(snapshot: Snapshot, dims: int, seed: int, folder: Path) -> Mapping[str, str]:
    with step("Placing articles by their citations"):
        matrix, places = citation_matrix(snapshot.cites)
        vectors = citation_vectors(matrix, dims, seed) if len(places) else np.empty((0, dims))
        document = is_document(snapshot, places)
    np.save(folder / f"{_PMID}.npy", snapshot.pmid[places[document]])
    np.save(folder / f"{_VECTORS}.npy", vectors[document].astype(np.float32))
    return {}
