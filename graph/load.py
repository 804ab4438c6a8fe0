"""The first load: PubMed files and MeSH into Neo4j, by the import tool or over Bolt.

The workspace's own server is loaded by Neo4j's import tool into a fresh home that replaces the
old one when it is whole; a server named by ``NEO4J_URI`` gets the same tables as UNWIND batches.
The corpus gets its place last: its manifest is the sign of a finished load.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from citemesh.errors import InputError, OutputExistsError
from citemesh.graph.build import BuildCounts, GraphBuilder, rows_of_table
from citemesh.graph.client import GraphClient, open_graph
from citemesh.graph.connection import Connection, connection_from_environment
from citemesh.graph.corpus import MANIFEST_KIND
from citemesh.graph.cypher import named_query, query_names
from citemesh.graph.import_progress import import_progress
from citemesh.graph.import_tables import TABLES, ImportWriter
from citemesh.graph.mesh import carried_mesh_table, read_mesh
from citemesh.graph.mesh_tree import MeshTree
from citemesh.graph.staging import StagedFile, stage_file
from citemesh.manifest import FILE_NAME, Manifest, file_sha256, read_manifest
from citemesh.outputs import new_folder
from citemesh.progress import progress_bar, step
from citemesh.workspace import Workspace

#: Rows per UNWIND batch (Neo4j's own advice is 10k to 50k; ours measured 21k edges/s at 10k).
BATCH_ROWS = 10_000
#: Heap of the import tool: 24 million edges took a gigabyte at its peak.
IMPORT_HEAP = "1g"
_IMPORT_FOLDER = "import"


@dataclass(frozen=True)
class GraphSource:
    """What a graph is made from.

    Args:
        files: the staged PubMed files.
        mesh: the MeSH tree.
        mesh_path: where it was read from.
    """

    files: Sequence[StagedFile]
    mesh: MeshTree
    mesh_path: Path

    @property
    def load_id(self) -> str:
        """A hash of all inputs: graph and corpus of the same load carry the same one."""
        parts = [*sorted(staged.sha256 for staged in self.files), file_sha256(self.mesh_path)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def load(
    workspace: Workspace, files: Sequence[Path], mesh_path: Path | None = None, force: bool = False
) -> Manifest:
    """Load PubMed files and MeSH into the graph, and their texts into the corpus.

    Args:
        workspace: where corpus and local server are.
        files: PubMed XML files, plain or gzipped; the order does not matter.
        mesh_path: a MeSH table; None for the one that the package carries.
        force: replace the graph that is there.

    Raises:
        InputError: for a file that cannot be used; the graph that is there stays as it was.
        OutputExistsError: when a graph is there and `force` is false.
        ConnectionFailedError, ServerError: when Neo4j cannot be reached or fails.
    """
    if not files:
        raise InputError("No PubMed file was given.", "Run: citemesh graph load FILE…")
    remote = connection_from_environment()
    _check_free(workspace, remote, force)
    mesh_path = mesh_path or carried_mesh_table()
    mesh = read_mesh(mesh_path)
    staged = {found.sha256: found for found in (stage_file(workspace, path) for path in files)}
    source = GraphSource(list(staged.values()), mesh, mesh_path)
    with new_folder(workspace.corpus, force=True) as corpus:
        tables = corpus / _IMPORT_FOLDER
        tables.mkdir()
        counts = _build(source, tables, corpus, _next_version(workspace))
        if remote is None:
            _import_locally(workspace, tables, counts)
        else:
            _write_over_bolt(remote, tables, counts)
        shutil.rmtree(tables)
        manifest = _manifest(source, counts)
        manifest.write(corpus)
    return manifest


def open_loaded_graph(workspace: Workspace) -> GraphClient:
    """Connect to a graph that has been loaded and belongs to the workspace's corpus.

    Raises:
        InputError: when nothing has been loaded, or graph and corpus are of different loads.
    """
    manifest = read_manifest(workspace.corpus, MANIFEST_KIND, "citemesh graph load FILE…")
    client = open_graph(workspace)
    state = client.rows(named_query("graph", "graph_state"))
    if not state or state[0]["load_id"] != manifest.settings["load_id"]:
        client.close()
        raise InputError(
            f"The graph at {client.connection.uri} is not the one that the corpus in "
            f"{workspace.corpus} was loaded with.",
            "Load both again: citemesh graph load --force FILE…",
        )
    return client


def _check_free(workspace: Workspace, remote: Connection | None, force: bool) -> None:
    if force:
        return
    if (workspace.corpus / FILE_NAME).exists():
        raise OutputExistsError(
            f"{workspace.corpus} shows that a graph has been loaded already.",
            "See it: citemesh graph stats. Replace it: add --force.",
        )
    if remote is not None:
        with GraphClient(remote) as client:
            counts = client.rows(named_query("graph", "stats_nodes"))
        taken = {row["name"]: row["count"] for row in counts if row["count"]}
        if taken:
            raise OutputExistsError(
                f"The database at {remote.uri} holds nodes already: {taken}.",
                "--force removes all nodes with these labels and loads anew.",
            )


def _next_version(workspace: Workspace) -> int:
    try:
        before = read_manifest(workspace.corpus, MANIFEST_KIND, "citemesh graph load FILE…")
    except InputError:
        return 1
    return int(before.settings["version"]) + 1


def _build(source: GraphSource, tables: Path, corpus: Path, version: int) -> BuildCounts:
    with ImportWriter(tables, [name for name in TABLES if name != "graph_states"]) as writer:
        builder = GraphBuilder(source.mesh, writer, corpus)
        counts = builder.build(source.files)
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        writer.write("loaded_files", _columns([_file_row(f, finished) for f in source.files]))
    counts.citations_between_records = builder.count_citations_between_records(tables)
    state = {
        "id": "graph", "version": version, "load_id": source.load_id,
        "mesh_year": source.mesh.year, "records": counts.records, "documents": counts.documents,
        "descriptors_used": counts.descriptors_used,
        "citations_between_records": counts.citations_between_records,
    }  # fmt: skip
    with ImportWriter(tables, ["graph_states"]) as writer:
        writer.write("graph_states", _columns([state]))
    counts.rows |= {"loaded_files": len(source.files), "graph_states": 1}
    counts.version = version
    return counts


def _file_row(staged: StagedFile, finished: str) -> dict[str, Any]:
    counted = {name: staged.counts.get(name, 0) for name in ("records", "headings", "references")}
    return {"name": staged.name, "sha256": staged.sha256, "finished": finished, **counted}


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {key: [row[key] for row in rows] for key in rows[0]}


def _import_locally(workspace: Workspace, tables: Path, counts: BuildCounts) -> None:
    from citemesh.graph import homes, server
    from citemesh.graph.java import run_admin

    home = homes.create_home(workspace)
    try:
        arguments = list(_import_arguments(home, tables, counts))
        with import_progress(f"Importing {sum(counts.rows.values()):,} rows") as read_line:
            run_admin(home, arguments, heap=IMPORT_HEAP, on_output=read_line)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)  # its log stays: the error names it
        raise
    server.stop(workspace)
    homes.switch_home(workspace, home)
    homes.remove_other_homes(workspace)
    with GraphClient(server.ensure_running(workspace)) as client:
        _apply_schema(client)


def _import_arguments(home: Path, tables: Path, counts: BuildCounts) -> Iterator[str]:
    yield from ("database", "import", "full", "neo4j", "--overwrite-destination")
    yield from ("--input-type=parquet", f"--report-file={home / 'import.report'}")
    for name, table in TABLES.items():
        if counts.rows[name]:
            kind = "nodes" if table.nodes else "relationships"
            label = f"{table.label}=" if table.label else ""
            yield f"--{kind}={label}{table.path(tables)}"


def _write_over_bolt(remote: Connection, tables: Path, counts: BuildCounts) -> None:
    with GraphClient(remote) as client:
        with step("Removing an older graph"):
            client.write_unmanaged(named_query("graph", "delete_graph"))
        _apply_schema(client)
        # The state comes last: it is the sign of a whole graph.
        order = sorted(TABLES, key=lambda name: (name == "graph_states", not TABLES[name].nodes))
        with progress_bar(
            "Writing", total=sum(counts.rows.values()), unit="row", scale=True
        ) as bar:
            for name in order:
                query = named_query("graph", f"load_{name}")
                for written in client.write_batches(query, rows_of_table(tables, name, BATCH_ROWS)):
                    bar.update(written)


def _apply_schema(client: GraphClient) -> None:
    for name in query_names("graph"):
        if name.startswith("schema_"):
            client.write_unmanaged(named_query("graph", name))
    client.write_unmanaged(named_query("graph", "await_indexes"))


def _manifest(source: GraphSource, counts: BuildCounts) -> Manifest:
    skipped = {f"{f.name}: {reason}": n for f in source.files for reason, n in f.skipped.items()}
    return Manifest(
        kind=MANIFEST_KIND,
        settings={
            "load_id": source.load_id, "version": counts.version, "mesh_year": source.mesh.year,
            "mesh": source.mesh_path.name,
        },
        inputs={staged.name: staged.sha256 for staged in source.files},
        counts={
            "records": counts.records, "documents": counts.documents,
            "citations between records": counts.citations_between_records,
            "descriptors used": counts.descriptors_used, **counts.rows,
        },
        dropped={**{k: v for k, v in counts.dropped.items() if v}, **skipped},
    )  # fmt: skip
