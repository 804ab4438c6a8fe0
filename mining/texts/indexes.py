"""What was prepared for a run, as workers find and open it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.snapshot.arrays import map_array
from citemesh.mining.texts.citation_space import CitationSpace
from citemesh.mining.texts.dense_index import DenseIndex
from citemesh.mining.texts.documents import PMID
from citemesh.mining.texts.lexical_index import LexicalIndex


@dataclass(frozen=True)
class IndexPlaces:
    """Where the prepared indexes lie; None for those that no strategy needs.

    Args:
        documents: PMIDs of the rows of `lexical` and `embeddings`.
        lexical: the BM25 index.
        embeddings: of all documents.
        queries: the folder with embeddings of all queries, by the hash of their text.
        space: the citation space.
    """

    documents: Path | None = None
    lexical: Path | None = None
    embeddings: Path | None = None
    queries: Path | None = None
    space: Path | None = None

    def as_inputs(self) -> dict[str, str]:
        """What they are, wherever the workspace lies: each name holds a hash of its making."""
        places = {"BM25 index": self.lexical, "embeddings": self.embeddings, "space": self.space}
        return {what: place.name for what, place in places.items() if place is not None}


class Indexes:
    """The prepared indexes, each mapped from disk when it is first asked for.

    Args:
        places: where they lie.
    """

    def __init__(self, places: IndexPlaces) -> None:
        self._places = places

    @cached_property
    def pmid(self) -> NDArray[np.int64]:
        """PMIDs of the rows of `lexical` and `dense`, shape (documents,)."""
        assert self._places.documents is not None
        return map_array(self._places.documents, PMID)

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The BM25 index."""
        assert self._places.lexical is not None
        return LexicalIndex(self._places.lexical, self.pmid)

    @cached_property
    def dense(self) -> DenseIndex:
        """Embeddings of documents and queries."""
        assert self._places.embeddings is not None
        assert self._places.queries is not None
        return DenseIndex(self.pmid, self._places.embeddings, self._places.queries)

    @cached_property
    def space(self) -> CitationSpace:
        """The citation space."""
        assert self._places.space is not None
        return CitationSpace(self._places.space)


# Kept for all ranges that a worker does.
@cache
def open_indexes(places: IndexPlaces) -> Indexes:
    """The indexes at some places."""
    return Indexes(places)
