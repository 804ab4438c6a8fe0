"""Whose weights an audit uses: those learnt from its corpus, another audit's, or the package's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.anchors import plain_title
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import (
    PAIRS,
    PairEvidence,
    pair_reader,
    read_evidence,
)
from citemesh.mining.audit.score.calibrate import fit_calibrator, reference_lists
from citemesh.mining.audit.score.combiner import Combiner, read_combiner, shipped_combiner
from citemesh.mining.audit.score.features import GRAPH_FEATURES, TEXT_FEATURES
from citemesh.mining.audit.score.learn import (
    MAX_CITATIONS,
    MAX_CITATIONS_ENCODED,
    MIN_CITATIONS,
    learn,
)
from citemesh.mining.audit.score.pair_sample import KINDS, PairSample, sample_pairs
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
    citations = int(sample.positive.sum())
    with step(f"Learning the weights of the evidence from {citations:,} citations"):
        features = GRAPH_FEATURES if cosines is None else (*GRAPH_FEATURES, *TEXT_FEATURES)
        reader = PaperEvidence(engine, corpus, cosines)
        origin = f"{citations:,} citations of the corpus itself"
        return combiner_from(sample, reader, tuple(features), origin)


def combiner_from(
    sample: PairSample, reader: PaperEvidence, features: Sequence[str], origin: str
) -> Combiner:
    """Weights and calibration from a sample; with few reference lists the package's calibration.

    Args:
        sample: the pairs.
        reader: reads evidence of more pairs.
        features: names of those to weigh.
        origin: what is learnt from, in words.
    """
    weights = learn(sample, reader.read(sample.first, sample.first, sample.second), features)
    lists = reference_lists(sample)
    log_odds = weights.log_odds(reader.read(lists.paper, lists.known, lists.candidate))
    largest = np.full(len(lists.hidden), -np.inf)
    np.maximum.at(largest, lists.item, log_odds)
    met = np.isfinite(largest)
    told = ~np.isnan(weights.unseen)
    single = weights.unseen[told], sample.positive[told]
    calibrator = fit_calibrator(single, largest[met], lists.take(met))
    return Combiner(
        weights.features, weights.weights, weights.intercept,
        calibrator or shipped_combiner().calibrator, origin,
        {kind: int((sample.kind == place).sum()) for place, kind in enumerate(KINDS)},
        weights.quality,
    )  # fmt: skip


class PaperEvidence:
    """Reads evidence of pairs of papers for a query that is a paper's title.

    Args:
        engine: the graph.
        corpus: its texts.
        cosines: an encoder; None without one.
    """

    def __init__(
        self, engine: ArrayEngine, corpus: Corpus, cosines: EncoderCosines | None = None
    ) -> None:
        self._engine = engine
        self._corpus = corpus
        self._cosines = cosines

    def read(self, papers: Pmids, first: Pmids, second: Pmids) -> PairEvidence:
        """Evidence of pairs.

        Args:
            papers: whose titles are the queries, shape (pairs,).
            first: known positives.
            second: the other sides.
        """
        begins = range(0, max(len(first), 1), PAIRS)
        return PairEvidence.together([
            self._read(*(side[begin : begin + PAIRS] for side in (papers, first, second)))
            for begin in begins
        ])  # fmt: skip

    def _read(self, papers: Pmids, first: Pmids, second: Pmids) -> PairEvidence:
        articles = self._engine.articles(np.concatenate([first, second]))
        reader = pair_reader(self._engine)
        evidence = read_evidence(self._engine, reader, articles, first, second)
        if self._cosines is None:
            return evidence
        documents = self._corpus.documents(papers.tolist())
        queries = [plain_title(documents[pmid].title) for pmid in papers.tolist()]
        return self._cosines.add(evidence, queries, first, second)


def given_combiner(path: Path) -> Combiner:
    """Weights that another audit wrote (``scorer.json``).

    Raises:
        InputError: when the file holds none.
    """
    return read_combiner(path.read_text("utf-8", errors="replace"), str(path))
