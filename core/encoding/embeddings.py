"""Embeddings on disk: encoded once per model, texts and settings, and resumed after a kill."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import psutil
from numpy.typing import NDArray

from citemesh.encoding.encoder import Encoder
from citemesh.errors import InputError
from citemesh.progress import progress_bar, say

Kind = Literal["query", "document"]
Embeddings = NDArray[np.float32]

#: Part of every key: raise it when the way of encoding changes.
_KEY_VERSION = 1
_BATCHES_PER_CHUNK = 16


@dataclass(frozen=True)
class Texts:
    """Texts that can be read again and again without being held.

    Args:
        count: how many.
        sha256: of all of them in order.
        read: gives them from the first.
    """

    count: int
    sha256: str
    read: Callable[[], Iterator[str]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Texts that are held in memory."""
        packed = json.dumps(list(texts)).encode()
        return cls(len(texts), hashlib.sha256(packed).hexdigest(), lambda: iter(texts))


def encode(
    encoder: Encoder, texts: Texts, kind: Kind, cache: Path, title: str | None
) -> Embeddings:
    """Encode texts, or map what an earlier call encoded with the same model, texts and settings.

    Rows are appended to a partial file chunk by chunk. After a kill the next call goes on behind
    the last whole row; the file gets its name when all rows are there. The cache may be deleted.

    Args:
        encoder: the model.
        texts: what to encode.
        kind: queries and documents can have prompts and modules of their own.
        cache: the folder of cached embeddings.
        title: shown before the progress bar; None for no bar.

    Returns:
        A read-only memory map, (texts, dimension).

    Raises:
        InputError: when the model gives NaN or infinite numbers.
    """
    final = cache / f"{_key(encoder, texts, kind)}.npy"
    if not final.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = _adopt_partial(final)
        _fill(partial, encoder, texts, kind, title)
        partial.replace(final)
    mapped: Embeddings = np.load(final, mmap_mode="r")
    return mapped


def _fill(partial: Path, encoder: Encoder, texts: Texts, kind: Kind, title: str | None) -> None:
    header = _header((texts.count, encoder.dimension))
    # Plain appends, not a writable memory map: on a full disk a map ends in SIGBUS.
    with partial.open("r+b" if partial.exists() else "w+b") as stream:
        done = _whole_rows(stream, header, encoder.dimension)
        if done and title:
            say(f"{title}: going on after {done:,} of {texts.count:,}.")
        with _counted(title, texts.count) as count:
            count(done)
            for chunk in _chunks(texts, done, encoder):
                stream.write(_encode_chunk(encoder, chunk, kind).tobytes())
                stream.flush()
                os.fsync(stream.fileno())
                count(len(chunk))


@contextmanager
def _counted(title: str | None, total: int) -> Iterator[Callable[[int], object]]:
    """What tells a progress bar of texts done; nothing when there is none."""
    if title is None:
        yield lambda done: None
    else:
        with progress_bar(title, total=total, unit="text") as bar:
            yield bar.update


def _chunks(texts: Texts, done: int, encoder: Encoder) -> Iterator[list[str]]:
    rest = islice(texts.read(), done, None)
    while chunk := list(islice(rest, _batch_size(encoder) * _BATCHES_PER_CHUNK)):
        yield chunk


def _batch_size(encoder: Encoder) -> int:
    return 32 if encoder.device == "cpu" else 256


def _encode_chunk(encoder: Encoder, chunk: list[str], kind: Kind) -> Embeddings:
    """(len(chunk), d). The library sorts a chunk by length itself: little padding is computed."""
    call = encoder.model.encode_query if kind == "query" else encoder.model.encode_document
    rows = np.asarray(
        call(chunk, batch_size=_batch_size(encoder), show_progress_bar=False), dtype="<f4"
    )
    if not np.isfinite(rows).all():
        raise InputError(
            f"The model {encoder.name} gives NaN or infinite numbers.",
            "Its training may have diverged; try --precision fp32 or an earlier checkpoint.",
        )
    if encoder.similarity == "cosine":
        # In float32 even for bf16 models: lengths rounded to bf16 would shift scores by 0.4 %.
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return rows.astype("<f4", copy=False)


def _header(shape: tuple[int, int]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "<f4", "fortran_order": False, "shape": shape}
    )
    return stream.getvalue()


def _whole_rows(stream: BinaryIO, header: bytes, dimension: int) -> int:
    """Bring a partial file to header + whole rows, at its end; how many rows it has."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    rows = (size - len(header)) // (4 * dimension) if stream.read(len(header)) == header else 0
    if rows <= 0:
        stream.seek(0)
        stream.truncate()
        stream.write(header)
        return 0
    stream.truncate(len(header) + rows * 4 * dimension)
    stream.seek(0, os.SEEK_END)
    return rows


def _adopt_partial(final: Path) -> Path:
    """The partial file of this process, taken over from a process that is gone if there is one."""
    own = final.with_name(f".{final.stem}.{os.getpid()}.partial")
    for leftover in final.parent.glob(f".{final.stem}.*.partial"):
        pid = int(leftover.name.split(".")[-2])
        if leftover != own and not psutil.pid_exists(pid):
            leftover.replace(own)
            break
    return own


def _key(encoder: Encoder, texts: Texts, kind: Kind) -> str:
    model = encoder.model
    shaped_by = {
        "version": _KEY_VERSION,
        "weights": encoder.weights,
        "kind": kind,
        "prompts": dict(model.prompts),
        "default_prompt": model.default_prompt_name,
        "texts": texts.sha256,
        "max_seq_length": encoder.max_seq_length,
        "precision": encoder.precision,
        "similarity": encoder.similarity,
        "dimension": encoder.dimension,
    }
    return hashlib.sha256(json.dumps(shaped_by, sort_keys=True).encode()).hexdigest()[:32]
