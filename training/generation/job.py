"""What a run of query generation works with, found and checked before anything is generated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.manifest import file_sha256
from citemesh.mining.anchors import read_deny_list
from citemesh.mining.anchors.queries import read_positives
from citemesh.mining.anchors.query_forms import open_query_file
from citemesh.training.generation.query_types import QueryType, parse_types
from citemesh.training.generation.settings import GenerationSettings
from citemesh.training.generation.sources import FileQueries
from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.encoding.encoder import Encoder
    from citemesh.training.generation.generator import Generator

#: Documents, or queries of a file, per chunk where no model writes.
CHUNK = 1_000


@dataclass(frozen=True)
class Job:
    """All that a run works with.

    Args:
        corpus: the documents.
        types: of queries.
        settings: as given.
        deny: PMIDs that get no query.
        files: readers of the types that are files.
        models: what writes, by the way it is used.
        encoder: the retriever of the round-trip filter; None for no filter.
        inputs: files and models, each with its hash.
    """

    corpus: Corpus
    types: tuple[QueryType, ...]
    settings: GenerationSettings
    deny: PmidSet
    files: tuple[FileQueries, ...]
    models: dict[str, Generator]
    encoder: Encoder | None
    inputs: dict[str, str]

    @property
    def chunk(self) -> int:
        """Documents per chunk: what is lost when a run is killed."""
        return min([CHUNK, *(loaded.batch for loaded in self.models.values())])

    @property
    def identity(self) -> dict[str, object]:
        """What must be equal for a run to be taken up; models count by their weights."""
        shaped = asdict(self.settings)
        for words in ("deny", "models", "filter_model"):
            del shaped[words]
        devices = {way: loaded.device for way, loaded in self.models.items()}
        return {"settings": shaped, "inputs": self.inputs, "chunk": self.chunk, "device": devices}


def prepare(workspace: Workspace, settings: GenerationSettings) -> Job:
    """Find and check everything.

    Raises:
        InputError, SettingsError: saying what is wrong.
    """
    settings.check()
    types = parse_types(settings.types)
    corpus = Corpus(workspace.corpus)
    deny = read_deny_list(settings.deny)
    inputs = {str(path): file_sha256(path) for path in settings.deny}
    files = []
    for own in types:
        if own.way == "file":
            file = open_query_file(Path(own.name))
            read_positives(file)  # a fault in a file is told before any work
            inputs |= {str(path): file_sha256(path) for path in file.paths}
            files.append(FileQueries(own, file, corpus, deny))
    models = _models(workspace, settings, types)
    inputs |= {f"weights of {way}": loaded.weights for way, loaded in models.items()}
    encoder = _encoder(workspace, settings)
    if encoder is not None:
        inputs["weights of the filter"] = encoder.weights
    return Job(corpus, types, settings, deny, tuple(files), models, encoder, inputs)


def _models(
    workspace: Workspace, settings: GenerationSettings, types: Sequence[QueryType]
) -> dict[str, Generator]:
    writing = [own for own in types if own.way in ("doc2query", "instruct")]
    if not writing and not settings.models:
        return {}  # titles and files alone need no torch
    from citemesh.training.generation.load_generators import load_generators

    return load_generators(workspace, settings, types)


def _encoder(workspace: Workspace, settings: GenerationSettings) -> Encoder | None:
    if settings.filter_model is None:
        return None
    from citemesh.encoding.encoder import load_encoder
    from citemesh.training.models.base import find_model

    return load_encoder(find_model(settings.filter_model, workspace))
