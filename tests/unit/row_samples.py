"""Rows of ids as training has them, made by hand or drawn by hypothesis."""

import numpy as np
from hypothesis import strategies as st

from citemesh.graph.snapshot.arrays import csr_of
from citemesh.training.data.row_ids import RowIds


def row_ids(rows, known):
    """Ids of rows (query, positive, negatives) and each query's known papers."""
    owner = np.repeat(np.arange(len(known)), [len(own) for own in known])
    return RowIds(
        np.array([query for query, _, _ in rows], np.int64),
        np.array([positive for _, positive, _ in rows], np.int64),
        np.array([own for _, _, own in rows], np.int64).reshape(len(rows), -1),
        csr_of(owner, np.array([pmid for own in known for pmid in own], np.int64), len(known)),
    )


@st.composite
def drawn_rows(draw, pmids):
    """Rows over a few PMIDs, 0 for unknown ones among them, so that they meet in a batch."""
    papers = st.sampled_from(pmids)
    negatives = draw(st.integers(0, 2))
    known = [
        draw(st.lists(papers.filter(bool), max_size=4, unique=True))
        for _ in range(draw(st.integers(1, 3)))
    ]
    made = []
    for _ in range(draw(st.integers(1, 6))):
        query = draw(st.integers(0, len(known) - 1))
        some = st.sampled_from(known[query]) if known[query] else papers
        own = draw(st.lists(papers, min_size=negatives, max_size=negatives))
        made.append((query, draw(some | papers), own))
    return made, known


def documents_of(batch):
    """Row and PMID of each document, counted column by column."""
    columns = [[(row, positive) for row, (_, positive, _) in enumerate(batch)]]
    for number in range(len(batch[0][2])):
        columns.append([(row, own[number]) for row, (_, _, own) in enumerate(batch)])
    return [document for column in columns for document in column]
