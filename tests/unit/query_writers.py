"""Writers of queries for tests: one that is told what to do, and a T5 with random weights."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from citemesh.training.generation.generator import Output
from citemesh.training.generation.prompts import Instruction


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


@dataclass
class ToyWriter:
    """Writes good, empty, copied, vague and strayed queries, by a hash of what it reads.

    Args:
        killed_at: the call, from 0, at which it dies; None for never.
        asked: the passages of each call.
        seeds: of all calls.
    """

    killed_at: int | None = None
    asked: list[list[str]] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    source: str = "toy"
    weights: str = "toy weights"
    device: str = "cpu"
    batch: int = 4

    def generate(
        self, passages: Sequence[str], instruction: Instruction | None, seeds: Sequence[int]
    ) -> list[Output]:
        if len(self.asked) == self.killed_at:
            raise Killed
        self.asked.append(list(passages))
        self.seeds += seeds
        return [self._one(*row) for row in zip(passages, seeds, strict=True)]

    def _one(self, passage: str, seed: int) -> Output:
        words = passage.split()
        match zlib.crc32(f"{passage}{seed}".encode()) % 8:
            case 0:
                return Output(" \n ", True)
            case 1:
                return Output(f"1. {passage}", True)
            case 2:
                return Output("What is known about it?", True)
            case 3:
                return Output("quartz basalt obsidian", True)
            case 4:
                return Output(f'Query: "{words[-1]} {words[-2]}"\nAnd more.', True)
            case 5:
                return Output(" ".join(words[-3:]), False)
            case _:
                return Output(f"Here it is:\n{words[-1]} {words[-2]} {words[-3]} {seed % 3}", True)


def write_tiny_t5(folder: Path, words: Sequence[str]) -> None:
    """A T5 of two layers with random weights and a word per token: it runs, and knows nothing."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    vocabulary = ["<pad>", "</s>", "<unk>", *words]
    rows = Tokenizer(models.WordLevel({w: i for i, w in enumerate(vocabulary)}, unk_token="<unk>"))
    rows.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    rows.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=rows, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    torch.manual_seed(1)
    config = cast(Any, T5Config)(
        vocab_size=len(vocabulary), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
