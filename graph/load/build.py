"""Staged PubMed files, citation files and MeSH → import tables and corpus, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from citemesh.graph.citations.files import CitationFile, read_citations
from citemesh.graph.citations.spool import CitationSpool
from citemesh.graph.corpus import CorpusFile, CorpusFileWriter
from citemesh.graph.load.current_records import CurrentRecords, RecordBatch
from citemesh.graph.load.file_order import file_rank
from citemesh.graph.load.import_tables import TABLES, Columns, ImportWriter
from citemesh.graph.load.mesh_rows import write_mesh
from citemesh.graph.load.record_rows import (
    KnownConcepts,
    article_columns,
    citations,
    heading_columns,
    same_work_columns,
    supplementary_columns,
)
from citemesh.graph.load.settled import Settled
from citemesh.graph.mesh.information import information_content
from citemesh.graph.mesh.tree import MeshTree
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.graph.pubmed.staging import StagedFile
from citemesh.progress import progress_bar

_BATCH_ROWS = 100_000


@dataclass
class BuildCounts:
    """What went into the import tables, and what was left out and why.

    Args:
        descriptors_used: descriptors that stand in a heading.
        citations: rows of each citation file, by its name.
        dropped: reason to count.
        rows: import table to rows.
    """

    descriptors_used: int = 0
    citations: dict[str, int] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)


class GraphBuilder:
    """Turns staged files into import tables; of each PMID the record that counts, once.

    Args:
        mesh: the MeSH tree.
        writer: where the import tables go.
        corpus: the folder for the documents' texts.
        spool: an existing folder for citations on their way.
    """

    def __init__(self, mesh: MeshTree, writer: ImportWriter, corpus: Path, spool: Path) -> None:
        self._mesh = mesh
        self._known = KnownConcepts.of(mesh)
        self._writer = writer
        self._corpus = corpus
        self._spool = CitationSpool(spool)
        self._recorded = PmidSet()
        self._mentioned = PmidSet()  # cited or related, with or without a record
        self._headings: Counter[str] = Counter()  # descriptor UI → headings
        self._unknown_descriptors: dict[str, str] = {}
        self._unknown_supplementary: dict[str, str] = {}
        self.counts = BuildCounts()

    def build(self, files: Sequence[StagedFile], citation_files: Sequence[CitationFile]) -> Settled:
        """Write everything; return which file has the last word on each PMID.

        Files are numbered in the order of `files` and taken from the newest to the oldest, so that
        each PMID is written once.
        """
        settled = Settled([staged.name for staged in files])
        numbered = sorted(
            enumerate(files, start=1), key=lambda pair: file_rank(pair[1].name), reverse=True
        )
        with progress_bar("Building tables", total=len(files), unit="file") as bar:
            for number, staged in numbered:
                self._add_file(staged, number, settled)
                bar.update()
        for file in citation_files:
            self._add_citation_file(file)
        self._write_citations()
        self._write_bare_articles()
        self._write_mesh()
        self.counts.rows = dict(self._writer.rows)
        self.counts.descriptors_used = len(self._headings)
        return settled

    def _add_file(self, staged: StagedFile, number: int, settled: Settled) -> None:
        current = CurrentRecords(staged, settled, number)
        self.counts.dropped["older records of a PMID, or deleted ones"] += current.outdated
        with CorpusFileWriter(self._corpus, CorpusFile.of(staged)) as texts:
            for batch in current.batches():
                self._add_records(batch, staged.name)
                texts.write(batch)
                settled.settle(batch.pmids, number, batch.is_document)
        settled.settle_deleted(current.deleted, number)

    def _add_records(self, batch: RecordBatch, file: str) -> None:
        dropped = self.counts.dropped
        self._recorded.add(batch.pmids)
        self._writer.write("articles", article_columns(batch, file))
        self._add_headings(heading_columns(batch, self._known, dropped))
        supplementary = supplementary_columns(batch, self._known, dropped)
        self._writer.write("has_supplementary", supplementary)
        _note_names(self._unknown_supplementary, supplementary)
        self._spool.add("pubmed", *citations(batch, dropped))
        same_work = same_work_columns(batch)
        self._mentioned.add(same_work["end"].to_numpy())
        self._writer.write("same_work", same_work)

    def _add_headings(self, headings: Columns) -> None:
        self._writer.write("has_mesh", headings)
        self._headings.update(dict(zip(*_value_counts(headings["end"]), strict=True)))
        _note_names(self._unknown_descriptors, headings)
        major = {key: headings[key].filter(headings["major"]) for key in ("start", "end")}
        self._writer.write("has_major", major)

    def _add_citation_file(self, file: CitationFile) -> None:
        rows = 0
        with progress_bar(f"Reading {file.path.name}", unit="citation", scale=True) as bar:
            for citing, cited in read_citations(file.path):
                self._spool.add(file.source, citing, cited)
                rows += len(citing)
                bar.update(len(citing))
        self.counts.citations[file.path.name] = rows

    def _write_citations(self) -> None:
        with progress_bar("Joining citations", unit="citation", scale=True) as bar:
            for batch in self._spool.batches():
                self._mentioned.add(batch.citing)
                self._mentioned.add(batch.cited)
                self._writer.write(
                    "cites", {"start": batch.citing, "end": batch.cited, "sources": batch.sources}
                )
                bar.update(len(batch.citing))
        self.counts.dropped["self-citations"] += self._spool.self_citations
        for source, repeated in self._spool.repeated.items():
            what = "references given twice in a record" if source == "pubmed" else (
                f"citations given twice by {source}"
            )  # fmt: skip
            self.counts.dropped[what] += repeated

    def _write_bare_articles(self) -> None:
        bare = self._mentioned.difference(self._recorded)
        for start in range(0, len(bare), _BATCH_ROWS):
            pmids = bare[start : start + _BATCH_ROWS]
            nothing = [None] * len(pmids)
            columns: dict[str, object] = dict.fromkeys(TABLES["articles"].keys, nothing)
            columns |= {"pmid": pmids, "h": order_key(pmids), "labels": ["Article"] * len(pmids)}
            self._writer.write("articles", columns)

    def _write_mesh(self) -> None:
        unknown = self._unknown_descriptors
        self.counts.dropped["descriptors without a place in this MeSH year"] += len(unknown)
        information = information_content(self._mesh, self._headings)
        write_mesh(self._writer, self._mesh, unknown, self._unknown_supplementary, information)


def _value_counts(values: pa.ChunkedArray) -> tuple[list[str], list[int]]:
    counted = values.value_counts()
    return counted.field("values").to_pylist(), counted.field("counts").to_pylist()


def _note_names(names: dict[str, str], columns: Columns) -> None:
    """Keep the smallest name of each concept that MeSH does not name: the same in any order."""
    table = pa.table({"ui": columns["end"], "name": columns["name"]})
    table = table.filter(pa.compute.is_valid(table["name"]))
    for ui, name in zip(table["ui"].to_pylist(), table["name"].to_pylist(), strict=True):
        names[ui] = min(names.get(ui, name), name)
