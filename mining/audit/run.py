"""Auditing: a mined set, or a user's negatives → verdicts, their rates and how they were scored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from citemesh.encoding.encoder import load_encoder
from citemesh.errors import InputError, SettingsError
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.pubmed.staging import COMPRESSION
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.manifest import Manifest, file_sha256
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.auditor import Auditor
from citemesh.mining.audit.inputs.open_input import AuditInput, open_audit_input
from citemesh.mining.audit.rates import Rates, write_rates
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.audit.score.features import TEXT_FEATURES
from citemesh.mining.audit.score.open_scorer import (
    given_combiner,
    learnt_combiner,
    training_sample,
)
from citemesh.mining.audit.score.pair_sample import PairSample
from citemesh.mining.audit.score.scorers import (
    AMBIGUOUS_FROM,
    LIKELY_FROM,
    CombinerScorer,
    RuleScorer,
    Scorer,
)
from citemesh.mining.audit.text_cosines import EncoderCosines, encode_documents
from citemesh.mining.audit.verdicts import MANIFEST_KIND, SCORER_FILE, VerdictWriter
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.negatives import ANCHOR_SCHEMA, ANCHORS_FILE, anchor_table
from citemesh.outputs import check_free, new_folder, write_text
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

CITATIONS, RULES = "citations", "rules"
#: Negatives judged together.
BATCH = 5_000


@dataclass(frozen=True)
class AuditSettings:
    """How negatives are audited.

    Args:
        score: ``citations``: weights learnt from the corpus's own citations; ``rules``: plain ones.
        weights: the ``scorer.json`` of another audit, instead of learning.
        model: an encoder whose cosines join the evidence; None for none.
        engine: ``arrays`` or ``cypher``.
        likely: the least probability of a likely false negative.
        ambiguous: the least probability of an ambiguous one.
        reject_retracted: reject retracted negatives.
        qrels: of a BEIR folder, which of its judgments.
    """

    score: str = CITATIONS
    weights: Path | None = None
    model: str | None = None
    engine: str = "arrays"
    likely: float = LIKELY_FROM
    ambiguous: float = AMBIGUOUS_FROM
    reject_retracted: bool = False
    qrels: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse settings that contradict each other.

        Raises:
            SettingsError: when they do.
            InputError: when the file of weights is not there.
        """
        if self.weights is not None and not self.weights.is_file():
            raise InputError(
                f"The weights {self.weights} are not there.",
                "Give the scorer.json of an audit, or learn them: leave out --weights.",
            )
        if not 0 < self.ambiguous <= self.likely < 1:
            raise SettingsError(
                f"--ambiguous {self.ambiguous} and --likely {self.likely} leave no order.",
                "Give probabilities with 0 < ambiguous <= likely < 1.",
            )
        if self.score == RULES and (self.weights or self.model):
            raise SettingsError("--score rules takes neither --weights nor --model.")
        if self.score == RULES and (self.likely, self.ambiguous) != (LIKELY_FROM, AMBIGUOUS_FROM):
            raise SettingsError(
                "--score rules gives no probabilities that --likely and --ambiguous could divide."
            )


@dataclass(frozen=True)
class AuditResult:
    """What an audit gave.

    Args:
        folder: with its tables.
        rates: verdicts counted.
        scorer: as ``scorer.json`` has it.
        left_out: what could not be audited, reason to count.
    """

    folder: Path
    rates: Rates
    scorer: dict[str, Any]
    left_out: dict[str, int]


