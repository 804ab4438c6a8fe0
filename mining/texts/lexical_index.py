"""BM25 over titles and abstracts, built and kept by the library bm25s."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.corpus import Corpus
from citemesh.mining.texts.documents import texts_of
from citemesh.mining.texts.store import prepared
from citemesh.progress import progress_bar, step
from citemesh.workspace import Workspace

#: A word: two characters or more, as bm25s and scikit-learn have it.
_WORD = re.compile(r"\b\w\w+\b")
#: Queries whose windows are kept in memory.
_REMEMBERED = 1_000


class LexicalIndex:
    """Finds documents by the words of a query.

    Robertson's BM25 as Lucene computes it, with k1 = 1.5 and b = 0.75; English stop words are left
    out and nothing is stemmed (Lù, "BM25S", 2024, §2).

    Args:
        folder: from `prepare_lexical`.
        pmid: PMIDs of the rows; settle ties, the smaller first.
    """

    def __init__(self, folder: Path, pmid: NDArray[np.int64]) -> None:
        from bm25s import BM25

        self._index = BM25.load(folder, mmap=True, show_progress=False)
        self._pmid = pmid
        #: As `_search`, remembering the queries of a batch, of which some are asked again.
        self.nearest = lru_cache(_REMEMBERED)(self._search)

    def _search(self, query: str, top: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and scores of at most `top` documents that share a word with a query, best first.

        Complexity: the documents with each of its words, and one pass over all scores.
        """
        known = self._index.vocab_dict
        words = [known[word] for word in _WORD.findall(query.lower()) if word in known]
        if not words:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores: NDArray[np.float32] = self._index.get_scores_from_ids(words)
        return _best(scores, self._pmid, top)


def _best(
    scores: NDArray[np.float32], pmid: NDArray[np.int64], top: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The `top` highest scores above zero with their rows; of equal ones the smaller PMID first."""
    least = np.partition(scores, -top)[-top] if top < len(scores) else 0.0
    rows = np.flatnonzero((scores >= least) & (scores > 0))
    rows = rows[np.lexsort((pmid[rows], -scores[rows]))][:top]
    return rows, scores[rows]


def prepare_lexical(workspace: Workspace, corpus: Corpus) -> Path:
    """The folder of the BM25 index of all documents.

    The library builds it in memory: about 20 bytes per different word of each document.
    """
    settings = {"method": "lucene", "stopwords": "english"}
    return prepared(workspace, corpus, "lexical", settings, partial(_build, corpus))


def _build(corpus: Corpus, folder: Path) -> Mapping[str, str]:
    import bm25s

    tokenizer: Any = bm25s.tokenization.Tokenizer(splitter=_WORD.findall, stopwords="english")
    words = []
    count = corpus.manifest.counts["documents"]
    with progress_bar("Counting words", total=count, unit="document", scale=True) as bar:
        for own in tokenizer.streaming_tokenize(texts_of(corpus), allow_empty=False):
            words.append(array("i", own))  # a tenth of a list of numbers
            bar.update(1)
    with step("Weighing words (BM25)"):
        index = bm25s.BM25()
        index.index((words, tokenizer.word_to_id), show_progress=False)
        index.save(folder, show_progress=False)
    return {}
