"""Whose weights an audit uses: those learnt from its corpus, another audit's, or the package's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from citemesh.graph.corpus import Corpus
from citemesh.mining.anchors import plain_title
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PairEvidence, pair_reader, read_evidence
from citemesh.mining.audit.score.combiner import Combiner, read_combiner, shipped_combiner
from citemesh.mining.audit.score.features import GRAPH_FEATURES, TEXT_FEATURES
from citemesh.mining.audit.score.learn import (
    MAX_CITATIONS,
    MAX_CITATIONS_ENCODED,
    MIN_CITATIONS,
    learn,
)
from citemesh.mining.audit.score.pair_sample import PairSample, sample_pairs
from citemesh.mining.audit.text_cosines import EncoderCosines
from citemesh.progress import say, step


def training_sample(engine: ArrayEngine, *, encoded: bool) -> PairSample | None:
    """The pairs that weights are learnt from; None where the corpus has too few citations.

    Pairs of documents, as negatives are; where there are too few of them, pairs of records.

    Args:
        engine: the graph.
        encoded: both sides must have texts, and few enough pairs to encode.
    """
    most = MAX_CITATIONS_ENCODED if encoded else MAX_CITATIONS
    sample = sample_pairs(engine, most, documents=True)
    if not encoded and sample.positive.sum() < MIN_CITATIONS:
        sample = sample_pairs(engine, most)
    return sample if sample.positive.sum() >= MIN_CITATIONS and sample.mixed else None


def learnt_combiner(
    engine: ArrayEngine, sample: PairSample | None, corpus: Corpus,
    cosines: EncoderCosines | None = None,
) -> Combiner:  # fmt: skip
    """Weights learnt from a sample; those of the package where there is none.

    Args:
        engine: the graph.
        sample: from `training_sample`.
        corpus: its texts.
        cosines: an encoder whose cosines are weighed too.
    """
    if sample is None:
        encoded = " The encoder's cosines are shown, not weighed." if cosines else ""
        say(
            f"The corpus has fewer than {MIN_CITATIONS} citations within it, too few to learn "
            f"weights from: those of the package are used.{encoded}"
        )
        return shipped_combiner()
    features: Sequence[str] = tuple(GRAPH_FEATURES)
    citations = int(sample.positive.sum())
    with step(f"Learning the weights of the evidence from {citations:,} citations"):
        evidence = evidence_of(engine, sample)
        if cosines is not None:
            features = (*GRAPH_FEATURES, *TEXT_FEATURES)
            evidence = _with_cosines(evidence, sample, corpus, cosines)
        origin = f"{citations:,} citations of the corpus itself"
        return learn(sample, evidence, features, origin)[0]


def given_combiner(path: Path) -> Combiner:
    """Weights that another audit wrote (``scorer.json``).

    Raises:
        InputError: when the file holds none.
    """
    return read_combiner(path.read_text("utf-8", errors="replace"), str(path))


def evidence_of(engine: ArrayEngine, sample: PairSample) -> PairEvidence:
    """What the graph says of sampled pairs."""
    articles = engine.articles(np.concatenate([sample.first, sample.second]))
    return read_evidence(engine, pair_reader(engine), articles, sample.first, sample.second)


def _with_cosines(
    evidence: PairEvidence, sample: PairSample, corpus: Corpus, cosines: EncoderCosines
) -> PairEvidence:
    """The title of the first stands for a query, as a title anchor does."""
    documents = corpus.documents(sample.first.tolist())
    queries = [plain_title(documents[pmid].title) for pmid in sample.first.tolist()]
    return cosines.add(evidence, queries, sample.first, sample.second)
