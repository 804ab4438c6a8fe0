"""The graph as memory-mapped arrays, stamped with the state of the graph that they were read from.

Neo4j stays the one store of record; a snapshot is derived from it and made anew when it is stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.graph.client import GraphClient
from citemesh.graph.locks import exclusive_lock
from citemesh.graph.snapshot.arrays import Csr, find_sorted, map_array, map_csr
from citemesh.graph.snapshot.build import (
    DESCRIPTORS,
    INDEXING_METHODS,
    QUALIFIER_SETS,
    build_snapshot,
)
from citemesh.graph.snapshot.by_key import DOCUMENT as DOCUMENT
from citemesh.graph.snapshot.numbered import read_texts
from citemesh.graph.snapshot.rows import GraphChangedError
from citemesh.graph.state import GraphState, read_state
from citemesh.manifest import FILE_NAME, Manifest, read_manifest
from citemesh.outputs import new_folder
from citemesh.progress import say
from citemesh.workspace import Workspace

#: Raise it when the arrays change: snapshots of another format are made anew.
SNAPSHOT_FORMAT = 3
MANIFEST_KIND = "graph snapshot"
MADE_BY = "citemesh graph snapshot"
#: Bits of `Snapshot.flags`, beside `DOCUMENT`.
RECORD, RETRACTED = 2, 4
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The graph in arrays. An article's position is its rank by PMID, a descriptor's by UI.

    Args:
        folder: where the files lie.
        version, load_id: the state of the graph that they show.
        pmid: int64, shape (articles,), sorted.
        year: int16, shape (articles,); 0 where none is known.
        h: int64, shape (articles,): the graph's pseudo-random key (`order_key`).
        flags: uint8, shape (articles,): bits `DOCUMENT`, `RECORD`, `RETRACTED`.
        title_key: int64, shape (articles,): equal for equal titles (`title_keys`); 0 for none.
        indexing_method: int16, shape (articles,): number in `indexing_methods`; 0 for none.
        documents_by_h: int32, shape (documents,): positions of all documents, sorted by `h`.
        cites, cited_by: article to articles.
        same_work: article to articles, both ways.
        headings: article to descriptors.
        headings_major: bool, along `headings.indices`.
        headings_qualifiers: int32, along `headings.indices`: number in `qualifier_sets`, or 0.
        headed: descriptor to articles.
        headed_major: bool, along `headed.indices`.
        major_documents: descriptor to the documents with it as a major heading, sorted by `h`.
        broader: descriptor to the descriptors right above it.
        sibling: descriptor to its siblings, both ways.
        descriptors: one row per descriptor: ``ui``, ``name``, ``check_tag``, ``depth``, ``ic``,
            ``tree_numbers``.
        qualifier_sets: names between semicolons, sorted; the first has number 1.
        indexing_methods: the first has number 1.
    """

    folder: Path
    version: int
    load_id: str
    pmid: NDArray[np.int64]
    year: NDArray[np.int16]
    h: NDArray[np.int64]
    flags: NDArray[np.uint8]
    title_key: NDArray[np.int64]
    indexing_method: NDArray[np.int16]
    documents_by_h: NDArray[np.int32]
    cites: Csr
    cited_by: Csr
    same_work: Csr
    headings: Csr
    headings_major: NDArray[np.bool_]
    headings_qualifiers: NDArray[np.int32]
    headed: Csr
    headed_major: NDArray[np.bool_]
    major_documents: Csr
    broader: Csr
    sibling: Csr
    descriptors: pd.DataFrame
    qualifier_sets: tuple[str, ...]
    indexing_methods: tuple[str, ...]

    def positions(self, pmids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of articles, shape (n,), by PMID; -1 where the graph has none."""
        return find_sorted(self.pmid, pmids)


def is_document(snapshot: Snapshot, places: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Which articles, by position, shape (n,), are documents."""
    found: NDArray[np.bool_] = (snapshot.flags[places] & DOCUMENT) > 0
    return found


def open_snapshot(workspace: Workspace, client: GraphClient, *, force: bool = False) -> Snapshot:
    """Open the snapshot of the graph as it is now, making it first where that is needed.

    It is made when there is none, when it shows another state of the graph, when a file of it is
    missing or cut short, and when `force` asks for it. Processes wait for each other.

    Args:
        workspace: where it lies.
        client: the graph that it must show.
        force: make it anew in any case.

    Raises:
        InputError: when the graph is empty, in the middle of a change, or keeps changing.
    """
    workspace.root.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(workspace.root / ".snapshot.lock", "Another command makes the snapshot"):
        state = whole_state(client)
        reason = "It is to be made anew" if force else snapshot_fault(workspace.snapshot, state)
        if reason:
            say(f"Snapshot: {reason}; reading the graph.")
            _make(workspace.snapshot, client)
        return map_snapshot(workspace.snapshot)


def whole_state(client: GraphClient) -> GraphState:
    """The state of a graph that is whole.

    Raises:
        InputError: when it is empty or a change of it is under way.
    """
    state = read_state(client)
    if state is None:
        raise InputError(
            f"The database at {client.connection.uri} holds no graph.",
            "Run: citemesh graph load FILE…",
        )
    if state.target is not None:
        raise InputError(
            f"A change of the graph at {client.connection.uri} has not ended.",
            "Wait for it, or go on with it: citemesh graph update",
        )
    return state


def snapshot_fault(folder: Path, state: GraphState) -> str | None:
    """Why the snapshot in a folder cannot stand for a state of the graph; None when it can."""
    if not (folder / FILE_NAME).exists():
        return "there is none yet"
    try:
        settings = read_manifest(folder, MANIFEST_KIND, MADE_BY).settings
    except InputError as error:
        return f"its manifest is unreadable ({error.message})"
    if settings.get("format") != SNAPSHOT_FORMAT:
        return "it was written by another version of CiteMesh"
    if (settings["version"], settings["load_id"]) != (state.version, state.load_id):
        return f"it shows version {settings['version']} of the graph, which is {state.version}"
    for name, size in settings["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            return f"{name} is missing or cut short"
    try:
        return _array_fault(map_snapshot(folder))
    except ValueError as error:  # NumPy's and Arrow's word for a file that is none of theirs
        return f"a file of it is unreadable ({error})"


def _array_fault(snapshot: Snapshot) -> str | None:
    """What the ends of the arrays show to be wrong, without reading what is between."""
    articles, descriptors = len(snapshot.pmid), len(snapshot.descriptors)
    by_article = (snapshot.cites, snapshot.cited_by, snapshot.same_work, snapshot.headings)
    by_descriptor = (
        snapshot.headed, snapshot.major_documents, snapshot.broader, snapshot.sibling,
    )  # fmt: skip
    rows = [*((csr, articles) for csr in by_article), *((c, descriptors) for c in by_descriptor)]
    for csr, length in rows:
        if len(csr) != length or csr.indptr[0] != 0 or csr.indptr[-1] != len(csr.indices):
            return "its arrays do not belong together"
    headings = len(snapshot.headings.indices)
    if {len(snapshot.headings_major), len(snapshot.headings_qualifiers)} != {headings}:
        return "its arrays do not belong together"
    return None


def map_snapshot(folder: Path) -> Snapshot:
    """Map the arrays of a snapshot that `snapshot_fault` found nothing wrong with."""
    settings = read_manifest(folder, MANIFEST_KIND, MADE_BY).settings
    return Snapshot(
        folder=folder,
        version=settings["version"],
        load_id=settings["load_id"],
        pmid=map_array(folder, "pmid"),
        year=map_array(folder, "year"),
        h=map_array(folder, "h"),
        flags=map_array(folder, "flags"),
        title_key=map_array(folder, "title_key"),
        indexing_method=map_array(folder, "indexing_method"),
        documents_by_h=map_array(folder, "documents_by_h"),
        cites=map_csr(folder, "cites"),
        cited_by=map_csr(folder, "cited_by"),
        same_work=map_csr(folder, "same_work"),
        headings=map_csr(folder, "headings"),
        headings_major=map_array(folder, "headings.major"),
        headings_qualifiers=map_array(folder, "headings.qualifiers"),
        headed=map_csr(folder, "headed"),
        headed_major=map_array(folder, "headed.major"),
        major_documents=map_csr(folder, "major_documents"),
        broader=map_csr(folder, "broader"),
        sibling=map_csr(folder, "sibling"),
        descriptors=pq.read_table(folder / DESCRIPTORS).to_pandas(),
        qualifier_sets=read_texts(folder / QUALIFIER_SETS),
        indexing_methods=read_texts(folder / INDEXING_METHODS),
    )


def _make(folder: Path, client: GraphClient) -> None:
    """Read the graph; once more when it changed meanwhile.

    Raises:
        InputError: when it changed again.
    """
    for _ in range(_ATTEMPTS):
        try:
            with new_folder(folder, force=True) as partial:
                _fill(partial, client)
        except GraphChangedError as error:
            say(f"The graph changed while it was read ({error}).")
        else:
            return
    raise InputError(
        f"The graph at {client.connection.uri} changed each of {_ATTEMPTS} times while it was read "
        "for a snapshot.",
        f"When nothing writes to it any more, run: {MADE_BY}",
    )


def _fill(folder: Path, client: GraphClient) -> None:
    state = whole_state(client)
    counts = build_snapshot(client, folder)
    after = read_state(client)
    if after != state:
        raise GraphChangedError(f"version {state.version} is {after and after.version} now")
    settings = {
        "format": SNAPSHOT_FORMAT, "version": state.version, "load_id": state.load_id,
        "files": {path.name: path.stat().st_size for path in sorted(folder.iterdir())},
    }  # fmt: skip
    Manifest(MANIFEST_KIND, settings, counts=counts).write(folder)
