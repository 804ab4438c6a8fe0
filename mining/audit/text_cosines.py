"""What an encoder says of pairs: cosines of query and negative, of known positive and negative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.encoding.embeddings import Kind, Texts, encode
from citemesh.encoding.encoder import Encoder
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.audit.evidence import PairEvidence

Embeddings = NDArray[np.float32]


class EncoderCosines:
    """Encodes the texts of a batch, each once, through the cache of embeddings.

    Args:
        encoder: the model.
        corpus: the texts: title and abstract, as searching encodes them.
        cache: the folder of cached embeddings.
    """

    def __init__(self, encoder: Encoder, corpus: Corpus, cache: Path) -> None:
        self._encoder = encoder
        self._corpus = corpus
        self._cache = cache

    def add(
        self, evidence: PairEvidence, queries: Sequence[str], first: Pmids, second: Pmids
    ) -> PairEvidence:
        """Evidence with both cosines; NaN where an article has no text.

        Args:
            evidence: of pairs.
            queries: their queries, length pairs.
            first: known positives, shape (pairs,).
            second: negatives.
        """
        asked = list(dict.fromkeys(queries))
        place = {query: number for number, query in enumerate(asked)}
        query = self._encoded(asked, "query")[[place[q] for q in queries]]
        pmids = np.unique(np.concatenate([first, second]))
        documents = self._documents(pmids)
        one, other = (documents[np.searchsorted(pmids, side)] for side in (first, second))
        return replace(
            evidence,
            query_cosine=np.einsum("nd,nd->n", query, other).astype(np.float64),
            positive_cosine=np.einsum("nd,nd->n", one, other).astype(np.float64),
        )

    def _documents(self, pmids: Pmids) -> Embeddings:
        """Embeddings of articles, shape (articles, dimension), rows of NaN without a text."""
        known = self._corpus.documents(pmids.tolist())
        there = np.array([pmid in known for pmid in pmids.tolist()], bool)
        texts = [f"{d.title} {d.abstract}" for d in (known[p] for p in pmids[there].tolist())]
        found = np.full((len(pmids), self._encoder.dimension), np.nan, np.float32)
        if texts:
            found[there] = self._encoded(texts, "document")
        return found

    def _encoded(self, texts: Sequence[str], kind: Kind) -> Embeddings:
        title = "Encoding queries" if kind == "query" else "Encoding documents"
        found = encode(self._encoder, Texts.of(texts), kind, self._cache, title)
        return np.asarray(found)
