"""Tiny models of every kind with random weights, as plain transformers folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORDS = [f"w{number}" for number in range(40)]
SPECIAL = ["<unk>", "<s>", "</s>"]
SIZES: dict[str, Any] = {
    "vocab_size": 64, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8, "ffn_dim": 32,
    "word_embed_proj_dim": 16, "max_position_embeddings": 64, "pad_token_id": 2, "bos_token_id": 1,
    "eos_token_id": 2, "initializer_range": 0.3,
}  # fmt: skip


def write_tiny_model(
    folder: Path, kind: str = "llama", post_processor: Any = None, **flags: Any
) -> Path:
    """Write a tiny model.

    Args:
        folder: where to.
        kind: transformers' name of its architecture.
        post_processor: what its tokenizer adds to a text.
        flags: of its tokenizer, as they stand in `tokenizer_config.json`.
    """
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    AutoModel.from_config(AutoConfig.for_model(kind, **SIZES)).save_pretrained(folder)
    words = {word: number for number, word in enumerate([*SPECIAL, *WORDS])}
    backend = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if post_processor is not None:
        backend.post_processor = post_processor
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", **flags}
    PreTrainedTokenizerFast(tokenizer_object=backend, **names).save_pretrained(folder)
    return folder
