"""Later files: records replaced, removed and added in the graph that is there, resumable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from citemesh.errors import InputError
from citemesh.graph.citations.files import CitationFile
from citemesh.graph.client import GraphClient, open_graph
from citemesh.graph.corpus import Corpus, CorpusFile, publish_corpus
from citemesh.graph.cypher import named_query
from citemesh.graph.load.change import (
    Additions,
    begin_change,
    finish_change,
    settle_graph,
    write_additions,
)
from citemesh.graph.load.load import change_lock
from citemesh.graph.load.result import LoadResult, graph_counts, load_manifest
from citemesh.graph.load.source import GraphInputs
from citemesh.graph.pubmed.parse import stage_files
from citemesh.graph.pubmed.staging import StagedFile, find_staged
from citemesh.graph.state import (
    FileEntry,
    GraphState,
    checked_entries,
    load_id,
    read_state,
)
from citemesh.manifest import Manifest
from citemesh.workspace import Workspace


@dataclass(frozen=True)
class _Loaded:
    """The files of the graph.

    Args:
        entries: those that the corpus shows, and those of a change that was not finished.
        begun: names of those of an unfinished change.
    """

    entries: list[FileEntry]
    begun: frozenset[str]


def update(workspace: Workspace, inputs: GraphInputs) -> Manifest:
    """Add PubMed and citation files to the graph and the corpus, in any order, as often as wanted.

    An update that was not finished is finished first, with the same files or without any.

    Args:
        workspace: where the corpus is.
        inputs: the files; MeSH stays the one that was loaded.

    Raises:
        InputError: for a file that cannot be used, one that was loaded with other content, or a
            graph that is not the corpus's; the graph stays as it was.
        ConnectionFailedError, ServerError: when Neo4j cannot be reached or fails.
    """
    Corpus(workspace.corpus)  # without one there is nothing to update, nor to lock
    with change_lock(workspace), open_graph(workspace) as client:
        corpus = Corpus(workspace.corpus)
        state = _checked_state(client, corpus)
        loaded = _loaded(client, corpus)
        staged = stage_files(workspace, inputs.files, inputs.workers, inputs.scheduler)
        given = [*map(FileEntry.of_pubmed, staged), *map(FileEntry.of_citations, inputs.citations)]
        entries = checked_entries([*loaded.entries, *given])
        new = {entry.name for entry in entries} - set(corpus.manifest.inputs)
        if not new and state.target is None:
            return corpus.manifest
        pubmed = _staged_files(workspace, staged, [e for e in entries if e.name in new])
        citations = _citation_files(inputs.citations, entries, new, loaded)
        return _write(workspace, client, corpus, entries, pubmed, citations)


def _checked_state(client: GraphClient, corpus: Corpus) -> GraphState:
    state = read_state(client)
    expected = corpus.manifest.settings["load_id"]
    if state is None or expected not in (state.load_id, state.target):
        raise InputError(
            f"The graph at {client.connection.uri} is not the one that the corpus in this "
            "workspace was loaded with.",
            "Load both again: citemesh graph load --force FILE…",
        )
    return state


def _loaded(client: GraphClient, corpus: Corpus) -> _Loaded:
    rows = client.rows(named_query("graph", "loaded_files"))
    entries = [FileEntry(r["name"], r["kind"], r["sha256"], r["source"]) for r in rows]
    begun = frozenset(e.name for e in entries) - set(corpus.manifest.inputs)
    return _Loaded(entries, begun)


def _staged_files(
    workspace: Workspace, staged: Sequence[StagedFile], new: Sequence[FileEntry]
) -> list[StagedFile]:
    """The new PubMed files, those of an unfinished update found where they were parsed."""
    known = {file.name: file for file in staged}
    found = []
    for entry in new:
        if entry.kind == "pubmed":
            file = known.get(entry.name) or find_staged(workspace, entry.name, entry.sha256)
            if file is None:
                raise _give_again(entry)
            found.append(file)
    return found


def _citation_files(
    given: Sequence[CitationFile], entries: Sequence[FileEntry], new: set[str], loaded: _Loaded
) -> list[CitationFile]:
    known = {file.path.name: file for file in given}
    for entry in entries:
        begun = entry.kind == "citations" and entry.name in loaded.begun
        if begun and entry.name not in known:
            raise _give_again(entry)
    return [file for name, file in known.items() if name in new]


def _give_again(entry: FileEntry) -> InputError:
    return InputError(
        f"An update with {entry.name} was not finished, and that file is needed to finish it.",
        f"Give it again: citemesh graph update {entry.name}",
    )


def _write(
    workspace: Workspace, client: GraphClient, corpus: Corpus, entries: Sequence[FileEntry],
    pubmed: Sequence[StagedFile], citations: Sequence[CitationFile],
) -> Manifest:  # fmt: skip
    files = [*corpus.files, *map(CorpusFile.of, pubmed)]
    settled = corpus.settled(writable=True).with_files([file.name for file in files])
    numbered = list(enumerate(pubmed, start=len(corpus.files) + 1))
    additions = Additions(numbered, citations)
    target = load_id(entries)
    finished = begin_change(client, target, 0, additions.entries())
    dropped = write_additions(client, additions, settled, workspace.corpus, finished)
    used = settle_graph(client)
    state = read_state(client)
    assert state is not None
    before = corpus.manifest
    for staged in pubmed:
        dropped.update({f"{staged.name}: {why}": n for why, n in staged.skipped.items()})
    result = LoadResult(
        version=state.version, mesh_year=before.settings["mesh_year"], settled=settled,
        descriptors_used=used, counts=graph_counts(client),
        dropped=Counter(before.dropped) + dropped,
    )  # fmt: skip
    manifest = load_manifest(entries, files, result)
    # The corpus first: until the graph's state says that it is whole, the update is run again.
    publish_corpus(workspace.corpus, settled, files, manifest)
    finish_change(client, target, result.mesh_year, settled, used)
    return manifest
