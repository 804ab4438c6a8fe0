"""What the graph says of itself: which files it was made from, and whether it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from citemesh.errors import InputError
from citemesh.graph.citations.files import CitationFile
from citemesh.graph.client import GraphClient, open_graph
from citemesh.graph.corpus import MADE_BY, MANIFEST_KIND
from citemesh.graph.cypher import named_query
from citemesh.graph.pubmed.staging import StagedFile
from citemesh.manifest import read_manifest
from citemesh.workspace import Workspace


@dataclass(frozen=True)
class FileEntry:
    """A file that the graph was made from: one ``LoadedFile`` node.

    Args:
        name: its file name, by which it is known.
        kind: ``pubmed``, ``citations`` or ``mesh``.
        sha256: of its bytes.
        source: what its citations are tagged with; None for other kinds.
        records, headings, references: what a PubMed file holds; None for other kinds.
        citations: rows of a citation file; None for other kinds.
    """

    name: str
    kind: str
    sha256: str
    source: str | None = None
    records: int | None = None
    headings: int | None = None
    references: int | None = None
    citations: int | None = None

    @classmethod
    def of_pubmed(cls, staged: StagedFile) -> FileEntry:
        """The entry of a PubMed file."""
        records, headings, references = (
            staged.counts.get(key, 0) for key in ("records", "headings", "references")
        )
        return cls(
            staged.name, "pubmed", staged.sha256,
            records=records, headings=headings, references=references,
        )  # fmt: skip

    @classmethod
    def of_citations(cls, file: CitationFile, rows: int | None = None) -> FileEntry:
        """The entry of a citation file."""
        return cls(file.path.name, "citations", file.sha256, source=file.source, citations=rows)

    def row(self, *, finished: bool) -> dict[str, Any]:
        """The properties of its node."""
        time = datetime.now(UTC).isoformat(timespec="seconds") if finished else None
        return {**asdict(self), "finished": time}


@dataclass(frozen=True)
class GraphState:
    """The state of the graph.

    Args:
        version: grows with every change.
        load_id: the load that it shows (`load_id`); None before the first has ended.
        target: the load that a change under way will end in; None when the graph is whole.
        mesh_year: of the loaded MeSH.
        records, documents: as counted at the end of the last change.
        descriptors_used: descriptors that stand in a heading.
    """

    version: int
    load_id: str | None
    target: str | None
    mesh_year: int | None
    records: int | None
    documents: int | None
    descriptors_used: int | None


def load_id(entries: Iterable[FileEntry]) -> str:
    """A hash of all inputs: graph and corpus of the same load carry the same one."""
    parts = sorted(f"{e.kind}\t{e.name}\t{e.source or ''}\t{e.sha256}" for e in entries)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def checked_entries(entries: Sequence[FileEntry]) -> list[FileEntry]:
    """The entries, each once.

    Raises:
        InputError: for two different files of the same name.
    """
    known: dict[str, FileEntry] = {}
    for entry in entries:
        before = known.setdefault(entry.name, entry)
        if (before.sha256, before.kind, before.source) != (entry.sha256, entry.kind, entry.source):
            raise InputError(
                f"Two different files are called {entry.name}; a file is known by its name.",
                "Rename one of them. If NLM has issued it anew, load everything again: "
                "citemesh graph load --force FILE…",
            )
    return list(known.values())


def read_state(client: GraphClient) -> GraphState | None:
    """The graph's state; None in an empty database."""
    rows = client.rows(named_query("graph", "graph_state"))
    return GraphState(**rows[0]) if rows else None


def open_loaded_graph(workspace: Workspace) -> GraphClient:
    """Connect to a graph that is whole and belongs to the workspace's corpus.

    Raises:
        InputError: when nothing has been loaded, a change was not finished, or graph and corpus
            are of different loads.
    """
    manifest = read_manifest(workspace.corpus, MANIFEST_KIND, MADE_BY)
    client = open_graph(workspace)
    try:
        state = read_state(client)
        corpus_id = manifest.settings["load_id"]
        if state and state.target and corpus_id in (state.target, state.load_id):
            raise InputError(
                f"An update of the graph at {client.connection.uri} was not finished.",
                "Go on with it: citemesh graph update",
            )
        if not state or state.load_id != corpus_id:
            raise InputError(
                f"The graph at {client.connection.uri} is not the one that the corpus in "
                f"{workspace.corpus} was loaded with.",
                "Load both again: citemesh graph load --force FILE…",
            )
    except BaseException:
        client.close()
        raise
    return client
