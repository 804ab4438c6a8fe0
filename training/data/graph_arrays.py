"""The graph for training: its snapshot, opened without a running server."""

from __future__ import annotations

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import MADE_BY, map_snapshot, snapshot_fault
from citemesh.graph.state import GraphState
from citemesh.mining.array_engine import ArrayEngine
from citemesh.workspace import Workspace


def open_graph_arrays(workspace: Workspace) -> ArrayEngine:
    """Map the snapshot of the graph that the corpus of a workspace belongs to.

    Training may run on a machine without Neo4j, so the snapshot is not made here.

    Raises:
        InputError: when no graph has been loaded, or when there is no whole snapshot of it.
    """
    loaded = Corpus(workspace.corpus).manifest.settings
    # Of a state the check reads no more than what names it.
    state = GraphState(loaded["version"], loaded["load_id"], None, None, 0, 0, 0)
    fault = snapshot_fault(workspace.snapshot, state)
    if fault:
        raise InputError(
            f"Training reads the graph from its snapshot, and {workspace.snapshot} is none of the"
            f" loaded graph as it is now: {fault}.",
            f"Run: {MADE_BY}",
        )
    return ArrayEngine(map_snapshot(workspace.snapshot))
