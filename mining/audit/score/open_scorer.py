"""Which scorer an audit uses: rules, weights learnt from its corpus, or those of the package."""

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


def learnt_combiner(
    engine: ArrayEngine, corpus: Corpus, cosines: EncoderCosines | None = None
) -> Combiner:
    """Weights from the corpus's own citations; those of the package when there are too few.

    Args:
        engine: the graph.
        corpus: its texts.
        cosines: an encoder whose cosines are weighed too; pairs are then of documents only.
    """
    most = MAX_CITATIONS if cosines is None else MAX_CITATIONS_ENCODED
    sample = sample_pairs(engine, most, documents=cosines is not None)
    citations = int(sample.positive.sum())
    if citations < MIN_CITATIONS:
        encoded = " The encoder's cosines are shown, not weighed." if cosines else ""
        say(
            f"The corpus has {citations:,} citations within it, fewer than the {MIN_CITATIONS} "
            f"that weights are learnt from: those of the package are used.{encoded}"
        )
        return shipped_combiner()
    features: Sequence[str] = tuple(GRAPH_FEATURES)
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
    return read_combiner(path.read_text("utf-8"), str(path))


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
