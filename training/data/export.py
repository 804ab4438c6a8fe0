"""Reading an export: which texts it holds, whether they can be trained on, and their hash."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citemesh.errors import InputError
from citemesh.manifest import file_sha256, read_manifest

if TYPE_CHECKING:
    from datasets import Dataset

_MADE_BY = "citemesh export --format sentence-transformers"
_NEGATIVE = re.compile(r"negative(?:_(\d+))?")


@dataclass(frozen=True)
class Export:
    """An export that can be trained on.

    Args:
        folder: where it lies.
        columns: its text columns, anchor first, positive second: the loss goes by order, not name.
        rows: how many rows there are.
        sha256: hash of its text files.
    """

    folder: Path
    columns: tuple[str, ...]
    rows: int
    sha256: str


def read_export(folder: Path) -> Export:
    """Look at an export without reading its texts into memory.

    Raises:
        InputError: when the folder is no export for sentence-transformers, lacks a column, has no
            rows, or has rows without a text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not folder.is_dir():
        raise InputError(f"There is no export folder at {folder}.", f"Run: {_MADE_BY}")
    read_manifest(folder, "export", _MADE_BY)
    files = sorted((folder / "texts").glob("train-*.parquet"))
    if not files:
        raise InputError(f"{folder} holds no texts/train-*.parquet.", f"Run: {_MADE_BY}")
    rows = 0
    columns: tuple[str, ...] = ()
    for file in files:
        try:
            metadata = pq.read_metadata(file)
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(
                f"{file} cannot be read as Parquet ({error}).", f"Make it anew: {_MADE_BY}"
            ) from error
        columns = _text_columns(list(metadata.schema.names), file)
        _check_texts(file, columns)
        rows += metadata.num_rows
    if rows == 0:
        raise InputError(f"The export {folder} has no rows.", "Mine and export again.")
    return Export(folder.absolute(), columns, rows, _sha256(files))


def load_texts(export: Export, cache: Path) -> Dataset:
    """Load the text columns, and only those: the trainer takes every column for a text.

    Args:
        export: what to load.
        cache: where the memory-mapped copy goes; the caller removes it.
    """
    from datasets import load_dataset

    dataset = load_dataset(str(export.folder), split="train", cache_dir=str(cache))
    return dataset.select_columns(list(export.columns))


def _text_columns(names: list[str], file: Path) -> tuple[str, ...]:
    missing = [name for name in ("anchor", "positive") if name not in names]
    if missing:
        raise InputError(
            f"{file} lacks the column {' and '.join(missing)}; it has {', '.join(names)}.",
            f"Make it anew: {_MADE_BY}",
        )
    # By number, so that negative_10 follows negative_9.
    found = [(int(match[1] or 0), name) for name in names if (match := _NEGATIVE.fullmatch(name))]
    return ("anchor", "positive", *(name for _, name in sorted(found)))


def _check_texts(file: Path, columns: tuple[str, ...]) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=list(columns)):
            for name in columns:
                column = batch.column(name)
                if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
                    raise InputError(
                        f"The column {name} of {file} holds {column.type}, no texts.",
                        f"Make it anew: {_MADE_BY}",
                    )
                blank = pc.sum(pc.fill_null(pc.equal(pc.utf8_length(column), 0), True)).as_py()
                if blank:
                    raise InputError(
                        f"{file} has rows without a text in the column {name}.",
                        f"Make it anew: {_MADE_BY}",
                    )


def _sha256(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name} {file_sha256(file)}\n".encode())
    return digest.hexdigest()
