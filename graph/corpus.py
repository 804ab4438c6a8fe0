"""The documents' texts in Parquet: prose on disk, structure in Neo4j.

One Parquet file per loaded PubMed file holds the documents that counted when it was loaded;
``settled-VERSION.npy`` says which of them count now, so that an update rewrites no older file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.load.current_records import RecordBatch
from citemesh.graph.load.settled import Settled
from citemesh.graph.pubmed.staging import COMPRESSION, StagedFile
from citemesh.manifest import Manifest, read_manifest

SCHEMA = pa.schema([("pmid", pa.int64()), ("title", pa.string()), ("abstract", pa.string())])
MANIFEST_KIND = "graph load"
#: The command that makes a corpus, for hints.
MADE_BY = "citemesh graph load FILE…"
_LEFTOVER = re.compile(r"\..*\.partial")


@dataclass(frozen=True)
class Document:
    """An article whose title and abstract are in the corpus."""

    pmid: int
    title: str
    abstract: str


@dataclass(frozen=True)
class CorpusFile:
    """One loaded PubMed file, as the corpus lists it.

    Args:
        name: its file name.
        sha256: of its bytes.
        texts: the Parquet file with its documents; there is none when it has none.
    """

    name: str
    sha256: str
    texts: str

    @classmethod
    def of(cls, staged: StagedFile) -> CorpusFile:
        """The entry of a staged file."""
        return cls(staged.name, staged.sha256, f"articles-{staged.folder.name}.parquet")


class CorpusFileWriter:
    """Writes the documents of one file, batch by batch; use it as a context manager.

    The file gets its name when the block ends well and there was a document.
    """

    def __init__(self, folder: Path, file: CorpusFile) -> None:
        self._final = folder / file.texts
        self._partial = folder / f".{file.texts}.partial"
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: RecordBatch) -> None:
        """Add the documents among some records."""
        documents = batch.articles.select(SCHEMA.names).filter(pa.array(batch.is_document))
        if documents.num_rows:
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._partial, SCHEMA, **COMPRESSION)
            self._writer.write_table(documents.cast(SCHEMA))

    def __enter__(self) -> CorpusFileWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._writer is not None:
            self._writer.close()
            if error is None:
                self._partial.replace(self._final)
            else:
                self._partial.unlink(missing_ok=True)


class Corpus:
    """Reads documents by PMID or in a stream; holds a row group at a time.

    Args:
        folder: ``workspace.corpus``.

    Raises:
        InputError: when no graph has been loaded.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(
                f"{folder} is not there: no graph has been loaded in this workspace.",
                f"Run: {MADE_BY}",
            )
        self.manifest: Manifest = read_manifest(folder, MANIFEST_KIND, MADE_BY)
        if "files" not in self.manifest.settings:
            raise InputError(
                f"{folder} was written by an older version of CiteMesh.",
                "Load the graph again: citemesh graph load --force FILE…",
            )
        self._folder = folder
        self.files = [CorpusFile(**entry) for entry in self.manifest.settings["files"]]

    def settled(self, *, writable: bool = False) -> Settled:
        """Which file has the last word on each PMID; mapped from disk unless it is to change."""
        path = self._folder / settled_name(self.manifest.settings["version"])
        values = np.load(path, mmap_mode=None if writable else "r")
        return Settled([file.name for file in self.files], values)

    def stream(self, columns: Iterable[str] = SCHEMA.names) -> Iterator[pd.DataFrame]:
        """All documents, a row group at a time, with the given columns."""
        settled, wanted = self.settled(), list(columns)
        for number, source in self._sources():
            for group in range(source.num_row_groups):
                table = source.read_row_group(group, columns=list({"pmid", *wanted}))
                count = settled.document_owners(table["pmid"].to_numpy()) == number
                yield table.filter(pa.array(count)).select(wanted).to_pandas()

    def documents(self, pmids: Iterable[int]) -> dict[int, Document]:
        """The documents among the PMIDs; those without one are left out.

        Reads only the row groups whose range of PMIDs holds a wanted one.
        """
        wanted = np.unique(np.fromiter(pmids, dtype=np.int64))
        owners = self.settled().document_owners(wanted)
        found: dict[int, Document] = {}
        for number, source in self._sources():
            here = wanted[owners == number]
            for group in range(source.num_row_groups if len(here) else 0):
                statistics = source.metadata.row_group(group).column(0).statistics
                first, last = np.searchsorted(here, (statistics.min, statistics.max + 1))
                if first == last:
                    continue
                table = source.read_row_group(group)
                hits = table.filter(pc.is_in(table["pmid"], pa.array(here[first:last])))
                found.update((row["pmid"], Document(**row)) for row in hits.to_pylist())
        return found

    def _sources(self) -> Iterator[tuple[int, pq.ParquetFile]]:
        for number, file in enumerate(self.files, start=1):
            path = self._folder / file.texts
            if path.exists():  # a file without documents has none
                yield number, pq.ParquetFile(path)


def settled_name(version: int) -> str:
    """Name of the file that says which documents count in a version of the graph."""
    return f"settled-{version}.npy"


def publish_corpus(
    folder: Path, settled: Settled, files: Sequence[CorpusFile], manifest: Manifest
) -> None:
    """Write what makes the texts in a folder a corpus; its manifest comes last and is the switch.

    Args:
        folder: where the texts of all `files` lie.
        settled: which of them count.
        files: in the order of their numbers in `settled`.
        manifest: of the load; its settings must hold `version` and `corpus_settings(files)`.
    """
    final = folder / settled_name(manifest.settings["version"])
    partial = folder / f".{final.name}.partial.npy"
    settled.save(partial)
    partial.replace(final)
    manifest.write(folder)
    kept = {final.name, *(file.texts for file in files)}
    for path in folder.iterdir():
        stale = path.suffix in (".npy", ".parquet") and path.name not in kept
        if stale or _LEFTOVER.fullmatch(path.name):
            path.unlink()


def corpus_settings(files: Sequence[CorpusFile]) -> dict[str, Any]:
    """What a corpus needs to know of its files, for the manifest."""
    return {"files": [vars(file) for file in files]}
