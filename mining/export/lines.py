"""JSON lines, one for each anchor: what a format puts into a line is a function of the anchor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts, Row

Passages = Mapping[int, Passage]


@dataclass(frozen=True)
class JsonLines:
    """A format of one line per anchor.

    Args:
        line: an anchor's line, given its item and the passages of its papers.
        corpus_line: a passage's line where lines hold ids only; None where texts stand in them.
    """

    line: Callable[[Item, Passages], Row]
    corpus_line: Callable[[Passage], Row] | None = None
    training_part: str = "{split}/{split}"

    @property
    def configs(self) -> Mapping[str, str]:
        """Anchors, and passages where they are kept apart."""
        files = {"default": "{split}/{split}-*.jsonl"}
        return {**files, "corpus": "corpus/train-*.jsonl"} if self.has_corpus else files

    @property
    def has_corpus(self) -> bool:
        """Whether lines hold ids only."""
        return self.corpus_line is not None

    def write(self, parts: Parts, split: str, items: Sequence[Item], passages: Passages) -> None:
        """Append a line for each item."""
        part = self.training_part.format(split=split)
        parts.write(part, (self.line(item, passages) for item in items))

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Append a line for each passage."""
        if self.corpus_line is not None:
            parts.write("corpus/train", map(self.corpus_line, passages))
