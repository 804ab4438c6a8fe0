"""What lies beside the graph and must agree with it: the corpus and the snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids, PmidSet
from citemesh.graph.snapshot.check import snapshot_offenders
from citemesh.graph.snapshot.snapshot import map_snapshot, snapshot_fault
from citemesh.graph.state import read_state
from citemesh.workspace import Workspace


def corpus_offenders(
    client: GraphClient, folder: Path, documents: PmidSet
) -> Iterator[dict[str, Any]]:
    """Documents that only one of graph and corpus has, or that the corpus has twice.

    Args:
        client: the graph.
        folder: the corpus.
        documents: PMIDs of the graph's documents.

    Raises:
        InputError: when there is no corpus.
    """
    corpus = Corpus(folder)
    state, loaded = read_state(client), corpus.manifest.settings["load_id"]
    if state is None or state.load_id != loaded:
        yield {"corpus of load": loaded, "graph of load": state and state.load_id}
    met = PmidSet()
    for batch in corpus.stream(["pmid"]):
        pmids: Pmids = batch["pmid"].to_numpy()
        for pmid in pmids[met.contains(pmids)]:
            yield {"pmid": int(pmid), "twice in": "the corpus"}
        met.add(pmids)
    for pmid in met.difference(documents):
        yield {"pmid": int(pmid), "only in": "the corpus"}
    for pmid in documents.difference(met):
        yield {"pmid": int(pmid), "only in": "the graph"}


def check_snapshot(
    client: GraphClient, workspace: Workspace
) -> tuple[str, Iterator[dict[str, Any]]]:
    """A note on the snapshot, and where it differs from the graph that it claims to show.

    Only a snapshot that would be used is compared: none, or a stale one, breaks nothing, because
    the next command that needs it makes it anew.
    """
    state = read_state(client)
    if not workspace.snapshot.exists():
        return "none", iter(())
    if state is None or snapshot_fault(workspace.snapshot, state):
        return "stale", iter(())
    return "equal", snapshot_offenders(client, map_snapshot(workspace.snapshot))
