"""Models that write, run by transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessorList

from citemesh.training.generation.generator import Output
from citemesh.training.generation.prompts import DOC2QUERY_PREFIX, Instruction
from citemesh.training.generation.sampling import GumbelNoise

#: Tokens of a passage that are read (BiCA, build-corpus/pubmed-query-scoring.py).
_MAX_INPUT = 512
#: BiCA's `max_length`, which counts the token that a decoder starts with.
_MAX_LENGTH = 64
_BEAMS = 4


@dataclass(frozen=True)
class LoadedModel:
    """A model, its tokenizer and how they are used.

    Args:
        model: a transformers model with `generate`, in evaluation mode.
        tokenizer: its tokenizer.
        source: its name.
        weights: SHA-256 over its files.
        temperature: of sampling; 0 for the likeliest words.
        batch: texts at a time.
    """

    model: Any
    tokenizer: Any
    source: str
    weights: str
    temperature: float
    batch: int

    @property
    def device(self) -> str:
        """Where it computes."""
        return str(self.model.device)

    def write(self, prompts: Sequence[str], seeds: Sequence[int], beams: int) -> list[Output]:
        """What the model writes after each prompt, in batches."""
        outputs: list[Output] = []
        for start in range(0, len(prompts), self.batch):
            part = slice(start, start + self.batch)
            outputs.extend(self._write_batch(prompts[part], seeds[part], beams))
        return outputs

    def _write_batch(
        self, prompts: Sequence[str], seeds: Sequence[int], beams: int
    ) -> Iterator[Output]:
        encoder = bool(self.model.config.is_encoder_decoder)
        encoded = self.tokenizer(
            list(prompts), padding=True, return_tensors="pt", add_special_tokens=encoder,
            truncation=encoder, max_length=_MAX_INPUT if encoder else None,
            return_token_type_ids=False,
        ).to(self.model.device)  # fmt: skip
        noise = LogitsProcessorList()
        if self.temperature:
            noise.append(GumbelNoise(seeds, self.temperature))
        with torch.inference_mode():
            tokens = self.model.generate(
                **encoded, generation_config=self._config(beams), logits_processor=noise
            )
        # What an encoder read is not in its decoder's tokens; a decoder begins with its prompt.
        first = 1 if encoder else encoded["input_ids"].shape[1]
        ends = _end_tokens(self.model, self.tokenizer)
        for row in tokens[:, first:].tolist():
            finished = bool(ends & set(row))
            yield Output(self.tokenizer.decode(row, skip_special_tokens=True), finished)

    def _config(self, beams: int) -> GenerationConfig:
        """Sampling is in the noise, so the search itself is never random."""
        return GenerationConfig(  # type: ignore[no-untyped-call]
            max_new_tokens=_MAX_LENGTH - 1, do_sample=False, early_stopping=beams > 1,
            num_beams=beams, num_return_sequences=1, pad_token_id=self.tokenizer.pad_token_id,
        )  # fmt: skip


class Seq2SeqGenerator(LoadedModel):
    """An encoder-decoder that writes queries (doc2query; Nogueira and Lin, 2019), as BiCA has it.

    The likeliest query by 4 beams, or a sample. A passage is cut at 512 tokens, a query at 63.
    """

    def generate(
        self, passages: Sequence[str], instruction: Instruction | None, seeds: Sequence[int]
    ) -> list[Output]:
        """One query per passage."""
        prompts = [DOC2QUERY_PREFIX + passage for passage in passages]
        return self.write(prompts, seeds, 1 if self.temperature else _BEAMS)


class CausalGenerator(LoadedModel):
    """A language model that follows instructions, through its chat template when it has one.

    The likeliest words one by one, or a sample.
    """

    def generate(
        self, passages: Sequence[str], instruction: Instruction | None, seeds: Sequence[int]
    ) -> list[Output]:
        """One answer per passage."""
        assert instruction is not None
        prompts = [self._prompt(passage, instruction) for passage in passages]
        return self.write(prompts, seeds, beams=1)

    def _prompt(self, passage: str, instruction: Instruction) -> str:
        tokenizer = self.tokenizer
        asked = f"{self._cut(passage)}\n\n{instruction.text}"
        if tokenizer.chat_template is None:
            start: str = tokenizer.bos_token or ""
            return f"{start}{asked}\n\n{instruction.label}:"
        # Models that think aloud when asked to (Qwen3) are told not to; other templates ignore it.
        prompt: str = tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}],
            tokenize=False, add_generation_prompt=True, enable_thinking=False,
        )  # fmt: skip
        return prompt

    def _cut(self, passage: str) -> str:
        """A passage cut by itself: of a prompt that is too long the instruction would be lost."""
        tokenizer = self.tokenizer
        ids = tokenizer(passage, add_special_tokens=False)["input_ids"]
        if len(ids) <= _MAX_INPUT:
            return passage
        cut: str = tokenizer.decode(ids[:_MAX_INPUT], skip_special_tokens=True)
        return cut


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    ends = model.generation_config.eos_token_id
    if ends is None:
        ends = tokenizer.eos_token_id
    return {ends} if isinstance(ends, int) else set(ends or ())
