"""A judged set: queries of which half of the good documents are taken for known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from citemesh.errors import InputError
from citemesh.graph.pmid_set import order_key
from citemesh.mining.anchors.beir_queries import open_beir

#: Good documents that a query must have: three known, three hidden.
MIN_GOOD = 6


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with what is known of it and what is hidden from the auditor.

    Args:
        number: the same for all halvings of a query, which belong together.
        query_id: its name.
        text: its words.
        known: good documents that the auditor is told, sorted.
        relevant: all documents judged relevant, known ones too.
    """

    number: int
    query_id: str
    text: str
    known: tuple[int, ...]
    relevant: frozenset[int]


def read_judged(
    folder: Path, qrels: Sequence[str], good: int, documents: frozenset[int], splits: int
) -> list[JudgedQuery]:
    """Judged queries with enough good documents; what is not in the corpus is left out.

    Args:
        folder: in BEIR's form, its document ids being PMIDs.
        qrels: which of its judgments.
        good: the least grade of a good document; relevant is whatever is above 0.
        documents: PMIDs of the corpus.
        splits: how often each query's good documents are halved anew.

    Raises:
        InputError: when no query has enough.
    """
    source = open_beir(folder, qrels)
    texts = {query_id: text for _, query_id, text in source.queries()}
    grades: dict[str, dict[int, int]] = {}
    for _, query_id, pmid, score in source.judgments():
        if pmid in documents and score > 0:
            grades.setdefault(query_id, {})[pmid] = score
    found = [
        made
        for number, (query_id, own) in enumerate(grades.items())
        for split in range(splits)
        if query_id in texts
        and (made := _split(number, query_id, texts[query_id], own, good, split))
    ]
    if not found:
        raise InputError(
            f"No query of {folder} has {MIN_GOOD} documents of grade {good} or above here.",
            "Its document ids must be PMIDs of the loaded graph; --good sets the grade.",
        )
    return found


def _split(
    number: int, query_id: str, text: str, grades: dict[int, int], good: int, split: int
) -> JudgedQuery | None:
    pmids = np.array(sorted(pmid for pmid, grade in grades.items() if grade >= good), np.int64)
    if len(pmids) < MIN_GOOD:
        return None
    shuffled = pmids[np.argsort((order_key(pmids) * (2 * split + 1)) % (1 << 31))]
    known = tuple(sorted(shuffled[: len(pmids) // 2].tolist()))
    return JudgedQuery(number, query_id, text, known, frozenset(grades))
