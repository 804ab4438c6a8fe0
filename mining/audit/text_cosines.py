"""What an encoder says of pairs: cosines of query and negative, of known positive and negative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from citemesh.encoding.embeddings import Embeddings, Texts, encode
from citemesh.encoding.encoder import Encoder
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.arrays import find_sorted
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.texts.documents import texts_hash

#: Documents whose texts are read at once.
_CHUNK = 5_000


@dataclass(frozen=True)
class EncodedDocuments:
    """Documents with their embeddings.

    Args:
        pmid: sorted, shape (documents,).
        embeddings: a memory map, (documents, dimension).
    """

    pmid: Pmids
    embeddings: Embeddings

    def of(self, pmids: Pmids) -> Embeddings:
        """Embeddings of articles, shape (articles, dimension); rows of NaN for those not held."""
        places = find_sorted(self.pmid, pmids)
        found = np.full((len(pmids), self.embeddings.shape[1]), np.nan, np.float32)
        found[places >= 0] = self.embeddings[places[places >= 0]]
        return found


def encode_documents(
    encoder: Encoder, corpus: Corpus, pmids: Pmids, cache: Path
) -> EncodedDocuments:
    """Encode title and abstract of articles, as searching does; those without a text are left out.

    Args:
        encoder: the model.
        corpus: the texts.
        pmids: the articles, in any order, repeated or not.
        cache: the folder of cached embeddings; a killed run goes on where it was.
    """
    wanted = np.unique(pmids)
    held = [pmid for pmid, _ in _texts(corpus, wanted)]
    documents = np.array(held, np.int64)
    texts = Texts(
        len(documents),
        texts_hash(text for _, text in _texts(corpus, documents)),
        lambda: (text for _, text in _texts(corpus, documents)),
    )
    embeddings = encode(encoder, texts, "document", cache, "Encoding documents")
    return EncodedDocuments(documents, embeddings)


def _texts(corpus: Corpus, pmids: Pmids) -> Iterator[tuple[int, str]]:
    """PMID and text of documents, in the order of PMIDs."""
    for start in range(0, len(pmids), _CHUNK):
        found = corpus.documents(pmids[start : start + _CHUNK].tolist())
        for pmid in sorted(found):
            yield pmid, f"{found[pmid].title} {found[pmid].abstract}"


class EncoderCosines:
    """Adds to evidence what an encoder says.

    Args:
        encoder: the model, for queries.
        documents: encoded before.
        cache: the folder of cached embeddings.
    """

    def __init__(self, encoder: Encoder, documents: EncodedDocuments, cache: Path) -> None:
        self._encoder = encoder
        self._documents = documents
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
        encoded = encode(self._encoder, Texts.of(asked), "query", self._cache, None)
        query = _unit(np.asarray(encoded))[[place[text] for text in queries]]
        one, other = _unit(self._documents.of(first)), _unit(self._documents.of(second))
        return replace(
            evidence,
            query_cosine=np.einsum("nd,nd->n", query, other).astype(np.float64),
            positive_cosine=np.einsum("nd,nd->n", one, other).astype(np.float64),
        )


def _unit(rows: Embeddings) -> Embeddings:
    """Rows of length one: an encoder that compares by dot products leaves others."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Embeddings = rows / np.maximum(length, 1e-12)
    return found
