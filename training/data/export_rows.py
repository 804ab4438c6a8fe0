"""Which negatives of an export's rows are trained on, and how: in one row, or a row each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from citemesh.errors import SettingsError
from citemesh.training.data.row_ids import Ids, RowIds
from citemesh.training.recipes.settings import Settings

if TYPE_CHECKING:
    from datasets import Dataset

#: Rows for which negatives are drawn at once.
_BATCH = 10_000


@dataclass(frozen=True)
class ExportRows:
    """Rows of an export with their ids.

    Args:
        texts: anchor, positive and negatives.
        ids: of the same rows.
    """

    texts: Dataset
    ids: RowIds

    @property
    def negatives(self) -> list[str]:
        """The columns of negatives."""
        return list(self.texts.column_names[2:])


def chosen_rows(rows: ExportRows, settings: Settings, cache: Path) -> ExportRows:
    """Rows as the settings want them.

    Args:
        rows: all of the export.
        settings: `rows`, `negatives`, `negatives_choice`, `exploded`, `seed`.
        cache: where changed rows go; the caller removes it.

    Raises:
        SettingsError: when the export has fewer negatives per row than are asked for.
    """
    if settings.rows is not None and settings.rows < len(rows.texts):
        rows = _first_rows(rows, settings.rows)
    if settings.negatives is not None:
        rows = _some_negatives(rows, settings, cache)
    return _exploded(rows, cache) if settings.exploded else rows


def _first_rows(rows: ExportRows, count: int) -> ExportRows:
    ids = rows.ids
    kept = replace(
        ids, query=ids.query[:count], positive=ids.positive[:count], negatives=ids.negatives[:count]
    )
    return ExportRows(rows.texts.select(range(count)), kept)


def _some_negatives(rows: ExportRows, settings: Settings, cache: Path) -> ExportRows:
    there, wanted = rows.negatives, settings.negatives or 0
    if wanted > len(there):
        raise SettingsError(
            f"{wanted} negatives per row were asked for; the export has {len(there)}.",
            f"Export more (citemesh export --negatives {wanted}), or --set negatives=N.",
        )
    if settings.negatives_choice == "first" or wanted == len(there):
        kept = rows.texts.select_columns(["anchor", "positive", *there[:wanted]])
        return ExportRows(kept, replace(rows.ids, negatives=rows.ids.negatives[:, :wanted]))
    return _sampled(rows, wanted, settings.seed, cache)


def _sampled(rows: ExportRows, wanted: int, seed: int, cache: Path) -> ExportRows:
    """Rows with so many negatives drawn of all; the same for the same seed."""
    there = rows.negatives
    drawn = _open(cache / "drawn.npy", (len(rows.texts), wanted))
    negatives = _open(cache / "drawn-negatives.npy", drawn.shape)
    for begin, block in _blocks(len(drawn)):
        chance = np.random.default_rng([seed, begin]).random((len(drawn[block]), len(there)))
        drawn[block] = np.argsort(chance, axis=1)[:, :wanted]
        negatives[block] = np.take_along_axis(rows.ids.negatives[block], drawn[block], axis=1)

    def pick(batch: dict[str, list[str]], numbers: list[int]) -> dict[str, list[str]]:
        return {
            f"negative_{place + 1}": [
                batch[there[column]][row]
                for row, column in enumerate(drawn[numbers, place].tolist())
            ]
            for place in range(wanted)
        }

    others = [name for name in there if name not in {f"negative_{n + 1}" for n in range(wanted)}]
    texts = _map(rows.texts, pick, cache / "drawn.arrow", others, f"{seed} {wanted}")
    return ExportRows(texts, replace(rows.ids, negatives=negatives))


def _exploded(rows: ExportRows, cache: Path) -> ExportRows:
    """A row for every negative, with its query and positive, in the order of the rows."""
    there = rows.negatives
    if len(there) < 2:
        return rows

    def explode(batch: dict[str, list[str]], _: list[int]) -> dict[str, list[str]]:
        count = len(there)
        return {
            "anchor": [text for text in batch["anchor"] for _ in range(count)],
            "positive": [text for text in batch["positive"] for _ in range(count)],
            "negative": [
                text for row in zip(*(batch[name] for name in there), strict=True) for text in row
            ],
        }

    texts = _map(rows.texts, explode, cache / "exploded.arrow", rows.texts.column_names, "exploded")
    ids = rows.ids
    return ExportRows(
        texts.select_columns(["anchor", "positive", "negative"]),
        RowIds(
            np.repeat(ids.query, len(there)), np.repeat(ids.positive, len(there)),
            ids.negatives.reshape(-1, 1), ids.known,
        ),
    )  # fmt: skip


def _map(texts: Dataset, change: Any, file: Path, removed: list[str], what: str) -> Dataset:
    return texts.map(
        change, with_indices=True, batched=True, remove_columns=removed, cache_file_name=str(file),
        load_from_cache_file=False,
        # Else the function is hashed with all that it holds.
        new_fingerprint=f"{texts._fingerprint[:16]}-{what}".replace(" ", "-"),
    )  # fmt: skip


def _open(path: Path, shape: tuple[int, ...]) -> Ids:
    opened: Ids = np.lib.format.open_memmap(path, "w+", np.int64, shape)
    return opened


def _blocks(rows: int) -> Iterator[tuple[int, slice]]:
    for begin in range(0, rows, _BATCH):
        yield begin, slice(begin, begin + _BATCH)
