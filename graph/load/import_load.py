"""The first load of the workspace's own server: Neo4j's import tool fills a fresh home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from citemesh.graph import homes, server
from citemesh.graph.client import GraphClient
from citemesh.graph.java import run_admin
from citemesh.graph.load.build import BuildCounts, GraphBuilder
from citemesh.graph.load.import_progress import import_progress
from citemesh.graph.load.import_tables import TABLES, ImportWriter
from citemesh.graph.load.result import LoadResult, graph_counts
from citemesh.graph.load.settled import Settled
from citemesh.graph.load.source import GraphSource
from citemesh.graph.schema import apply_schema
from citemesh.graph.state import FileEntry
from citemesh.workspace import Workspace

#: Heap of the import tool: 24 million edges took a gigabyte at its peak.
IMPORT_HEAP = "1g"


def load_by_import(
    workspace: Workspace, source: GraphSource, work: Path, corpus: Path, version: int
) -> LoadResult:
    """Load everything into a fresh home and switch to it; a failure leaves the old one in use.

    Args:
        workspace: where the server is.
        source: what to load.
        work: an empty folder for import tables; it may be removed afterwards.
        corpus: a folder for the texts.
        version: of the new graph.
    """
    counts, settled = build_tables(source, work, corpus, version)
    _import(workspace, work, counts)
    with GraphClient(server.ensure_running(workspace)) as client:
        apply_schema(client)
        in_graph = graph_counts(client)
    for staged in source.files:
        for reason, number in staged.skipped.items():
            counts.dropped[f"{staged.name}: {reason}"] += number
    return LoadResult(
        version, source.mesh.year, settled, counts.descriptors_used, in_graph, counts.dropped
    )


def build_tables(
    source: GraphSource, work: Path, corpus: Path, version: int
) -> tuple[BuildCounts, Settled]:
    """Write the import tables and the corpus's texts."""
    spool = work / "spool"
    spool.mkdir()
    with ImportWriter(work) as writer:
        builder = GraphBuilder(source.mesh, writer, corpus, spool)
        settled = builder.build(source.files, source.citations)
        counts = builder.counts
        writer.write("loaded_files", _columns(_finished_rows(source, counts)))
        records, documents = settled.counts()
        state = {
            "id": "graph", "version": version, "load_id": source.load_id,
            "mesh_year": source.mesh.year, "records": records, "documents": documents,
            "descriptors_used": counts.descriptors_used,
        }  # fmt: skip
        writer.write("graph_states", _columns([state]))
        counts.rows = dict(writer.rows)
    return counts, settled


def _finished_rows(source: GraphSource, counts: BuildCounts) -> list[dict[str, Any]]:
    entries = [
        *map(FileEntry.of_pubmed, source.files),
        *(FileEntry.of_citations(f, counts.citations[f.path.name]) for f in source.citations),
        *source.mesh_entries,
    ]
    return [entry.row(finished=True) for entry in entries]


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {key: [row[key] for row in rows] for key in rows[0]}


def _import(workspace: Workspace, tables: Path, counts: BuildCounts) -> None:
    home = homes.create_home(workspace)
    try:
        arguments = list(import_arguments(home, tables, counts))
        with import_progress(f"Importing {sum(counts.rows.values()):,} rows") as read_line:
            run_admin(home, arguments, heap=IMPORT_HEAP, on_output=read_line)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)  # its log stays: the error names it
        raise
    server.stop(workspace)
    homes.switch_home(workspace, home)
    homes.remove_other_homes(workspace)


def import_arguments(home: Path, tables: Path, counts: BuildCounts) -> Iterator[str]:
    """Arguments of ``neo4j-admin`` that import the tables into a home."""
    yield from ("database", "import", "full", "neo4j", "--overwrite-destination")
    yield from ("--input-type=parquet", f"--report-file={home / 'import.report'}")
    for name, table in TABLES.items():
        if counts.rows[name]:
            kind = "nodes" if table.nodes else "relationships"
            label = f"{table.label}=" if table.label else ""
            yield f"--{kind}={label}{table.path(tables)}"
