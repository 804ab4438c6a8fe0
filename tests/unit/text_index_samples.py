"""A corpus in memory and an encoder of words, for tests of what is prepared from texts."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd

from citemesh.encoding.encoder import Encoder
from citemesh.graph.corpus import Corpus, Document
from citemesh.graph.snapshot.arrays import find_sorted

DIMENSION = 16


class SampleCorpus:
    """What indexes read of a corpus; texts by PMID, in the order given."""

    def __init__(self, texts: dict[int, str]) -> None:
        self.manifest = SimpleNamespace(
            settings={"load_id": "sample"}, counts={"documents": len(texts)}
        )
        titles = {pmid: text.partition(" ") for pmid, text in texts.items()}
        self._all = {p: Document(p, title, rest) for p, (title, _, rest) in titles.items()}

    def stream(self, columns: list[str]) -> Any:
        rows = pd.DataFrame([vars(document) for document in self._all.values()])
        for half in np.array_split(np.arange(len(rows)), 2):
            yield rows.iloc[half][columns].reset_index(drop=True)

    def documents(self, pmids: Any) -> dict[int, Document]:
        return {pmid: self._all[pmid] for pmid in pmids if pmid in self._all}


def sample_corpus(texts: dict[int, str]) -> Corpus:
    return cast(Corpus, SampleCorpus(texts))


class WordModel:
    """Adds a vector per word; counts the texts that it was given."""

    prompts: dict[str, str] = {}  # noqa: RUF012
    default_prompt_name = None

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_query(self, texts: list[str], **_: Any) -> Any:
        self.read += texts
        return np.array([sum(map(_vector, text.lower().split())) for text in texts])

    encode_document = encode_query


def _vector(word: str) -> Any:
    # Whole numbers: every sum and product is exact, so that no rounding breaks a tie.
    return np.random.default_rng(zlib.crc32(word.encode())).integers(-3, 4, size=DIMENSION)


def word_encoder() -> Encoder:
    return Encoder(
        cast(Any, WordModel()), "words", "weights", "fp32", None, DIMENSION, "dot", "cpu"
    )


class WordIndex:
    """In place of a dense index: each document is the word of its PMID."""

    def __init__(self, pmids: list[int]) -> None:
        self.pmid = np.array(pmids)
        self.documents = np.array([_vector(str(pmid)) for pmid in pmids], np.float32)

    def queries(self, texts: list[str]) -> Any:
        return np.array([_vector(text) for text in texts], np.float32)

    def rows(self, pmids: Any) -> Any:
        return find_sorted(self.pmid, pmids)