def run_audit(
    workspace: Workspace, given: str, settings: AuditSettings, name: str | None, force: bool = False
) -> AuditResult:
    """Audit negatives into ``audits/NAME``.

    Args:
        workspace: with the graph.
        given: the name of a mined set, or the path of a user's file or folder.
        settings: how.
        name: of the audit; that of what is audited when None.
        force: replace an audit of that name.

    Raises:
        OutputExistsError, InputError, SettingsError, ConnectionFailedError: before anything is
            written.
    """
    settings.check()
    source = open_audit_input(workspace, given, settings.qrels)
    final = workspace.audit(name or source.name)
    check_free(final, force=force)
    with (
        opened_auditor(workspace, settings, source) as (auditor, scorer),
        new_folder(final, force=force) as folder,
    ):
        _write(folder, auditor, source)
        rates = write_rates(folder)
        made = scorer.as_json()
        write_text(folder / SCORER_FILE, json.dumps(made, indent=1) + "\n")
        _manifest(settings, source, rates).write(folder)
    return AuditResult(final, rates, made, dict(source.left_out))


@contextmanager
def opened_auditor(
    workspace: Workspace, settings: AuditSettings, source: AuditInput
) -> Iterator[tuple[Auditor, Scorer]]:
    """An auditor of the loaded graph, with its scorer; with a model, all texts are encoded."""
    given = _given_combiner(settings)
    encoder = None if settings.model is None else load_encoder(settings.model)
    with open_loaded_graph(workspace) as client:
        corpus = Corpus(workspace.corpus)
        arrays = ArrayEngine(open_snapshot(workspace, client))
        sample = _sample(settings, arrays, encoded=encoder is not None)
        cosines = None
        if encoder is not None:
            pmids = _involved(source, sample)
            documents = encode_documents(encoder, corpus, pmids, workspace.embeddings)
            cosines = EncoderCosines(encoder, documents, workspace.embeddings)
        scorer: Scorer = RuleScorer()
        if settings.score != RULES:
            combiner = given or learnt_combiner(arrays, sample, corpus, cosines)
            scorer = CombinerScorer(combiner, settings.likely, settings.ambiguous)
        engine = CypherEngine(client) if settings.engine == "cypher" else arrays
        yield Auditor(engine, scorer, cosines, settings.reject_retracted), scorer


def _given_combiner(settings: AuditSettings) -> Combiner | None:
    """The weights of another audit, when some are given."""
    if settings.weights is None:
        return None
    combiner = given_combiner(settings.weights)
    if settings.model is None and set(combiner.features) & set(TEXT_FEATURES):
        raise SettingsError(
            f"{settings.weights} weighs the cosines of an encoder, and there is none.",
            "Give the encoder of that audit: --model MODEL",
        )
    return combiner


def _sample(settings: AuditSettings, engine: ArrayEngine, *, encoded: bool) -> PairSample | None:
    if settings.score == RULES or settings.weights is not None:
        return None
    return training_sample(engine, encoded=encoded)


def _involved(source: AuditInput, sample: PairSample | None) -> Pmids:
    """Every article whose text is compared; eight bytes for each are held."""
    found = np.empty(0, np.int64)
    if sample is not None:
        found = np.unique(np.concatenate([sample.first, sample.second]))
    for items in source.batches(BATCH):
        known = [pmid for anchor in items.anchors for pmid in anchor.known_pmids]
        found = np.union1d(found, np.concatenate([known, items.negative_pmid]))
    return found.astype(np.int64)


def _write(folder: Path, auditor: Auditor, source: AuditInput) -> None:
    with (
        pq.ParquetWriter(folder / ANCHORS_FILE, ANCHOR_SCHEMA, **COMPRESSION) as anchors,
        VerdictWriter(folder) as verdicts,
        progress_bar("Auditing", unit="negative", scale=True) as bar,
    ):
        for items in source.batches(BATCH):
            anchors.write_table(anchor_table(items.anchors))
            verdicts.write(auditor.judge(items))
            bar.update(len(items.negative_pmid))


def _manifest(settings: AuditSettings, source: AuditInput, rates: Rates) -> Manifest:
    given = settings.weights
    weights = {} if given is None else {str(given): file_sha256(given)}
    return Manifest(
        kind=MANIFEST_KIND,
        settings={**asdict(settings), "audited": source.name},
        inputs={**source.inputs, **weights},
        counts={"negatives": rates.overall.total(), **rates.overall},
        dropped=dict(source.left_out),
    )
