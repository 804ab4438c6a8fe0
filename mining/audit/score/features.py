"""The evidence that the score weighs, as numbers by name; the direct citation is never among it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.audit.evidence import PairEvidence

Floats = NDArray[np.float64]


def _known(values: Floats) -> Floats:
    return np.nan_to_num(values)


#: What the graph says, each as the score takes it: counts on a logarithmic scale, for the second
#: shared reference tells less than the first; what is unknown counts as nothing in common.
GRAPH_FEATURES: dict[str, Callable[[PairEvidence], Floats]] = {
    "siml": lambda e: _known(e.siml),
    "ic_cosine": lambda e: _known(e.ic_cosine),
    "lin": lambda e: _known(e.lin),
    "log_shared_references": lambda e: np.log1p(e.shared_references),
    "log_shared_citers": lambda e: np.log1p(e.shared_citers),
    "references_similarity": lambda e: _known(e.references_similarity),
    "citers_similarity": lambda e: _known(e.citers_similarity),
    "log_chains": lambda e: np.log1p(e.chains),
    "shares_major": lambda e: (e.shared_major > 0).astype(np.float64),
    "log_shared_headings": lambda e: np.log1p(e.shared_headings),
    "qualifier_conflicts": lambda e: np.log1p(e.qualifier_conflicts),
}
#: What an encoder says.
TEXT_FEATURES: dict[str, Callable[[PairEvidence], Floats]] = {
    "query_cosine": lambda e: _known(e.query_cosine),
    "positive_cosine": lambda e: _known(e.positive_cosine),
}
FEATURES = GRAPH_FEATURES | TEXT_FEATURES
#: What weights for other corpora rest on. Shares of a paper's references, chains and the like hang
#: on how many of its references a corpus holds: with them, weights of the file of 1977-79 told the
#: citations of the cystic fibrosis records less well (AUC .858) than without (.883).
TRANSFERRED_FEATURES = (
    "siml", "ic_cosine", "log_shared_references", "log_shared_citers", "shares_major",
    "log_shared_headings",
)  # fmt: skip


def feature_matrix(evidence: PairEvidence, names: Sequence[str]) -> Floats:
    """Features of pairs, shape (pairs, names)."""
    columns = [np.asarray(FEATURES[name](evidence), np.float64) for name in names]
    return np.stack(columns, axis=1) if columns else np.empty((len(evidence), 0))
