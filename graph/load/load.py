"""The first load: PubMed files, citations and MeSH into Neo4j, by the import tool or over Bolt.

The workspace's own server is loaded by Neo4j's import tool into a fresh home that replaces the
old one when it is whole; a server named by ``NEO4J_URI`` gets the same graph as UNWIND batches.
The corpus gets its place last: its manifest is the sign of a finished load.
"""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager

from citemesh.errors import OutputExistsError
from citemesh.graph.client import open_graph
from citemesh.graph.connection import Connection, connection_from_environment
from citemesh.graph.corpus import MADE_BY, MANIFEST_KIND, CorpusFile, publish_corpus
from citemesh.graph.load.bolt_load import load_over_bolt
from citemesh.graph.load.import_load import load_by_import
from citemesh.graph.load.result import load_manifest
from citemesh.graph.load.source import GraphInputs, GraphSource, read_source
from citemesh.graph.locks import exclusive_lock
from citemesh.graph.state import read_state
from citemesh.manifest import FILE_NAME, Manifest, read_manifest
from citemesh.outputs import new_folder
from citemesh.workspace import Workspace

_WORK_FOLDER = "import"


def load(workspace: Workspace, inputs: GraphInputs, force: bool = False) -> Manifest:
    """Load PubMed files, citations and MeSH into the graph, and the texts into the corpus.

    Loading what the graph shows already changes nothing.

    Args:
        workspace: where corpus and local server are.
        inputs: the files.
        force: replace the graph that is there.

    Raises:
        InputError: for a file that cannot be used; the graph that is there stays as it was.
        OutputExistsError: when another graph is there and `force` is false.
        ConnectionFailedError, ServerError: when Neo4j cannot be reached or fails.
    """
    remote = connection_from_environment()
    with change_lock(workspace):
        before = _manifest_before(workspace)
        if before and not force:
            _check_same_names(workspace, before, inputs)
        source = read_source(workspace, inputs)
        if before and not force:
            if before.settings["load_id"] == source.load_id and _shows(workspace, source):
                return before
            raise _exists(workspace)
        version = int(before.settings["version"]) + 1 if before else 1
        return _load(workspace, source, remote, version, force)


def change_lock(workspace: Workspace) -> AbstractContextManager[None]:
    """Let one load or update of a workspace run at a time."""
    workspace.root.mkdir(parents=True, exist_ok=True)
    return exclusive_lock(workspace.root / ".change.lock", "Another command changes the graph")


def _manifest_before(workspace: Workspace) -> Manifest | None:
    if not (workspace.corpus / FILE_NAME).exists():
        return None
    return read_manifest(workspace.corpus, MANIFEST_KIND, MADE_BY)


def _check_same_names(workspace: Workspace, before: Manifest, inputs: GraphInputs) -> None:
    """Refuse other files before they are parsed, which may take hours."""
    names = {path.name for path in (*inputs.files, *inputs.mesh)}
    names |= {file.path.name for file in inputs.citations}
    if not names <= set(before.inputs):
        raise _exists(workspace)


def _exists(workspace: Workspace) -> OutputExistsError:
    return OutputExistsError(
        f"{workspace.corpus} shows that a graph has been loaded already.",
        "See it: citemesh graph stats. Add files: citemesh graph update FILE…. "
        "Replace it: add --force.",
    )


def _shows(workspace: Workspace, source: GraphSource) -> bool:
    with open_graph(workspace) as client:
        state = read_state(client)
    return state is not None and state.load_id == source.load_id and state.target is None


def _load(
    workspace: Workspace, source: GraphSource, remote: Connection | None, version: int, force: bool
) -> Manifest:
    with new_folder(workspace.corpus, force=True) as corpus:
        work = corpus / _WORK_FOLDER
        work.mkdir()
        if remote is None:
            result = load_by_import(workspace, source, work, corpus, version)
        else:
            result = load_over_bolt(remote, source, work, corpus, version, force)
        shutil.rmtree(work)
        files = [CorpusFile.of(staged) for staged in source.files]
        manifest = load_manifest(source.entries(), files, result)
        publish_corpus(corpus, result.settled, files, manifest)
    return manifest
