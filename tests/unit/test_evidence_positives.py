"""Papers with strong evidence as positives: which may be taken, and where their texts go."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.corpus import Document
from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.array_engine import ArrayEngine
from citemesh.training.batches.evidence_mask import EvidenceMask
from citemesh.training.data import evidence_positives
from citemesh.training.data.evidence_positives import EvidencePositives, EvidenceSearch
from citemesh.training.data.evidence_texts import with_evidence_positives
from tests.unit.mining_oracle import Paper, snapshot_of
from tests.unit.row_samples import drawn_rows, row_ids
from tests.unit.test_audit_evidence import UNKNOWN, graphs
from tests.unit.test_evidence_mask import STRONG, combiners, engine_of, sparse_graphs


def denied(*pmids):
    papers = PmidSet()
    papers.add(np.array(pmids, np.int64))
    return papers


def found_in(papers, rows, known, seed=0, share=1.0, probability=0.5, deny=None):
    """Row to the paper that takes the place of its positive."""
    search = EvidenceSearch(ArrayEngine(snapshot_of(papers)), STRONG, probability, deny)
    found = search.find(row_ids(rows, known), share, seed)
    assert found.counts["asked"] == found.counts["found"] + found.counts["without"]
    return dict(zip(found.rows.tolist(), found.pmids.tolist(), strict=True))


@settings(max_examples=50)
@given(sparse_graphs() | graphs(), combiners(), st.data())
def test_what_is_found_may_be_found(papers, combiner, data):
    """By the mask it would be no negative, and it is none of what must not be taken."""
    rows, known = data.draw(drawn_rows([*(paper.pmid for paper in papers), UNKNOWN, 0]))
    papers = [replace(p, document=data.draw(st.booleans()), retracted=p.pmid % 7 == 0)
              for p in papers]  # fmt: skip
    engine, ids = engine_of(papers), row_ids(rows, known)
    deny = data.draw(st.sampled_from([papers[0].pmid, UNKNOWN]))
    found = EvidenceSearch(engine, combiner, 0.5, denied(deny)).find(ids, 1.0, 3)
    assert found.asked == len(rows)
    documents = {p.pmid for p in papers if p.document and not p.retracted} - {deny}
    for row, pmid in zip(found.rows.tolist(), found.pmids.tolist(), strict=True):
        query, positive, negatives = rows[row]
        assert pmid in documents - {positive, *known[query], *negatives}
        # The row beside another query whose positive is the paper.
        pair = row_ids([(0, positive, []), (1, pmid, [])], [known[query], []])
        masked = EvidenceMask(pair, engine, combiner, 0.5).of(np.arange(2))["masked"]
        assert masked[0, 1]


#: 1 shares three references with 2 to 6, of which 5 is no document and 6 is retracted.
RELATED = [
    Paper(1, cites=frozenset({11, 12, 13})), Paper(2, cites=frozenset({11, 12, 13})),
    Paper(3, cites=frozenset({11, 12, 13})), Paper(4, cites=frozenset({11, 12, 13})),
    Paper(5, cites=frozenset({11, 12, 13}), document=False),
    Paper(6, cites=frozenset({11, 12, 13}), retracted=True),
    Paper(7, cites=frozenset({11, 12, 13}), same_work=frozenset({1})),
    Paper(8), Paper(11), Paper(12), Paper(13),
]  # fmt: skip


def test_the_seed_draws_among_the_best():
    drawn = {found_in(RELATED, [(0, 1, [])], [[1]], seed)[0] for seed in range(30)}
    assert drawn == {2, 3, 4}


def test_negatives_known_and_denied_papers_are_not_taken():
    assert found_in(RELATED, [(0, 1, [2, 8])], [[1, 3]]) == {0: 4}
    assert found_in(RELATED, [(0, 1, [2, 8])], [[1, 3]], deny=denied(4)) == {}
    assert found_in(RELATED, [(0, 1, [2, 8])], [[1]], probability=1.0) == {}


def test_it_is_sought_around_the_query_s_own_paper():
    assert found_in(RELATED, [(0, 8, [2])], [[1, 3, 8]]) == {0: 4}
    assert found_in(RELATED, [(0, 8, [])], [[8]]) == {}


def test_a_share_of_the_rows_is_drawn_whatever_the_chunks_hold(monkeypatch):
    rows: list[tuple[int, int, list[int]]] = [(0, 1, [])] * 400
    known = [[1]]
    monkeypatch.setattr(evidence_positives, "_CHUNK", 150)
    half = found_in(RELATED, rows, known, share=0.5)
    assert 150 < len(half) < 250
    assert half == found_in(RELATED, rows, known, share=0.5)
    assert set(half) != set(found_in(RELATED, rows, known, seed=1, share=0.5))
    assert {row // 150 for row in half} == {0, 1, 2}
    assert {row % 150 for row in half if row < 150} != {row % 150 for row in half if row >= 300}
    assert found_in(RELATED, rows, known, share=0.0) == {}


class _Corpus:
    """Documents 0 to 99."""

    def documents(self, pmids):
        return {pmid: Document(pmid, f"T{pmid}", f"A{pmid}") for pmid in pmids if pmid < 100}


ROWS = [(0, 1, [5]), (0, 2, [6]), (1, 3, [7])]


def put_in(tmp_path, pmids, rows=(0, 2), titled=False):
    texts = Dataset.from_dict(
        {name: [f"{name} {row}" for row in range(3)] for name in ("anchor", "positive", "negative")}
    )
    found = EvidencePositives(np.array(rows), np.array(pmids), 3)
    ids = row_ids(ROWS, [[1, 2], [3]])
    return with_evidence_positives(texts, ids, found, cast(Any, _Corpus()), tmp_path, titled=titled)


def test_texts_and_ids_change_together_and_nothing_else_does(tmp_path):
    texts, ids = put_in(tmp_path, [9, 8])
    assert texts.column_names == ["anchor", "positive", "negative"]
    assert texts["positive"][:] == ["A9", "positive 1", "A8"]
    assert texts["negative"][:] == [f"negative {row}" for row in range(3)]
    assert ids.positive.tolist() == [9, 2, 8]
    assert ids.negatives.tolist() == [[5], [6], [7]]
    # Former positives stay known.
    assert [ids.known.row(query).tolist() for query in (0, 1)] == [[1, 2, 9], [3, 8]]


def test_a_paper_drawn_twice_is_known_once_and_may_be_drawn_for_several_queries(tmp_path):
    texts, ids = put_in(tmp_path, [9, 9, 9], rows=(0, 1, 2), titled=True)
    assert texts["positive"][:] == ["T9 A9"] * 3
    assert [ids.known.row(query).tolist() for query in (0, 1)] == [[1, 2, 9], [3, 9]]


def test_without_a_paper_all_stays(tmp_path):
    texts, ids = put_in(tmp_path, np.empty(0, np.int64), rows=np.empty(0, np.int64))
    assert texts["positive"][:] == [f"positive {row}" for row in range(3)]
    assert ids.positive.tolist() == [1, 2, 3]


def test_a_paper_without_a_text_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no text of 1 papers .* PMID 500"):
        put_in(tmp_path, [9, 500])
