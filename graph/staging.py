"""One PubMed file → Parquet tables: the unit of work of every load, done once and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.pubmed import PubmedItem, read_pubmed
from citemesh.graph.records import ArticleRecord, Deletion
from citemesh.manifest import Manifest, file_sha256, read_manifest
from citemesh.outputs import new_folder
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

#: Part of the key under which a staged file is kept: raise it when the tables change.
STAGING_FORMAT = 1
#: Records per row group: bounds the memory of a parse and of every later pass.
BATCH_RECORDS = 5_000
#: zstd level 3 costs about a tenth of the parse and takes a third of the space of plain columns.
COMPRESSION = {"compression": "zstd", "compression_level": 3}

_STRINGS = pa.list_(pa.string())
SCHEMAS = {
    "articles": pa.schema(
        [
            ("pmid", pa.int64()), ("version", pa.int32()), ("title", pa.string()),
            ("abstract", pa.string()), ("year", pa.int32()), ("journal", pa.string()),
            ("status", pa.string()), ("indexing_method", pa.string()), ("languages", _STRINGS),
            ("publication_types", _STRINGS), ("retracted", pa.bool_()),
        ]
    ),
    "headings": pa.schema(
        [
            ("pmid", pa.int64()), ("version", pa.int32()), ("ui", pa.string()),
            ("name", pa.string()), ("major", pa.bool_()), ("qualifiers", _STRINGS),
        ]
    ),
    "references": pa.schema(
        [
            ("pmid", pa.int64()), ("version", pa.int32()), ("position", pa.int32()),
            ("cited_pmid", pa.int64()),
        ]
    ),
    "relations": pa.schema(
        [
            ("pmid", pa.int64()), ("version", pa.int32()), ("kind", pa.string()),
            ("other_pmid", pa.int64()),
        ]
    ),
    "deletions": pa.schema([("pmid", pa.int64())]),
}  # fmt: skip


@dataclass(frozen=True)
class StagedFile:
    """A PubMed file that has been parsed into the tables of `SCHEMAS`.

    Args:
        name: the source's file name.
        folder: where the tables are, one ``NAME.parquet`` each.
        sha256: of the source file.
        counts: records, headings, references and the like.
        skipped: records that were left out, reason to count.
    """

    name: str
    folder: Path
    sha256: str
    counts: dict[str, int]
    skipped: dict[str, int]

    def table(self, name: str) -> Path:
        """Path of one table."""
        return self.folder / f"{name}.parquet"


def stage_file(workspace: Workspace, source: Path) -> StagedFile:
    """Parse a PubMed file into Parquet tables, or find it parsed already.

    Raises:
        InputError: as `read_pubmed`; nothing is kept then.
    """
    if not source.is_file():
        raise InputError(f"{source} is not there or is no file; a PubMed XML file was asked for.")
    sha256 = file_sha256(source)
    folder = workspace.staged / f"{_plain_name(source)}-{sha256[:12]}-v{STAGING_FORMAT}"
    if not folder.exists():
        with new_folder(folder) as partial:
            counts, skipped = _write_tables(source, partial)
            if not counts["records"] and not counts["deletions"]:
                raise InputError(f"{source} holds no PubMed record.")
            Manifest(
                kind="stage", settings={"source": source.name}, inputs={source.name: sha256},
                counts=dict(counts), dropped=dict(skipped),
            ).write(partial)  # fmt: skip
    manifest = read_manifest(folder, "stage", "citemesh graph load")
    return StagedFile(source.name, folder, sha256, manifest.counts, manifest.dropped)


def _plain_name(source: Path) -> str:
    """The file's name with nothing in it that could lead out of a folder."""
    stem = source.name.split(".")[0]
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in stem)[:80] or "file"


def _write_tables(source: Path, folder: Path) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter(records=0, deletions=0)
    skipped: Counter[str] = Counter()
    writers = {
        name: pq.ParquetWriter(folder / f"{name}.parquet", schema, **COMPRESSION)
        for name, schema in SCHEMAS.items()
    }
    try:
        with progress_bar(f"Reading {source.name}", unit="record", scale=True) as bar:
            for batch in _batches(read_pubmed(source)):
                for name, rows in _rows_of(batch, counts, skipped).items():
                    if rows:
                        writers[name].write_table(pa.Table.from_pylist(rows, SCHEMAS[name]))
                bar.update(len(batch))
    finally:
        for writer in writers.values():
            writer.close()
    return counts, skipped


def _batches(items: Iterator[PubmedItem]) -> Iterator[list[PubmedItem]]:
    batch: list[PubmedItem] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH_RECORDS:
            yield batch
            batch = []
    if batch:
        yield batch


def _rows_of(
    batch: list[PubmedItem], counts: Counter[str], skipped: Counter[str]
) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for item in batch:
        if isinstance(item, ArticleRecord):
            _add_article(item, rows)
            counts["records"] += 1
            counts["headings"] += len(item.headings)
            counts["major headings"] += sum(heading.major for heading in item.headings)
            counts["references"] += len(item.references)
            counts["references without a PMID"] += sum(
                reference.cited_pmid is None for reference in item.references
            )
        elif isinstance(item, Deletion):
            rows["deletions"].append({"pmid": item.pmid})
            counts["deletions"] += 1
        else:
            skipped[item.reason] += 1
    return rows


def _add_article(record: ArticleRecord, rows: dict[str, list[dict[str, Any]]]) -> None:
    key = {"pmid": record.pmid, "version": record.version}
    names = SCHEMAS["articles"].names
    rows["articles"].append({name: getattr(record, name) for name in names})
    rows["headings"].extend(
        {**key, "ui": h.ui, "name": h.name, "major": h.major, "qualifiers": h.qualifiers}
        for h in record.headings
    )
    rows["references"].extend(
        {**key, "position": r.position, "cited_pmid": r.cited_pmid} for r in record.references
    )
    rows["relations"].extend(
        {**key, "kind": r.kind, "other_pmid": r.other_pmid} for r in record.relations
    )
