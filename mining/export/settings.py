"""What an export looks like: its format, layout, negatives per anchor, shards and dev part."""

from __future__ import annotations

from dataclasses import dataclass

from citemesh.errors import SettingsError
from citemesh.mining.anchors.collect import TITLES

SENTENCE_TRANSFORMERS = "sentence-transformers"
FLAGEMBEDDING, TEVATRON, BEIR, JSONL = "flagembedding", "tevatron", "beir", "jsonl"
#: Format to its layouts, the first unless another is asked for.
LAYOUTS: dict[str, tuple[str, ...]] = {
    SENTENCE_TRANSFORMERS: ("n-tuple", "triplet", "pair", "ids"),
    FLAGEMBEDDING: ("lists",),
    TEVATRON: ("passages", "ids"),
    BEIR: ("folder",),
    JSONL: ("evidence",),
}
#: Layouts that are of use without a negative.
_WITHOUT_NEGATIVES = ("pair", "folder", "evidence")
_NEGATIVES_PER_TUPLE = 4
ABSTRACT, TITLE_ABSTRACT = "abstract", "title-abstract"


@dataclass(frozen=True)
class ExportSettings:
    """How to lay a training set out.

    Args:
        trainer: one of `LAYOUTS`.
        layout: one of the format's; its first when None.
        negatives: of an n-tuple how many it has, 4 when None; of other layouts at most so many per
            anchor, all when None.
        passages: what of a paper is its passage, `ABSTRACT` or `TITLE_ABSTRACT`; when None the
            abstract alone for title anchors, else title and abstract.
        shard_rows: rows per file, at most.
        dev: share of the anchors that is set apart, from 0 to below 1.
        seed: of the choice which.

    Raises:
        SettingsError: for a layout that the format has not, or a share that is none.
    """

    trainer: str = SENTENCE_TRANSFORMERS
    layout: str | None = None
    negatives: int | None = None
    passages: str | None = None
    shard_rows: int = 100_000
    dev: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.layout not in (None, *LAYOUTS[self.trainer]):
            raise SettingsError(
                f"The format {self.trainer} has no layout {self.layout!r}.",
                f"It has: {', '.join(LAYOUTS[self.trainer])}.",
            )
        if not 0 <= self.dev < 1:
            raise SettingsError(f"--dev {self.dev} is no share of the anchors.", "Give e.g. 0.05")

    @property
    def laid_out(self) -> str:
        """The layout."""
        return self.layout or LAYOUTS[self.trainer][0]

    @property
    def most_negatives(self) -> int | None:
        """How many negatives an anchor has at most; None for all."""
        if self.laid_out == "pair":
            return 0
        return self.negatives or (_NEGATIVES_PER_TUPLE if self.laid_out == "n-tuple" else None)

    @property
    def fewest_negatives(self) -> int:
        """How many negatives an anchor must have."""
        if self.laid_out == "n-tuple":
            return self.negatives or _NEGATIVES_PER_TUPLE
        return 0 if self.laid_out in _WITHOUT_NEGATIVES else 1

    def titled(self, anchors: str) -> bool:
        """Whether passages begin with their titles, for a kind of anchors.

        With its title in it, a passage would answer a title query by being copied.
        """
        if self.passages is None:
            return anchors != TITLES
        return self.passages == TITLE_ABSTRACT
