"""A change of a graph over Bolt: marked at its beginning, written file by file, marked at its end.

Whatever kills it, the same command goes on: files that were finished are not written again, and
the one that was under way is written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.graph.citations.files import CitationFile, read_citations
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import CorpusFile, CorpusFileWriter
from citemesh.graph.cypher import named_query
from citemesh.graph.load.current_records import CurrentRecords
from citemesh.graph.load.file_order import file_rank
from citemesh.graph.load.record_rows import KnownConcepts
from citemesh.graph.load.record_writer import RecordWriter, citation_rows
from citemesh.graph.load.settled import Settled
from citemesh.graph.mesh.from_graph import mesh_from_graph
from citemesh.graph.mesh.information import information_content
from citemesh.graph.pubmed.staging import StagedFile
from citemesh.graph.state import FileEntry
from citemesh.progress import progress_bar, step

#: Citations per transaction.
_CITATION_BATCH = 10_000


@dataclass(frozen=True)
class Additions:
    """What a change adds.

    Args:
        files: PubMed files with their numbers in `Settled`.
        citations: citation files.
    """

    files: Sequence[tuple[int, StagedFile]]
    citations: Sequence[CitationFile]

    def entries(self) -> list[FileEntry]:
        """Their ``LoadedFile`` nodes."""
        pubmed = [FileEntry.of_pubmed(staged) for _, staged in self.files]
        return pubmed + [FileEntry.of_citations(file) for file in self.citations]


def begin_change(
    client: GraphClient, target: str, version: int, entries: Sequence[FileEntry]
) -> set[str]:
    """Mark the graph as changing; return the names of files that an earlier run has finished.

    Args:
        client: the graph.
        target: the load that the change ends in.
        version: the least version that the graph gets; it grows in any case.
        entries: the files that the change adds.
    """
    client.write(named_query("graph", "begin_change"), target=target, version=version)
    finished = {
        row["name"]
        for row in client.rows(named_query("graph", "loaded_files"))
        if row["finished"] is not None
    }
    rows = [entry.row(finished=False) for entry in entries if entry.name not in finished]
    client.write(named_query("graph", "load_loaded_files"), rows=rows)
    return finished


def note_finished(client: GraphClient, entry: FileEntry) -> None:
    """Note that everything of a file is in."""
    client.write(named_query("graph", "load_loaded_files"), rows=[entry.row(finished=True)])


def write_additions(
    client: GraphClient, additions: Additions, settled: Settled, corpus: Path, finished: set[str]
) -> Counter[str]:
    """Write files into graph, `settled` and corpus; return what was left out, by reason.

    Files are taken from the newest to the oldest, so that each PMID is written once.
    """
    dropped: Counter[str] = Counter()
    newest_first = sorted(additions.files, key=lambda f: file_rank(f[1].name), reverse=True)
    if newest_first:
        records = sum(staged.counts["records"] for _, staged in newest_first)
        writer = RecordWriter(client, _known_concepts(client), dropped)
        with progress_bar("Writing records", total=records, unit="record", scale=True) as bar:
            for number, staged in newest_first:
                into = None if staged.name in finished else writer
                for done in _add_file(into, staged, number, settled, corpus, dropped):
                    bar.update(done)
                if into:
                    note_finished(client, FileEntry.of_pubmed(staged))
    for file in additions.citations:
        if file.path.name not in finished:
            _write_citations(client, file, dropped)
    return dropped


def _known_concepts(client: GraphClient) -> KnownConcepts:
    (known,) = client.rows(named_query("graph", "known_concepts"))
    return KnownConcepts(set(known["descriptors"]), set(known["supplementary"]))


def _add_file(
    writer: RecordWriter | None, staged: StagedFile, number: int, settled: Settled, corpus: Path,
    dropped: Counter[str],
) -> Iterator[int]:  # fmt: skip
    """Add a file to `settled` and corpus, and to the graph unless it is there (`writer` is None).

    Yields:
        How many records are done, as they are.
    """
    current = CurrentRecords(staged, settled, number)
    dropped["older records of a PMID, or deleted ones"] += current.outdated
    yield current.outdated
    with CorpusFileWriter(corpus, CorpusFile.of(staged)) as texts:
        for batch in current.batches():
            if writer:
                yield from writer.write(batch, staged.name)
            texts.write(batch)
            settled.settle(batch.pmids, number, batch.is_document)
    if writer:
        writer.delete(current.deleted)
    settled.settle_deleted(current.deleted, number)


def _write_citations(client: GraphClient, file: CitationFile, dropped: Counter[str]) -> None:
    query, rows = named_query("graph", "write_citations"), 0
    with progress_bar(f"Writing {file.path.name}", unit="citation", scale=True) as bar:
        for citing, cited in read_citations(file.path):
            others = citing != cited
            dropped["self-citations"] += len(citing) - int(others.sum())
            citing, cited = citing[others], cited[others]
            for start in range(0, len(citing), _CITATION_BATCH):
                part = slice(start, start + _CITATION_BATCH)
                client.write(
                    query, rows=citation_rows(citing[part], cited[part]), source=file.source
                )
                bar.update(len(citing[part]))
            rows += len(others)
    note_finished(client, FileEntry.of_citations(file, rows))


def settle_graph(client: GraphClient) -> int:
    """Remove what nothing mentions any more, name what only records name, and weigh descriptors.

    Returns:
        How many descriptors stand in a heading.
    """
    with step("Settling what has changed"):
        for name in ("settle_articles", "settle_descriptors", "settle_supplementary"):
            client.write_unmanaged(named_query("graph", name))
        usage = client.rows(named_query("graph", "heading_usage"))
        known = {row["ui"]: row["headings"] for row in usage if row["known"]}
        information = information_content(mesh_from_graph(client), known)
        client.write(named_query("graph", "write_information"), ic=information)
    return len(usage)


def finish_change(
    client: GraphClient, load_id: str, mesh_year: int, settled: Settled, descriptors_used: int
) -> None:
    """Mark the graph as whole."""
    client.write(
        named_query("graph", "finish_change"), load_id=load_id, mesh_year=mesh_year,
        descriptors_used=descriptors_used, **settled.counts()._asdict(),
    )  # fmt: skip
