"""All that shapes a run of query generation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import SettingsError

#: BiCA's (build-corpus/pubmed-query-scoring.py); T5-base trained to write queries for passages.
DOC2QUERY_MODEL = "doc2query/all-t5-base-v1"
#: Tamber et al. (arXiv 2505.19274): the source passage is among the retriever's first 20.
KEEP_TOP = 20


@dataclass(frozen=True)
class GenerationSettings:
    """Settings of a run.

    Args:
        types: types of queries, as ``--type`` names them.
        models: what generates: at most one seq2seq model and one causal model.
        per_document: queries per document of each generated type; more than one are sampled.
        temperature: of sampling; 0 takes the likeliest words (for seq2seq models by beams); None
            is 0 for one query per document and 1 for more.
        limit: at most this many documents, those with the smallest ``h``; all when None.
        deny: files of PMIDs that get no query.
        filter_model: the retriever of the round-trip filter; None: no filter.
        keep_top: a query is kept when its own document is among so many first ones.
        seed: of sampling.
    """

    types: tuple[str, ...] = ("titles",)
    models: tuple[str, ...] = ()
    per_document: int = 1
    temperature: float | None = None
    limit: int | None = None
    deny: tuple[Path, ...] = ()
    filter_model: str | None = None
    keep_top: int = KEEP_TOP
    seed: int = 42

    @property
    def sampled_at(self) -> float:
        """The temperature that is used; 0 for none."""
        if self.temperature is None:
            return 0.0 if self.per_document == 1 else 1.0
        return self.temperature

    def check(self) -> None:
        """Refuse what cannot work.

        Raises:
            SettingsError: saying what to change.
        """
        for name, value in (("per-document", self.per_document), ("keep-top", self.keep_top)):
            if value < 1:
                raise SettingsError(f"--{name} {value} is not possible: it is 1 or more.")
        if self.limit is not None and self.limit < 1:
            raise SettingsError(f"--limit {self.limit} leaves no document.")
        if self.sampled_at < 0:
            raise SettingsError(f"--temperature {self.temperature} is not possible: 0 or more.")
        if self.per_document > 1 and self.sampled_at == 0:
            raise SettingsError(
                f"--per-document {self.per_document} with --temperature 0 would write the same"
                " query again and again.",
                "Give a temperature above 0, or leave it out.",
            )
