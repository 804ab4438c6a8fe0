"""The formats: each writes items as its trainer reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from citemesh.mining.export.beir import BeirFolder
from citemesh.mining.export.flagembedding import flagembedding_line
from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.jsonl import evidence_line
from citemesh.mining.export.lines import JsonLines
from citemesh.mining.export.parts import Parts
from citemesh.mining.export.sentence_transformers import IdRows, TextRows
from citemesh.mining.export.settings import (
    BEIR,
    FLAGEMBEDDING,
    JSONL,
    SENTENCE_TRANSFORMERS,
    ExportSettings,
)
from citemesh.mining.export.tevatron import (
    tevatron_corpus_line,
    tevatron_id_line,
    tevatron_line,
)


class Format(Protocol):
    """A way to write items."""

    @property
    def configs(self) -> Mapping[str, str]:
        """Configurations of the data set card, the first the default: file names by ``*``.

        A ``{split}`` in a name stands for the part. `datasets` reads all of them by one reader: the
        files must be of one kind.
        """

    @property
    def training_part(self) -> str:
        """The part whose rows are trained on, with ``{split}``."""

    @property
    def has_corpus(self) -> bool:
        """Whether passages are kept apart, each once."""

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append items of one part; `passages` holds every paper of theirs."""

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Write the passages that are kept apart."""


def open_format(settings: ExportSettings) -> Format:
    """The format that settings ask for."""
    if settings.trainer == SENTENCE_TRANSFORMERS:
        return IdRows() if settings.laid_out == "ids" else TextRows(settings)
    if settings.trainer == FLAGEMBEDDING:
        return JsonLines(flagembedding_line)
    if settings.trainer == BEIR:
        return BeirFolder()
    if settings.trainer == JSONL:
        return JsonLines(evidence_line)
    if settings.laid_out == "ids":
        return JsonLines(tevatron_id_line, tevatron_corpus_line)
    return JsonLines(tevatron_line)
