"""Papers planted a second time: word for word, and as a changed version under another title.

They are added to a small copy of the graph in memory; the graph itself is not touched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.graph.pmid_set import order_key
from citemesh.graph.snapshot.arrays import Csr, csr_of, find_sorted
from citemesh.graph.snapshot.snapshot import Snapshot
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.evidence import PairEvidence, pair_reader, read_evidence

Ints = NDArray[np.int64]

DUPLICATE, VERSION = "duplicate", "changed version"
#: Papers that are planted.
PLANTED = 500
#: Share of references and of headings that a changed version lacks.
_LOST = 0.2


@dataclass(frozen=True)
class PlantedCopies:
    """Evidence of papers with what was planted of them.

    Args:
        kind: `DUPLICATE` or `VERSION`.
        evidence: of each paper and its copy.
    """

    kind: str
    evidence: PairEvidence


def planted_copies(engine: ArrayEngine, kind: str, count: int = PLANTED) -> PlantedCopies:
    """Plant copies of documents and read the evidence of each beside its original.

    Args:
        engine: the graph.
        kind: `DUPLICATE`: the same title, headings and references, cited by nobody yet; `VERSION`:
            another title, and a fifth of headings and references gone.
        count: documents at most, in the graph's pseudo-random order.
    """
    snapshot = engine.snapshot
    chosen = np.sort(np.asarray(snapshot.documents_by_h[:count], np.int64))
    small, copies = _with_copies(snapshot, chosen, kind)
    planted = ArrayEngine(small)
    first = snapshot.pmid[chosen]
    articles = planted.articles(np.concatenate([first, copies]))
    return PlantedCopies(
        kind, read_evidence(planted, pair_reader(planted), articles, first, copies)
    )


def _with_copies(snapshot: Snapshot, chosen: Ints, kind: str) -> tuple[Snapshot, Ints]:
    """A graph of the chosen documents, what they cite and what cites them, and their copies."""
    _, cited = snapshot.cites.rows(chosen)
    _, citing = snapshot.cited_by.rows(chosen)
    own = np.unique(np.concatenate([chosen, cited, citing]))
    source = np.concatenate([own, chosen])
    pmid = np.concatenate(
        [snapshot.pmid[own], snapshot.pmid[-1] + 1 + np.arange(len(chosen))]
    ).astype(np.int64)
    copied = np.arange(len(source)) >= len(own)
    lost = _LOST if kind == VERSION else 0.0
    owner, entries = snapshot.cites.entries(source)
    ends = find_sorted(own, snapshot.cites.indices[entries].astype(np.int64))
    kept = (ends >= 0) & ~(copied[owner] & _drawn(owner, ends, lost))
    cites = csr_of(owner[kept], ends[kept], len(source))
    owner, entries = snapshot.headings.entries(source)
    kept = ~(copied[owner] & _drawn(owner, entries, lost))
    owner, entries = owner[kept], entries[kept]
    title = snapshot.title_key[source].copy()
    if kind == VERSION:
        title[copied] = 0
    none = Csr(np.zeros(len(source) + 1, np.int64), np.empty(0, np.int32))
    small = replace(
        snapshot, pmid=pmid, title_key=title, cites=cites, cited_by=_transposed(cites),
        same_work=none, headings=csr_of(owner, snapshot.headings.indices[entries], len(source)),
        headings_major=snapshot.headings_major[entries],
        headings_qualifiers=snapshot.headings_qualifiers[entries],
        **{name: getattr(snapshot, name)[source]
           for name in ("year", "h", "flags", "indexing_method")},
    )  # fmt: skip
    return small, pmid[copied]


def _drawn(owner: Ints, entry: Ints, share: float) -> NDArray[np.bool_]:
    """A fixed pseudo-random share of entries."""
    keys: NDArray[Any] = order_key(owner * 1_000_003 + entry)
    return np.asarray(keys < share * (1 << 31))


def _transposed(lists: Csr) -> Csr:
    owner, ends = lists.rows(np.arange(len(lists)))
    order = np.lexsort((owner, ends))
    return csr_of(ends[order], owner[order], len(lists))
