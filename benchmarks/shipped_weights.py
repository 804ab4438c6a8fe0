"""Learn the weights of evidence that the package carries, from PubMed's file of 1977-79.

    python -m benchmarks.shipped_weights --workspace DIR

DIR holds the graph of that one file (`citemesh demo` makes it). Audits of corpora with too few
citations of their own use these weights. Run it again when a feature changes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.score import combiner
from citemesh.mining.audit.score.features import TRANSFERRED_FEATURES
from citemesh.mining.audit.score.learn import MAX_CITATIONS
from citemesh.mining.audit.score.open_scorer import PaperEvidence, combiner_from
from citemesh.mining.audit.score.pair_sample import sample_pairs
from citemesh.workspace import Workspace

TARGET = Path(combiner.__file__).with_name(combiner.SHIPPED)


def main() -> None:
    """Write the weights and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--workspace", type=Path, required=True, help="a loaded workspace")
    workspace = Workspace(parser.parse_args().workspace.absolute())
    with open_loaded_graph(workspace) as client:
        engine = ArrayEngine(open_snapshot(workspace, client))
    sample = sample_pairs(engine, MAX_CITATIONS)
    citations = int(sample.positive.sum())
    origin = f"{citations:,} citations within PubMed's baseline file pubmed20n0014 (1977-79)"
    reader = PaperEvidence(engine, Corpus(workspace.corpus))
    made = combiner_from(sample, reader, TRANSFERRED_FEATURES, origin)
    made.write(TARGET)
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
