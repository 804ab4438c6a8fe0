"""Learn the weights of evidence that the package carries, from PubMed's file of 1977-79.

    python -m benchmarks.shipped_weights --workspace DIR [--on OTHER]

DIR holds the graph of that one file (`citemesh demo` makes it). Audits of corpora with too few
citations of their own use these weights. Run it again when a feature changes. With OTHER, another
loaded workspace, nothing is written: it prints how well weights learnt in DIR tell the citations of
OTHER from unlinked pairs, with all evidence and with the features that are shipped.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PairEvidence
from citemesh.mining.audit.score import combiner
from citemesh.mining.audit.score.features import GRAPH_FEATURES, TRANSFERRED_FEATURES
from citemesh.mining.audit.score.learn import MAX_CITATIONS, learn
from citemesh.mining.audit.score.open_scorer import PaperEvidence, combiner_from
from citemesh.mining.audit.score.pair_sample import PairSample, sample_pairs
from citemesh.workspace import Workspace

TARGET = Path(combiner.__file__).with_name(combiner.SHIPPED)


@dataclass(frozen=True)
class Taught:
    """A corpus with the pairs that weights are learnt from, or tested on."""

    sample: PairSample
    reader: PaperEvidence

    def evidence(self) -> PairEvidence:
        """Of every pair."""
        return self.reader.read(self.sample.first, self.sample.first, self.sample.second)


def opened(path: Path, *, documents: bool) -> Taught:
    """The pairs of a loaded workspace."""
    workspace = Workspace(path.absolute())
    with open_loaded_graph(workspace) as client:
        engine = ArrayEngine(open_snapshot(workspace, client))
    sample = sample_pairs(engine, MAX_CITATIONS, documents=documents)
    return Taught(sample, PaperEvidence(engine, Corpus(workspace.corpus)))


def transfer(here: Taught, there: Taught, features: Sequence[str]) -> float:
    """The AUC on one corpus of weights that were learnt on another."""
    from sklearn.metrics import roc_auc_score

    weights = learn(here.sample, here.evidence(), features)
    return float(roc_auc_score(there.sample.positive, weights.log_odds(there.evidence())))


def main() -> None:
    """Write the weights and print them, or print how well they carry over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--workspace", type=Path, required=True, help="a loaded workspace")
    parser.add_argument("--on", type=Path, help="another one, whose citations are the test")
    given = parser.parse_args()
    here = opened(given.workspace, documents=False)
    if given.on is not None:
        there = opened(given.on, documents=True)
        for name, features in (("all", tuple(GRAPH_FEATURES)), ("shipped", TRANSFERRED_FEATURES)):
            print(f"{name} features: AUC {transfer(here, there, features):.3f}")
        return
    citations = int(here.sample.positive.sum())
    origin = f"{citations:,} citations within PubMed's baseline file pubmed20n0014 (1977-79)"
    combiner_from(here.sample, here.reader, TRANSFERRED_FEATURES, origin).write(TARGET)
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
