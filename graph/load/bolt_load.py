"""The first load of a server that ``NEO4J_URI`` names: the same graph, written as batches.

A load that was killed goes on where it was: the graph's state names the load it was to end in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from citemesh.errors import OutputExistsError
from citemesh.graph.client import GraphClient
from citemesh.graph.connection import Connection
from citemesh.graph.cypher import named_query
from citemesh.graph.load.change import (
    Additions,
    begin_change,
    finish_change,
    note_finished,
    settle_graph,
    write_additions,
)
from citemesh.graph.load.import_tables import TABLES, ImportWriter, rows_of_table
from citemesh.graph.load.mesh_rows import MESH_TABLES, write_mesh
from citemesh.graph.load.result import LoadResult, graph_counts
from citemesh.graph.load.settled import Settled
from citemesh.graph.load.source import GraphSource
from citemesh.graph.schema import apply_schema
from citemesh.graph.state import GraphState, read_state
from citemesh.progress import progress_bar, step

#: Rows per UNWIND batch (Neo4j's own advice is 10k to 50k; ours measured 21k edges/s at 10k).
BATCH_ROWS = 10_000


def load_over_bolt(
    remote: Connection, source: GraphSource, work: Path, corpus: Path, version: int, force: bool
) -> LoadResult:
    """Load everything into an empty database, or go on with a load of the same files.

    Args:
        remote: the server.
        source: what to load.
        work: an empty folder for MeSH on its way; it may be removed afterwards.
        corpus: a folder for the texts.
        version: the least version that the graph gets.
        force: remove our nodes that are there.

    Raises:
        OutputExistsError: when the database holds another graph and `force` is false.
    """
    with GraphClient(remote) as client:
        if not _begun(read_state(client), source, force):
            _make_empty(client, force)
        apply_schema(client)
        finished = begin_change(client, source.load_id, version, source.entries())
        _write_mesh(client, source, work, finished)
        files = list(enumerate(source.files, start=1))
        settled = Settled([staged.name for staged in source.files])
        additions = Additions(files, source.citations)
        dropped = write_additions(client, additions, settled, corpus, finished)
        used = settle_graph(client)
        finish_change(client, source.load_id, source.mesh.year, settled, used)
        state = read_state(client)
        assert state is not None
        counts = graph_counts(client)
    return LoadResult(state.version, source.mesh.year, settled, used, counts, dropped)


def _begun(state: GraphState | None, source: GraphSource, force: bool) -> bool:
    if state is None:
        return False
    ended = state.target is None and state.load_id == source.load_id and not force
    return ended or state.target == source.load_id


def _make_empty(client: GraphClient, force: bool) -> None:
    taken = {name: count for name, count in graph_counts(client).items() if count}
    if taken and not force:
        raise OutputExistsError(
            f"The database at {client.connection.uri} holds nodes already: {taken}.",
            "--force removes all nodes with these labels and loads anew.",
        )
    if taken:
        with step("Removing an older graph"):
            client.write_unmanaged(named_query("graph", "delete_graph"))


def _write_mesh(client: GraphClient, source: GraphSource, folder: Path, finished: set[str]) -> None:
    if finished.issuperset(entry.name for entry in source.mesh_entries):
        return
    with ImportWriter(folder, MESH_TABLES) as writer:
        write_mesh(writer, source.mesh, {}, {}, {})
    rows = {name: writer.rows[name] for name in _nodes_first(MESH_TABLES) if writer.rows[name]}
    with progress_bar("Writing MeSH", total=sum(rows.values()), unit="row", scale=True) as bar:
        for name in rows:
            query = named_query("graph", f"load_{name}")
            for written in client.write_batches(query, rows_of_table(folder, name, BATCH_ROWS)):
                bar.update(written)
    for entry in source.mesh_entries:
        note_finished(client, entry)


def _nodes_first(names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: not TABLES[name].nodes)
