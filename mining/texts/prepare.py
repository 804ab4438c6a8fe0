"""Preparing, before any range is mined, what strategies search in and score guards need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from citemesh.encoding.embeddings import Texts, encode
from citemesh.encoding.encoder import Encoder
from citemesh.errors import SettingsError
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.mining.score_guards import MARGIN, ScoreSettings
from citemesh.mining.settings import MiningSettings
from citemesh.mining.strategies import TextStrategy
from citemesh.mining.strategies.band import Band
from citemesh.mining.texts.citation_space import CitationSpace, prepare_space
from citemesh.mining.texts.dense_index import embeddings_file, encode_queries
from citemesh.mining.texts.documents import document_texts, prepare_documents, texts_hash
from citemesh.mining.texts.indexes import IndexPlaces
from citemesh.mining.texts.lexical_index import prepare_lexical
from citemesh.mining.texts.scorers import opened_cross_encoder, opened_encoder
from citemesh.mining.texts.store import require
from citemesh.workspace import Workspace

_PACKAGES = {"lexical": "bm25s", "dense": "sentence_transformers", "space": "sklearn"}


class Preparation:
    """Makes, or finds again, what a run searches in.

    Args:
        workspace: where it goes.
        settings: of the run.

    Raises:
        SettingsError: for a model that is missing or of no use.
        MissingDependencyError: without the extra ``text``, when it is needed.
        InputError: when a model cannot be loaded.
    """

    def __init__(self, workspace: Workspace, settings: MiningSettings) -> None:
        self._workspace = workspace
        strategies = settings.strategies()
        self._strategies = {n: s for n, s in strategies.items() if isinstance(s, TextStrategy)}
        self._needs = frozenset[str]().union(*(own.needs for own in self._strategies.values()))
        self._check_packages(settings)
        model = None if settings.model is None else self._found(settings.model)
        self._encoder = self._open_encoder(settings, model)
        self._places = IndexPlaces()
        #: What the score guards need.
        self.scores = ScoreSettings(
            MARGIN if settings.margin is None else settings.margin,
            None if settings.margin is None else model,
            settings.cross_encoder,
            workspace.corpus,
            workspace.embeddings,
        )
        if settings.cross_encoder is not None:
            opened_cross_encoder(settings.cross_encoder)  # a wrong name is told before any work

    def indexes(self, corpus: Corpus, client: GraphClient) -> dict[str, str]:
        """Make all indexes of documents; returns what each is, by a name that its making gave."""
        places = IndexPlaces()
        if self._needs & {"lexical", "dense"}:
            places = replace(places, documents=prepare_documents(self._workspace, corpus))
        if "lexical" in self._needs:
            places = replace(places, lexical=prepare_lexical(self._workspace, corpus))
        if "dense" in self._needs:
            places = replace(places, embeddings=self._documents(corpus, places.documents))
        if "space" in self._needs:
            places = replace(places, space=self._space(corpus, client))
        self._places = places
        weights = {} if self._encoder is None else {"model weights": self._encoder.weights}
        return places.as_inputs() | weights

    def queries(self, work: Path) -> IndexPlaces:
        """Encode the queries of the ranges in a folder; returns where everything lies."""
        if self._encoder is None or "dense" not in self._needs:
            return self._places
        files = sorted(work.glob("anchors-*.parquet"))
        count = sum(pq.read_metadata(path).num_rows for path in files)
        texts = Texts(count, texts_hash(_queries(files)), lambda: _queries(files))
        folder = encode_queries(self._encoder, texts, work / "queries", self._workspace.embeddings)
        return replace(self._places, queries=folder)

    def _check_packages(self, settings: MiningSettings) -> None:
        for name, strategy in self._strategies.items():
            for need in sorted(strategy.needs):
                require(_PACKAGES[need], f"The strategy {name}")
        if settings.margin is not None or settings.cross_encoder is not None:
            require("sentence_transformers", "A score guard")

    def _found(self, model: str) -> str:
        trained = self._workspace.root / "models" / model
        return str(trained if trained.is_dir() else model)

    def _open_encoder(self, settings: MiningSettings, model: str | None) -> Encoder | None:
        users = [f"strategy {n}" for n, own in self._strategies.items() if "dense" in own.needs]
        users += [] if settings.margin is None else ["guard --margin"]
        if not users:
            if model is not None:
                raise SettingsError(
                    f"--model {settings.model} is given, but nothing encodes texts.",
                    "It is for the strategies dense, discordant and walk, and for --margin.",
                )
            return None
        if model is None:
            raise SettingsError(
                f"The {users[0]} needs a model to encode texts with.",
                "Give one, for example: --model sentence-transformers/all-MiniLM-L6-v2",
            )
        return opened_encoder(model)

    def _documents(self, corpus: Corpus, documents: Path | None) -> Path:
        assert self._encoder is not None
        assert documents is not None
        texts, cache = document_texts(corpus, documents), self._workspace.embeddings
        return embeddings_file(
            encode(self._encoder, texts, "document", cache, "Encoding documents")
        )

    def _space(self, corpus: Corpus, client: GraphClient) -> Path:
        band = next((own for own in self._strategies.values() if isinstance(own, Band)), Band())
        band.ranks(0)  # a band without a rank is told before any work
        snapshot = open_snapshot(self._workspace, client)
        space = prepare_space(self._workspace, corpus, snapshot, band.dims, band.seed)
        band.ranks(len(CitationSpace(space).pmid))
        return space


def _queries(files: list[Path]) -> Iterator[str]:
    for path in files:
        yield from pq.read_table(path, columns=["query"])["query"].to_pylist()
