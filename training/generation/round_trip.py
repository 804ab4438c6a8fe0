"""The round-trip filter: does a query lead a retriever back to the document that it came from?

What a model made up, or what fits any paper of its field, does not (Tamber et al., arXiv
2505.19274: the source passage is among the first 20; their second test, by a reranker, is left
out). Queries written like titles search in abstracts alone: with the title in the passage any
title would find its own document by its words, and nothing would be tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.encoding.embeddings import Texts, encode
from citemesh.encoding.encoder import Encoder
from citemesh.encoding.search import search
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import map_array
from citemesh.mining.texts.documents import PMID, document_texts, prepare_documents, texts_hash
from citemesh.training.generation.candidates import Candidate
from citemesh.training.generation.fates import Fates, number_of
from citemesh.workspace import Workspace

#: Queries per pass over the documents: 10 MB of answers for 20 documents each.
_QUERIES_PER_SEARCH = 65_536
Candidates = Callable[[], Iterator[Candidate]]


@dataclass(frozen=True)
class Passages:
    """What a retriever searches in.

    Args:
        pmid: of each passage, shape (N,).
        whole: titles and abstracts.
        abstracts: gives the abstracts alone; read through first, so only when they are needed.
    """

    pmid: Pmids
    whole: Texts
    abstracts: Callable[[], Texts]


def open_passages(workspace: Workspace, corpus: Corpus) -> Passages:
    """The documents of a corpus; their embeddings are those that ``citemesh mine`` caches."""
    folder = prepare_documents(workspace, corpus)
    pmid = map_array(folder, PMID)

    def read() -> Iterator[str]:
        for documents in corpus.stream(["abstract"]):
            yield from documents["abstract"]

    return Passages(
        pmid, document_texts(corpus, folder), lambda: Texts(len(pmid), texts_hash(read()), read)
    )


@dataclass(frozen=True)
class RoundTrip:
    """Searches for the document of each query.

    Args:
        encoder: the retriever.
        passages: what it searches in.
        cache: of embeddings, keyed by the retriever's weights.
        keep_top: the own document must be among so many first ones.
    """

    encoder: Encoder
    passages: Passages
    cache: Path
    keep_top: int

    def settle(self, candidates: Candidates, fates: Fates, title_types: frozenset[str]) -> None:
        """Drop, in `fates`, the queries for which no own document is among the first.

        Args:
            candidates: gives all of them, again and again.
            fates: of each candidate; only those that are not dropped are searched for.
            title_types: names of types whose queries search in abstracts alone.
        """
        is_title = np.fromiter((own.type in title_types for own in candidates()), bool)
        for titles in (False, True):
            rows = np.flatnonzero((fates == 0) & (is_title == titles))
            if len(rows):
                passages = self.passages.abstracts() if titles else self.passages.whole
                lost = ~self._found(candidates, rows, len(fates), passages)
                fates[rows[lost]] = number_of("not retrieved")

    def _found(
        self, candidates: Candidates, rows: NDArray[np.int64], count: int, passages: Texts
    ) -> NDArray[np.bool_]:
        asked = np.zeros(count, bool)
        asked[rows] = True

        def chosen() -> Iterator[Candidate]:
            return compress(candidates(), asked)

        def read() -> Iterator[str]:
            return (own.query for own in chosen())

        documents = encode(self.encoder, passages, "document", self.cache, "Encoding documents")
        texts = Texts(len(rows), texts_hash(read()), read)
        queries = encode(self.encoder, texts, "query", self.cache, "Encoding queries")
        positives = (own.positive_pmids for own in chosen())
        return own_found(queries, documents, self.passages.pmid, positives, self.keep_top)


def own_found(
    queries: NDArray[np.float32],
    documents: NDArray[np.float32],
    pmid: Pmids,
    positives: Iterator[Sequence[int]],
    top: int,
) -> NDArray[np.bool_]:
    """Whether one of each query's own documents is among the `top` nearest.

    Args:
        queries: embeddings, (Q, d).
        documents: embeddings, (N, d).
        pmid: of the documents, shape (N,).
        positives: PMIDs of the own documents of each query.
        top: how many documents count as found; of equal scores the smaller PMID comes first.

    Returns:
        Shape (Q,).
    """
    order = np.argsort(pmid)[::-1].astype(np.uint32)
    found = np.zeros(len(queries), bool)
    for start in range(0, len(queries), _QUERIES_PER_SEARCH):
        block = np.asarray(queries[start : start + _QUERIES_PER_SEARCH])
        nearest = np.asarray(pmid)[search(block, documents, top, order=order).rows]
        for row, own in enumerate(islice(positives, len(block))):
            found[start + row] = np.isin(own, nearest[row]).any()
    return found
