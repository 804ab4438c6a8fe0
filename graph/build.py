"""Staged PubMed files and MeSH → import tables and corpus, one file in memory at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.graph.corpus import write_corpus_file
from citemesh.graph.import_tables import TABLES, ImportWriter
from citemesh.graph.mesh_tree import MeshTree
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.graph.staging import StagedFile
from citemesh.progress import progress_bar

#: CommentsCorrections/@RefType that tie an article to another form of the same work, or to a
#: notice about it; other kinds (Cites, AssociatedDataset) do not.
SAME_WORK_KINDS = frozenset(
    {
        "CommentIn", "CommentOn", "CorrectedandRepublishedIn", "CorrectedandRepublishedFrom",
        "ErratumIn", "ErratumFor", "ExpressionOfConcernIn", "ExpressionOfConcernFor",
        "OriginalReportIn", "ReprintIn", "ReprintOf", "RepublishedIn", "RepublishedFrom",
        "RetractedandRepublishedIn", "RetractedandRepublishedFrom", "RetractionIn", "RetractionOf",
        "SummaryForPatientsIn", "UpdateIn", "UpdateOf",
    }
)  # fmt: skip
_NLM_NAME = re.compile(r"pubmed(\d\d)n(\d+)")
_BATCH_ROWS = 100_000


@dataclass
class BuildCounts:
    """What went into the import tables, and what was left out and why."""

    records: int = 0
    documents: int = 0
    citations_between_records: int = 0
    descriptors_used: int = 0
    version: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)


class GraphBuilder:
    """Turns staged files into import tables; the newest record of a PMID wins.

    Files are taken from the last to the first, so that one bit map of PMIDs settles which record
    counts: whatever is seen first is newest. A file's deletions come after its records.

    Args:
        mesh: the MeSH tree.
        writer: where the import tables go.
        corpus: the folder for the documents' texts.
    """

    def __init__(self, mesh: MeshTree, writer: ImportWriter, corpus: Path) -> None:
        self._mesh = mesh
        self._writer = writer
        self._corpus = corpus
        self._settled = PmidSet()  # PMIDs whose newest record, or deletion, has been met
        self._recorded = PmidSet()
        self._mentioned = PmidSet()  # cited or related, with or without a record
        self._used: dict[str, str] = {}  # descriptor UI → the name in PubMed
        self.counts = BuildCounts()

    def build(self, files: Sequence[StagedFile]) -> BuildCounts:
        """Write everything of the files and of MeSH."""
        with progress_bar("Building tables", total=len(files), unit="file") as bar:
            for staged in reversed(in_file_order(files)):
                self._add_file(staged)
                bar.update()
        self._write_bare_articles()
        self._write_mesh()
        self.counts.rows = dict(self._writer.rows)
        self.counts.descriptors_used = len(self._used)
        return self.counts

    def count_citations_between_records(self, folder: Path) -> int:
        """Citations whose two ends both have a record; read back once the tables are closed."""
        table = TABLES["cites"]
        start, end = table.schema.names[:2]
        count = 0
        for batch in pq.ParquetFile(table.path(folder)).iter_batches(columns=[start, end]):
            known = self._recorded.contains(batch[0].to_numpy())
            count += int((known & self._recorded.contains(batch[1].to_numpy())).sum())
        return count

    def _add_file(self, staged: StagedFile) -> None:
        self._settled.add(pq.read_table(staged.table("deletions"))["pmid"].to_numpy())
        articles = pq.read_table(staged.table("articles")).to_pandas()
        newest = articles.sort_values("version", kind="stable").drop_duplicates("pmid", keep="last")
        current = newest[~self._settled.contains(newest["pmid"].to_numpy())].sort_values("pmid")
        self.counts.dropped["older records of a PMID, or deleted ones"] += len(articles) - len(
            current
        )
        self._add_articles(current, staged)
        pmids = current["pmid"].to_numpy()
        self._settled.add(pmids)
        self._recorded.add(pmids)
        keys = current[["pmid", "version"]]
        self._add_headings(self._current_rows(staged, "headings", keys))
        self._add_references(self._current_rows(staged, "references", keys))
        self._add_relations(self._current_rows(staged, "relations", keys))

    @staticmethod
    def _current_rows(staged: StagedFile, name: str, keys: pd.DataFrame) -> pd.DataFrame:
        rows: pd.DataFrame = pq.read_table(staged.table(name)).to_pandas()
        return rows.merge(keys, on=["pmid", "version"])

    def _add_articles(self, articles: pd.DataFrame, staged: StagedFile) -> None:
        is_document = (articles["title"] != "") & (articles["abstract"] != "")
        columns: dict[str, Any] = {
            name: articles[name] for name in TABLES["articles"].keys if name in articles
        }
        columns["h"] = order_key(articles["pmid"].to_numpy())
        columns["labels"] = np.where(is_document, "Article;Document", "Article")
        self._writer.write("articles", columns)
        write_corpus_file(self._corpus, staged.folder.name, articles[is_document])
        self.counts.records += len(articles)
        self.counts.documents += int(is_document.sum())

    def _add_headings(self, headings: pd.DataFrame) -> None:
        unique = headings.drop_duplicates(["pmid", "ui"])
        self.counts.dropped["headings given twice in a record"] += len(headings) - len(unique)
        self._used.update(
            unique[["ui", "name"]].drop_duplicates("ui").itertuples(index=False, name=None)
        )
        ends = {"start": unique["pmid"], "end": unique["ui"]}
        self._writer.write(
            "has_mesh", {**ends, "major": unique["major"], "qualifiers": unique["qualifiers"]}
        )
        major = unique[unique["major"]]
        self._writer.write("has_major", {"start": major["pmid"], "end": major["ui"]})

    def _add_references(self, references: pd.DataFrame) -> None:
        cited = references.dropna(subset=["cited_pmid"]).astype({"cited_pmid": "int64"})
        self.counts.dropped["references without a PMID"] += len(references) - len(cited)
        others = cited[cited["pmid"] != cited["cited_pmid"]]
        self.counts.dropped["self-citations"] += len(cited) - len(others)
        unique = others.drop_duplicates(["pmid", "cited_pmid"])
        self.counts.dropped["references given twice in a record"] += len(others) - len(unique)
        self._mentioned.add(unique["cited_pmid"].to_numpy())
        sources = ["pubmed"] * len(unique)
        self._writer.write(
            "cites", {"start": unique["pmid"], "end": unique["cited_pmid"], "source": sources}
        )

    def _add_relations(self, relations: pd.DataFrame) -> None:
        tied = relations[relations["kind"].isin(SAME_WORK_KINDS)].dropna(subset=["other_pmid"])
        tied = tied.astype({"other_pmid": "int64"}).drop_duplicates(["pmid", "other_pmid", "kind"])
        tied = tied[tied["pmid"] != tied["other_pmid"]]
        self._mentioned.add(tied["other_pmid"].to_numpy())
        self._writer.write(
            "same_work", {"start": tied["pmid"], "end": tied["other_pmid"], "kind": tied["kind"]}
        )

    def _write_bare_articles(self) -> None:
        bare = self._mentioned.difference(self._recorded)
        for start in range(0, len(bare), _BATCH_ROWS):
            pmids = bare[start : start + _BATCH_ROWS]
            nothing = [None] * len(pmids)
            columns: dict[str, object] = dict.fromkeys(TABLES["articles"].keys, nothing)
            columns |= {"pmid": pmids, "h": order_key(pmids), "labels": ["Article"] * len(pmids)}
            self._writer.write("articles", columns)

    def _write_mesh(self) -> None:
        mesh, write = self._mesh, self._writer.write
        known = list(mesh.descriptors.values())
        # A heading that this MeSH year lacks stays in the graph, without a place in the tree.
        unknown = sorted(set(self._used) - set(mesh.descriptors))
        self.counts.dropped["descriptors without a place in this MeSH year"] += len(unknown)
        write(
            "descriptors",
            {
                "ui": [d.ui for d in known] + unknown,
                "name": [d.name for d in known] + [self._used[ui] for ui in unknown],
                "class": [d.descriptor_class for d in known] + [None] * len(unknown),
                "check_tag": [d.check_tag for d in known] + [False] * len(unknown),
                "depth": [d.depth for d in known] + [0] * len(unknown),
                "mesh_year": [mesh.year] * len(known) + [None] * len(unknown),
            },
        )
        numbers = sorted(mesh.owner)
        write("tree_numbers", {"number": numbers, "depth": [n.count(".") + 1 for n in numbers]})
        write("at", {"start": [mesh.owner[n] for n in numbers], "end": numbers})
        below = [n for n in numbers if "." in n]
        write("parent", {"start": below, "end": [n.rpartition(".")[0] for n in below]})
        for name, pairs in (("broader", self._broader_pairs()), ("sibling", self._sibling_pairs())):
            starts, ends = zip(*pairs, strict=True) if pairs else ((), ())
            write(name, {"start": starts, "end": ends})

    def _broader_pairs(self) -> list[tuple[str, str]]:
        return [(ui, above) for ui in self._mesh.descriptors for above in self._mesh.broader(ui)]

    def _sibling_pairs(self) -> list[tuple[str, str]]:
        # Stored once per pair, from the smaller UI to the larger: queries match it undirected.
        return [
            (ui, other)
            for ui in self._mesh.descriptors
            for other in self._mesh.siblings(ui)
            if ui < other
        ]


def in_file_order(files: Sequence[StagedFile]) -> list[StagedFile]:
    """Files in the order in which they count: NLM's by year and number, after any others."""

    def key(indexed: tuple[int, StagedFile]) -> tuple[int, int, int]:
        position, staged = indexed
        named = _NLM_NAME.match(staged.name)
        return (int(named[1]) + 1, int(named[2]), 0) if named else (0, 0, position)

    return [staged for _, staged in sorted(enumerate(files), key=key)]


def rows_of_table(folder: Path, name: str, batch_rows: int) -> Iterator[list[dict[str, object]]]:
    """Batches of a table's rows with plain column names, as Cypher's UNWIND takes them."""
    table = TABLES[name]
    for batch in pq.ParquetFile(table.path(folder)).iter_batches(batch_size=batch_rows):
        yield pa.RecordBatch.from_arrays(batch.columns, names=table.keys).to_pylist()
