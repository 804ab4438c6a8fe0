"""Time the audit's evidence by arrays and by Cypher beside encoding the same pairs with MiniLM.

    python -m benchmarks.audit --pairs 20000

Pairs are documents with documents that the strategy `sibling` finds for them, as an audit meets
them. Ours: all evidence of a pair (citations, chains, headings, similarities, tree distance), and
for arrays also whole verdicts with reasons and sentences. Theirs: both abstracts encoded on the
CPU, each text once, without the comparison. Each in its turn, on all cores that it takes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.negatives import loaded_workspace
from benchmarks.snapshot import machine
from citemesh.demo import carried_model
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.anchors import Anchor
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.auditor import Auditor
from citemesh.mining.audit.evidence import pair_reader, read_evidence
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.run import BATCH
from citemesh.mining.audit.score.combiner import shipped_combiner
from citemesh.mining.audit.score.scorers import CombinerScorer
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.engine import Engine
from citemesh.mining.strategies.sibling import Sibling
from citemesh.tables import render_table

#: Negatives per document, as a mined set has them.
PER_DOCUMENT = 4


def sibling_pairs(engine: ArrayEngine, count: int) -> tuple[Pmids, Pmids]:
    """Documents with what `sibling` finds for them."""
    starts = np.sort(engine.snapshot.pmid[engine.snapshot.documents_by_h[:count]])
    found = Sibling().look(engine, starts, PER_DOCUMENT)
    return starts[found.start][:count], found.pmid[:count]


def evidence_rate(engine: Engine, first: Pmids, second: Pmids) -> float:
    """Pairs per second of reading all evidence, a batch of the audit at a time."""
    reader = pair_reader(engine)

    def read() -> None:
        for start in range(0, len(first), BATCH):
            one, other = first[start : start + BATCH], second[start : start + BATCH]
            articles = engine.articles(np.concatenate([one, other]))
            read_evidence(engine, reader, articles, one, other)

    return _rate(len(first), read)


def verdict_rate(engine: Engine, first: Pmids, second: Pmids) -> float:
    """Pairs per second of whole verdicts."""
    auditor = Auditor(engine, CombinerScorer(shipped_combiner()))
    batches = []
    for start in range(0, len(first), BATCH):
        pmids, anchor = np.unique(first[start : start + BATCH], return_inverse=True)
        anchors = [Anchor(str(pmid), "", pmid, (pmid,)) for pmid in pmids.tolist()]
        others = second[start : start + BATCH]
        ranks = np.ones(len(others), np.int32)
        batches.append(AuditItems(anchors, anchor, others, ["sibling"] * len(others), ranks))
    return _rate(len(first), lambda: [auditor.judge(items) for items in batches])


def encoding_rate(corpus: Corpus, first: Pmids, second: Pmids) -> float:
    """Pairs per second of encoding both abstracts, each text once."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(carried_model()), device="cpu")
    documents = corpus.documents({*first.tolist(), *second.tolist()})
    texts = [f"{d.title} {d.abstract}" for d in documents.values()]
    return _rate(len(first), lambda: model.encode(texts, batch_size=32), rounds=1)


def _rate(pairs: int, work: Callable[[], Any], rounds: int = 3) -> float:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return pairs / statistics.median(seconds)


def main() -> None:
    """Print pairs per second and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=20_000, help="by arrays")
    parser.add_argument("--cypher-pairs", type=int, default=4_000, help="by Cypher")
    parser.add_argument("--encoded-pairs", type=int, default=500, help="encoded")
    parser.add_argument("--workspace", type=Path, help="a loaded workspace; else one is made")
    given = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with loaded_workspace(given.workspace) as workspace, open_loaded_graph(workspace) as client:
        arrays = ArrayEngine(open_snapshot(workspace, client))
        cypher = CypherEngine(client)
        first, second = sibling_pairs(arrays, given.pairs)
        few, some = slice(given.encoded_pairs), slice(given.cypher_pairs)
        evidence_rate(cypher, first[few], second[few])  # plans and pages are made once
        evidence_rate(arrays, first[few], second[few])
        corpus = Corpus(workspace.corpus)
        rates = {
            "MiniLM: both texts encoded": encoding_rate(corpus, first[few], second[few]),
            "Cypher: evidence": evidence_rate(cypher, first[some], second[some]),
            "arrays: evidence": evidence_rate(arrays, first, second),
            "arrays: verdicts": verdict_rate(arrays, first, second),
        }
    slow = rates["MiniLM: both texts encoded"]
    print(render_table([
        {"way": way, "pairs per second": rate, "times as fast": rate / slow}
        for way, rate in rates.items()
    ]))  # fmt: skip
    print(machine())


if __name__ == "__main__":
    main()
