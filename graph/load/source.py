"""What a graph is loaded from, read and checked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.citations.files import CitationFile
from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import MeshTree
from citemesh.graph.pubmed.parse import stage_files
from citemesh.graph.pubmed.staging import StagedFile
from citemesh.graph.state import FileEntry, checked_entries, load_id
from citemesh.manifest import file_sha256
from citemesh.workspace import Workspace


@dataclass(frozen=True)
class GraphInputs:
    """The files that a user names.

    Args:
        files: PubMed XML files, plain or gzipped; the order does not matter.
        citations: citation files.
        mesh: MeSH files; empty for the table that the package carries.
        mesh_year: the MeSH year, where the files do not say it.
        workers: processes that parse; None for one per core.
        scheduler: address of a Dask scheduler that parses instead.
    """

    files: Sequence[Path]
    citations: Sequence[CitationFile] = ()
    mesh: Sequence[Path] = ()
    mesh_year: int | None = None
    workers: int | None = None
    scheduler: str | None = None


@dataclass(frozen=True)
class GraphSource:
    """What a graph is made from.

    Args:
        files: the staged PubMed files, each once.
        citations: the citation files, each once.
        mesh: the MeSH tree.
        mesh_entries: the files that it was read from.
    """

    files: Sequence[StagedFile]
    citations: Sequence[CitationFile]
    mesh: MeshTree
    mesh_entries: Sequence[FileEntry]

    @property
    def load_id(self) -> str:
        """The load that these inputs make."""
        return load_id(self.entries())

    def entries(self) -> list[FileEntry]:
        """All files, as ``LoadedFile`` nodes tell of them."""
        return [
            *map(FileEntry.of_pubmed, self.files),
            *map(FileEntry.of_citations, self.citations),
            *self.mesh_entries,
        ]


def read_source(workspace: Workspace, inputs: GraphInputs) -> GraphSource:
    """Read MeSH and parse the PubMed files, or find them parsed already.

    Raises:
        InputError: for a file that cannot be used, none at all, or two of the same name.
    """
    if not inputs.files and not inputs.citations:
        raise InputError("No PubMed file was given.", "Run: citemesh graph load FILE…")
    mesh_paths = list(inputs.mesh) or [carried_mesh_table()]
    mesh = read_mesh(mesh_paths, inputs.mesh_year)
    staged = stage_files(workspace, inputs.files, inputs.workers, inputs.scheduler)
    source = GraphSource(
        files=list({(found.name, found.sha256): found for found in staged}.values()),
        citations=list({file.path.name: file for file in inputs.citations}.values()),
        mesh=mesh,
        mesh_entries=[FileEntry(path.name, "mesh", file_sha256(path)) for path in mesh_paths],
    )
    checked_entries([
        *source.entries(), *(FileEntry.of_citations(file) for file in inputs.citations)
    ])  # fmt: skip
    return source
