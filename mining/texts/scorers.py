"""Scores of queries and texts by models, each text read once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from citemesh.encoding.embeddings import Embeddings, Kind, Texts, encode
from citemesh.encoding.encoder import Encoder, load_encoder
from citemesh.errors import InputError

Scores = NDArray[np.float64]


class Scorer(Protocol):
    """Says how well texts answer queries."""

    def scores(self, queries: Sequence[str], texts: Sequence[str]) -> Scores:
        """The score of each query with its text, shape (n,)."""


class EncoderScorer:
    """Cosines, or dot products for models made for them, of embeddings.

    Texts that were not scored before are encoded together and kept for the scorer's life; on disk
    the cache keeps them under all that shapes them. The same calls in the same order give the same
    numbers: a scorer serves one range of anchors.

    Args:
        model: as `load_encoder` takes it.
        cache: the folder of cached embeddings.
    """

    def __init__(self, model: str, cache: Path) -> None:
        self._encoder = opened_encoder(model)
        self._cache = cache
        self._known: dict[Kind, dict[bytes, NDArray[np.float32]]] = {"query": {}, "document": {}}

    def scores(self, queries: Sequence[str], texts: Sequence[str]) -> Scores:
        """The similarity of each query with its text, shape (n,)."""
        one = self._embeddings(queries, "query").astype(np.float64)
        other = self._embeddings(texts, "document").astype(np.float64)
        return np.asarray(np.einsum("nd,nd->n", one, other))

    def _embeddings(self, texts: Sequence[str], kind: Kind) -> Embeddings:
        known = self._known[kind]
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            some = Texts.of(list(missing.values()))
            encoded = encode(self._encoder, some, kind, self._cache, None)
            known.update(zip(missing, np.array(encoded), strict=True))
        if not texts:
            return np.empty((0, self._encoder.dimension), np.float32)
        return np.stack([known[key] for key in keys])


class CrossEncoderScorer:
    """Scores of a cross-encoder, which reads query and text together.

    Args:
        model: a folder or a hub name of a sentence-transformers cross-encoder.

    Raises:
        InputError: when it cannot be loaded.
    """

    def __init__(self, model: str) -> None:
        self._model = opened_cross_encoder(model)
        self._known: dict[bytes, float] = {}

    def scores(self, queries: Sequence[str], texts: Sequence[str]) -> Scores:
        """The score of each query with its text, shape (n,); each pair is read once."""
        pairs = list(zip(queries, texts, strict=True))
        keys = [_key(*pair) for pair in pairs]
        missing = {k: pair for k, pair in zip(keys, pairs, strict=True) if k not in self._known}
        if missing:
            given = self._model.predict(list(missing.values()), show_progress_bar=False)
            if np.ndim(given) != 1:
                raise InputError(
                    "The cross-encoder gives several numbers for a pair.",
                    "Give one that gives a single score, made for ranking.",
                )
            self._known.update(zip(missing, np.asarray(given, float).tolist(), strict=True))
        return np.array([self._known[key] for key in keys], np.float64)


# Kept for all ranges that a worker does.
@cache
def opened_encoder(model: str) -> Encoder:
    """The encoder of a name, loaded once per process."""
    return load_encoder(model)


@cache
def opened_cross_encoder(model: str) -> Any:
    """The cross-encoder of a name, loaded once per process.

    Raises:
        InputError: when it cannot be loaded.
    """
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging

    # As for encoders: their bars would drown the lines that say what is going on.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return CrossEncoder(model, local_files_only=Path(model).is_dir())
    except (OSError, ValueError, KeyError, ImportError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"The cross-encoder {model} cannot be loaded: {first.rstrip('.')}.",
            "Give a folder of a sentence-transformers cross-encoder, or a hub name.",
        ) from error


def _key(*texts: str) -> bytes:
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=16).digest()
