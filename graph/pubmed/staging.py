"""One PubMed file → Parquet tables: the unit of work of every load, done once and kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.pubmed.counts import count_tables
from citemesh.graph.pubmed.read import read_pubmed
from citemesh.graph.pubmed.tables import SCHEMAS
from citemesh.manifest import Manifest, file_sha256, read_manifest
from citemesh.outputs import new_folder
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

#: Part of the key under which a staged file is kept: raise it when the tables change.
STAGING_FORMAT = 2
#: zstd level 3 costs about a tenth of the parse and takes a third of the space of plain columns.
COMPRESSION = {"compression": "zstd", "compression_level": 3}


@dataclass(frozen=True)
class StagedFile:
    """A PubMed file that has been parsed into the tables of `SCHEMAS`.

    Args:
        name: the source's file name.
        folder: where the tables are, one ``NAME.parquet`` each.
        sha256: of the source file.
        counts: records, headings, references and the like.
        skipped: records, or parts of records, that were left out, reason to count.
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
    folder = _staged_folder(workspace, source.name, sha256)
    if not folder.exists():
        with new_folder(folder) as partial:
            counts, skipped = _write_tables(source, partial)
            if not counts["records"] and not counts["deletions"]:
                raise InputError(f"{source} holds no PubMed record.")
            Manifest(
                kind="stage", settings={"source": source.name}, inputs={source.name: sha256},
                counts=dict(counts), dropped=dict(skipped),
            ).write(partial)  # fmt: skip
    staged = find_staged(workspace, source.name, sha256)
    assert staged is not None
    return staged


def find_staged(workspace: Workspace, name: str, sha256: str) -> StagedFile | None:
    """A file that was parsed before, by its name and hash; None when it is not there."""
    folder = _staged_folder(workspace, name, sha256)
    if not folder.exists():
        return None
    manifest = read_manifest(folder, "stage", "citemesh graph load")
    return StagedFile(name, folder, sha256, manifest.counts, manifest.dropped)


def _staged_folder(workspace: Workspace, name: str, sha256: str) -> Path:
    return workspace.staged / f"{_plain_name(name)}-{sha256[:12]}-v{STAGING_FORMAT}"


def _plain_name(name: str) -> str:
    """The file's name with nothing in it that could lead out of a folder."""
    stem = name.split(".")[0]
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in stem)[:80] or "file"


def _write_tables(source: Path, folder: Path) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter(records=0, deletions=0)
    dropped: Counter[str] = Counter()
    writers = {
        name: pq.ParquetWriter(folder / f"{name}.parquet", schema, **COMPRESSION)
        for name, schema in SCHEMAS.items()
    }
    try:
        with progress_bar(f"Reading {source.name}", unit="record", scale=True) as bar:
            for tables in read_pubmed(source, dropped):
                for name, table in tables.items():
                    if table.num_rows:
                        writers[name].write_table(table)
                counts.update(count_tables(tables))
                bar.update(tables["articles"].num_rows)
    finally:
        for writer in writers.values():
            writer.close()
    return counts, dropped
