"""What every generator is: a batch of passages in, a text for each out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from citemesh.training.generation.prompts import Instruction


@dataclass(frozen=True)
class Output:
    """What a model wrote.

    Args:
        text: without special tokens.
        finished: whether it ended by itself; false at the greatest length.
    """

    text: str
    finished: bool


class Generator(Protocol):
    """Writes a text for each passage."""

    @property
    def source(self) -> str:
        """The model's name, for the rows that it wrote."""

    @property
    def weights(self) -> str:
        """SHA-256 over the model's files."""

    @property
    def device(self) -> str:
        """Where it computes."""

    @property
    def batch(self) -> int:
        """Texts at a time."""

    def generate(
        self, passages: Sequence[str], instruction: Instruction | None, seeds: Sequence[int]
    ) -> list[Output]:
        """One text per passage.

        Args:
            passages: what the texts are about.
            instruction: what is asked for; None for models that know one thing only.
            seeds: one per passage, of what is sampled.
        """
