"""A loaded model, with everything that shapes what it computes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citemesh.encoding.loading import loading
from citemesh.errors import InputError, SettingsError
from citemesh.manifest import FILE_NAME as MANIFEST
from citemesh.manifest import file_sha256
from citemesh.precision import resolve_precision

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

#: Files that decide what a model computes; others (cards, logs, manifests) do not.
_MODEL_SUFFIXES = frozenset({".safetensors", ".bin", ".pt", ".json", ".txt", ".model", ".py"})
_INSTEAD = (
    "Give a folder of a sentence-transformers model, the name of a trained model, or a hub name"
    " that can be reached."
)


@dataclass(frozen=True)
class Encoder:
    """A loaded model and everything that shapes its embeddings.

    Args:
        model: the sentence-transformers model.
        name: the folder or hub name that it was loaded from.
        weights: SHA-256 over its weight, tokenizer and config files.
        precision: ``fp32`` or ``bf16``.
        max_seq_length: tokens that it reads of a text; None for models without such a bound.
        dimension: numbers per embedding.
        similarity: ``dot`` for models made for dot products; else ``cosine``, and embeddings are
            brought to length 1.
        device: where it computes.
    """

    model: SentenceTransformer
    name: str
    weights: str
    precision: str
    max_seq_length: int | None
    dimension: int
    similarity: str
    device: str


def load_encoder(name: str, precision: str = "auto", max_seq_length: int | None = None) -> Encoder:
    """Load a model from a folder or from the Hugging Face hub (or its local cache).

    Args:
        name: a folder or a hub name.
        precision: ``auto``, ``fp32`` or ``bf16``; the weights are brought to it.
        max_seq_length: tokens to read of a text; None: as the model says.

    Raises:
        InputError: when it cannot be loaded.
        SettingsError: for a length beyond what the model can read, or an unknown precision.
    """
    precision = resolve_precision(precision)
    model = _load(name, precision)
    if max_seq_length is not None:
        _set_length(model, max_seq_length)
    model.eval()
    return Encoder(
        model=model,
        name=name,
        weights=weights_of(name),
        precision=precision,
        max_seq_length=model.max_seq_length,
        dimension=int(model.get_embedding_dimension() or 0),
        similarity="dot" if str(model.similarity_fn_name) == "dot" else "cosine",
        device=str(model.device),
    )


def weights_of(name: str) -> str:
    """SHA-256 over the weight, tokenizer and config files of a model.

    Args:
        name: a folder, or the hub name of a model that was loaded before.

    Raises:
        InputError: when its files are not here.
    """
    return _weights_hash(_folder_of(name))


def _load(name: str, precision: str) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer

    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    with loading(name, _INSTEAD):
        return SentenceTransformer(
            name, local_files_only=Path(name).is_dir(), model_kwargs={"dtype": dtype}
        )


def _set_length(model: Any, length: int) -> None:
    config = getattr(getattr(model[0], "model", None), "config", None)
    bound = getattr(config, "max_position_embeddings", None)
    if length < 1 or (bound is not None and length > bound):
        raise SettingsError(
            f"--max-seq-length {length} is not possible.",
            f"The model reads 1 to {bound or 'any number of'} tokens.",
        )
    model.max_seq_length = length


def _folder_of(name: str) -> Path:
    """Where a loaded model's files lie: the folder itself, or the hub's local copy."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (OSError, ValueError):
            continue
    raise InputError(f"The files of the model {name} were not found in the hub's local copy.")


def _weights_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if (
            path.suffix not in _MODEL_SUFFIXES
            or path.name == MANIFEST
            or inside.parts[0].startswith("checkpoint")
        ):
            continue
        digest.update(f"{inside.as_posix()}\0{file_sha256(path)}\n".encode())
        if path.name == "adapter_config.json":
            # An adapter's folder names its base only by place; its weights count too.
            base = json.loads(path.read_text(encoding="utf-8"))["base_model_name_or_path"]
            digest.update(_weights_hash(_folder_of(str(base))).encode())
    return digest.hexdigest()
