"""Ways to say how probably a candidate is relevant, side by side: the auditor's and the usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import Pmids
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PairEvidence, pair_reader, read_evidence
from citemesh.mining.audit.score.combiner import Combiner
from citemesh.mining.audit.text_cosines import EncoderCosines
from citemesh.mining.audit.validate.judged_set import JudgedQuery

Floats = NDArray[np.float64]

RANDOM, SIML, IC, GRAPH = "random", "siml", "ic_cosine", "graph"
#: The usual filter's score: cos(query, candidate) / cos(query, positive) orders the candidates of a
#: query as the numerator does.
RATIO = "ratio"
POSITIVE_COSINE, GRAPH_AND_TEXT = "positive_cosine", "graph_and_text"
#: Rules that need an encoder.
TEXT_RULES = (RATIO, POSITIVE_COSINE, GRAPH_AND_TEXT)


@dataclass(frozen=True)
class Judge:
    """Scores candidates of a judged query by every rule, larger for rather relevant.

    Args:
        engine: the graph.
        graph: weights of the graph's evidence.
        with_text: weights of that and of cosines; None without an encoder.
        cosines: the encoder.
    """

    engine: ArrayEngine
    graph: Combiner
    with_text: Combiner | None = None
    cosines: EncoderCosines | None = None

    def scores(self, query: JudgedQuery, candidates: Pmids) -> Mapping[str, Floats]:
        """Rule to scores, shape (candidates,): the largest over the known positives of the query.

        Args:
            query: only its known half is looked at.
            candidates: PMIDs, each once.
        """
        known = np.array(query.known, np.int64)
        first, second = np.tile(known, len(candidates)), np.repeat(candidates, len(known))
        evidence = self._evidence(query, first, second)

        def largest(values: Floats) -> Floats:
            found: Floats = values.reshape(len(candidates), len(known)).max(axis=1)
            return found

        rules: dict[str, Callable[[], Floats]] = {
            RANDOM: lambda: np.random.default_rng([query.number, *query.known]).random(
                len(candidates)
            ),
            SIML: lambda: largest(np.nan_to_num(evidence.siml)),
            IC: lambda: largest(np.nan_to_num(evidence.ic_cosine)),
            GRAPH: lambda: largest(self.graph.log_odds(evidence)),
        }
        if self.with_text is not None:
            combiner = self.with_text
            rules |= {
                RATIO: lambda: largest(evidence.query_cosine),
                POSITIVE_COSINE: lambda: largest(evidence.positive_cosine),
                GRAPH_AND_TEXT: lambda: largest(combiner.log_odds(evidence)),
            }
        return {name: rule() for name, rule in rules.items()}

    def _evidence(self, query: JudgedQuery, first: Pmids, second: Pmids) -> PairEvidence:
        articles = self.engine.articles(np.concatenate([first, second]))
        reader = pair_reader(self.engine)
        evidence = read_evidence(self.engine, reader, articles, first, second)
        if self.cosines is None:
            return evidence
        return self.cosines.add(evidence, [query.text] * len(first), first, second)
