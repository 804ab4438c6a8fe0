"""Validating the auditor on the loaded graph, and on a judged set when one is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from citemesh.encoding.embeddings import Texts, encode
from citemesh.encoding.encoder import Encoder, load_encoder
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.manifest import Manifest, file_sha256
from citemesh.mining.anchors.beir_queries import open_beir
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.score.open_scorer import learnt_combiner, training_sample
from citemesh.mining.audit.text_cosines import (
    EncodedDocuments,
    EncoderCosines,
    encode_documents,
)
from citemesh.mining.audit.validate.frontier import FrontierPoint, at_usual_hardness, frontier
from citemesh.mining.audit.validate.judged_set import JudgedQuery, read_judged
from citemesh.mining.audit.validate.leftover import (
    Leftover,
    judged_calibration,
    leftovers,
    planted_judged,
)
from citemesh.mining.audit.validate.measures import Calibration
from citemesh.mining.audit.validate.planted import Planted, find_planted
from citemesh.mining.audit.validate.plot import draw_frontier
from citemesh.mining.audit.validate.pool import pool_candidates
from citemesh.mining.audit.validate.rules import Judge
from citemesh.outputs import check_free, new_folder, write_text
from citemesh.progress import step
from citemesh.workspace import Workspace

MANIFEST_KIND = "audit validation"
VALIDATION_FILE = "validation.json"
FRONTIER_FILE = "frontier.png"
#: Which half is known moves figures by as much as rules differ; five halvings even that out.
SPLITS = 5


@dataclass(frozen=True)
class ValidationSettings:
    """What the auditor is held against.

    Args:
        judged: a BEIR folder whose document ids are PMIDs; None for planted positives only.
        qrels: which of its judgments.
        good: the least grade of a good document, of which half is known.
        model: an encoder; None leaves out what needs one.
        splits: how often each query's good documents are halved anew.
    """

    judged: Path | None = None
    qrels: tuple[str, ...] = ()
    good: int = 1
    model: str | None = None
    splits: int = SPLITS


@dataclass(frozen=True)
class Validation:
    """What was found.

    Args:
        planted: on positives that were planted.
        queries: judged queries with enough good documents.
        leftovers: relevant documents left among candidates.
        planted_judged: how well these are found where they are a tenth.
        judged_calibration: rule and kind of candidates to the calibration of probabilities.
        frontier: false negatives against hardness.
        at_usual_hardness: rule to its false negatives where the usual filter leaves a fifth.
    """

    planted: Planted
    queries: int = 0
    leftovers: list[Leftover] = field(default_factory=list)
    planted_judged: list[dict[str, Any]] = field(default_factory=list)
    judged_calibration: dict[str, Calibration] = field(default_factory=dict)
    frontier: list[FrontierPoint] = field(default_factory=list)
    at_usual_hardness: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For ``validation.json``: null where there is nothing to tell."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    """What JSON can hold: NaN is none of it."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and value != value else value


def validate(
    workspace: Workspace, settings: ValidationSettings, name: str, force: bool = False
) -> Validation:
    """Hold the auditor against the truth and write ``audits/NAME``.

    Raises:
        OutputExistsError, InputError, SettingsError, ConnectionFailedError: before anything is
            written.
    """
    final = workspace.audit(name)
    check_free(final, force=force)
    encoder = None if settings.model is None else load_encoder(settings.model)
    with open_loaded_graph(workspace) as client:
        engine = ArrayEngine(open_snapshot(workspace, client))
    corpus = Corpus(workspace.corpus)
    queries = _queries(engine, settings)
    graph = learnt_combiner(engine, training_sample(engine, encoded=False), corpus)
    with step("Finding planted positives"):
        found = Validation(find_planted(engine, corpus, graph))
    if queries:
        judge, points = Judge(engine, graph), []
        if encoder is not None:
            documents = _documents(workspace, encoder, corpus, engine)
            cosines = EncoderCosines(encoder, documents, workspace.embeddings)
            sample = training_sample(engine, encoded=True)
            judge = Judge(engine, graph, learnt_combiner(engine, sample, corpus, cosines), cosines)
            points = _frontier(workspace, encoder, documents, judge, queries)
        pools = pool_candidates(judge, queries)
        found = Validation(
            found.planted, len({q.number for q in queries}), leftovers(pools),
            planted_judged(pools), judged_calibration(pools, judge), points,
            at_usual_hardness(points),
        )  # fmt: skip
    with new_folder(final, force=force) as folder:
        write_text(folder / VALIDATION_FILE, json.dumps(found.as_json(), indent=1) + "\n")
        if found.frontier:
            draw_frontier(found.frontier, folder / FRONTIER_FILE)
        _manifest(settings, found).write(folder)
    return found


def _queries(engine: ArrayEngine, settings: ValidationSettings) -> list[JudgedQuery]:
    if settings.judged is None:
        return []
    snapshot = engine.snapshot
    documents = frozenset(snapshot.pmid[snapshot.documents_by_h].tolist())
    return read_judged(settings.judged, settings.qrels, settings.good, documents, settings.splits)


def _documents(
    workspace: Workspace, encoder: Encoder, corpus: Corpus, engine: ArrayEngine
) -> EncodedDocuments:
    """All documents: the nearest of any query are sought among them."""
    snapshot = engine.snapshot
    pmids = np.sort(snapshot.pmid[snapshot.documents_by_h])
    return encode_documents(encoder, corpus, pmids, workspace.embeddings)


def _frontier(
    workspace: Workspace, encoder: Encoder, documents: EncodedDocuments, judge: Judge,
    queries: Sequence[JudgedQuery],
) -> list[FrontierPoint]:  # fmt: skip
    texts = Texts.of([query.text for query in queries])
    encoded = encode(encoder, texts, "query", workspace.embeddings, None)
    return frontier(judge, queries, encoded, documents.embeddings, documents.pmid)


def _manifest(settings: ValidationSettings, found: Validation) -> Manifest:
    inputs = {}
    if settings.judged is not None:
        paths = open_beir(settings.judged, settings.qrels).paths
        inputs = {str(path): file_sha256(path) for path in paths}
    return Manifest(
        MANIFEST_KIND,
        {**asdict(settings), "judged": str(settings.judged) if settings.judged else None},
        inputs,
        {"queries": found.queries, "citations": found.planted.citations},
    )
