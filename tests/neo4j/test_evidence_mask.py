"""The masks and positives of training on the real file: the audit's own judgments, row by row."""

import datasets
import numpy as np
import pytest

from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.arrays import csr_of
from citemesh.graph.snapshot.snapshot import is_document
from citemesh.mining.anchors import Anchor
from citemesh.mining.audit.auditor import Auditor
from citemesh.mining.audit.evidence import read_evidence
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.score.combiner import shipped_combiner
from citemesh.mining.audit.score.scorers import CombinerScorer
from citemesh.mining.negatives import read_mined
from citemesh.training.batches import evidence_mask
from citemesh.training.batches.evidence_mask import EvidenceMask
from citemesh.training.data.evidence_positives import EvidenceSearch
from citemesh.training.data.evidence_scorer import evidence_scorer
from citemesh.training.data.evidence_texts import with_evidence_positives
from citemesh.training.data.export import load_texts, read_export
from citemesh.training.data.read_ids import dev_papers, read_row_ids
from citemesh.training.data.row_ids import RowIds
from tests.support import run_citemesh


@pytest.fixture(scope="module")
def arrays(real_engines):
    return real_engines[1]


@pytest.fixture(scope="module")
def corpus(real_workspace):
    return Corpus(real_workspace.corpus)


@pytest.fixture(scope="module")
def combiner(arrays, corpus):
    return evidence_scorer(arrays, corpus, None)


@pytest.fixture(scope="module")
def export(real_workspace):
    commands = (
        ("mine", "--strategy", "cited=1", "--strategy", "sibling=2", "--limit", 400,
         "--name", "for-masks"),
        ("export", "for-masks", "--negatives", 1, "--dev", 0.1, "--name", "for-masks"),
    )  # fmt: skip
    for command in commands:
        done = run_citemesh(real_workspace.root, *command)
        assert done.returncode == 0, done.stderr
    return read_export(real_workspace.export("for-masks"))


def title_rows(pmids):
    """Rows of titles with their own abstracts."""
    numbers = np.arange(len(pmids))
    known = csr_of(numbers, pmids, len(pmids))
    return RowIds(numbers, pmids, np.empty((len(pmids), 0), np.int64), known)


def cited_pairs(engine, count):
    """Documents, each of the first half beside the one of the second half that it cites."""
    snapshot = engine.snapshot
    documents = np.flatnonzero(is_document(snapshot, np.arange(len(snapshot.pmid))))
    owner, cited = snapshot.cites.rows(documents)
    kept = is_document(snapshot, cited)
    citing, cited = documents[owner[kept]], cited[kept]
    chosen = np.random.default_rng(0).permutation(len(citing))[:count]
    return snapshot.pmid[np.concatenate([citing[chosen], cited[chosen]])]


def judged(engine, combiner, pmids):
    """What the audit finds probably relevant to each paper, shape (papers, papers)."""
    items = AuditItems(
        [Anchor(str(pmid), "A title", pmid, (pmid,)) for pmid in pmids.tolist()],
        np.repeat(np.arange(len(pmids)), len(pmids)), np.tile(pmids, len(pmids)),
        ["s"] * len(pmids) ** 2, np.ones(len(pmids) ** 2, np.int32),
    )  # fmt: skip
    table = Auditor(engine, CombinerScorer(combiner)).judge(items)
    found = np.isin(table["verdict"].to_pylist(), ["reject", "likely_false_negative"])
    return found.reshape(len(pmids), len(pmids))


def test_cited_pairs_in_a_batch_are_masked_as_the_audit_judges_them(arrays, combiner, monkeypatch):
    read = []

    def counted(engine, reader, articles, first, second):
        read.append(len(first))
        return read_evidence(engine, reader, articles, first, second)

    monkeypatch.setattr(evidence_mask, "read_evidence", counted)
    pmids = cited_pairs(arrays, 100)
    found = EvidenceMask(title_rows(pmids), arrays, combiner, 0.5).of(np.arange(len(pmids)))
    masked = found["masked"].numpy()
    expected = judged(arrays, combiner, pmids)
    np.fill_diagonal(expected, val=False)
    assert (masked == expected).all()
    # Of citations the audit recognises most without seeing them; of other pairs hardly any.
    citations = masked[np.arange(100), np.arange(100, 200)]
    assert citations.mean() > 0.5
    assert masked.mean() < 0.1
    assert sum(read) < masked.size / 4


def test_the_scorer_is_the_audits_when_it_judges_by_the_graph_alone(
    arrays, corpus, combiner, tmp_path
):
    shipped_combiner().write(tmp_path / "scorer.json")
    assert evidence_scorer(arrays, corpus, tmp_path) == shipped_combiner()
    (tmp_path / "scorer.json").write_text('{"format": 2, "origin": "plain rules"}')
    assert evidence_scorer(arrays, corpus, tmp_path) == combiner
    assert evidence_scorer(arrays, corpus, tmp_path / "nowhere") == combiner
    assert "citations of the corpus itself" in combiner.origin


def test_exported_ids_are_those_of_the_mined_anchors(export, real_workspace, tmp_path):
    rows = datasets.load_dataset(
        str(export.folder), "ids", split="train", cache_dir=str(tmp_path / "datasets")
    )
    anchors = {a.query_id: a for a, _ in read_mined(real_workspace.mined("for-masks"))}
    ids = read_row_ids(export, tmp_path / "ids")
    assert len(rows) == len(ids.query) > 200
    for number, row in enumerate(rows):
        anchor = anchors[row["query_id"]]
        assert row["anchor_pmid"] == anchor.anchor_pmid
        assert ids.positive[number] == row["positive_pmid"]
        assert ids.negatives[number].tolist() == [row["negative_pmid_1"]]
        assert ids.known.row(int(ids.query[number])).tolist() == list(anchor.known_pmids)


def test_evidence_positives_are_strong_papers_with_their_own_texts(
    export, arrays, corpus, combiner, tmp_path
):
    ids, denied = read_row_ids(export, tmp_path / "ids"), dev_papers(export)
    assert len(denied) > 20
    found = EvidenceSearch(arrays, combiner, 0.5, denied).find(ids, 0.5, seed=1)
    assert 0.35 < found.asked / len(ids.query) < 0.65
    assert len(found.rows) > 0.3 * found.asked
    assert not denied.contains(found.pmids).any()
    for row, pmid in zip(found.rows.tolist(), found.pmids.tolist(), strict=True):
        assert judged(arrays, combiner, np.array([ids.positive[row], pmid]))[0, 1]
    before = load_texts(export, tmp_path / "datasets")
    texts, new = with_evidence_positives(
        before, ids, found, corpus, tmp_path / "cache", titled=False
    )
    documents = corpus.documents(new.positive.tolist())
    assert texts["positive"][:] == [documents[pmid].abstract for pmid in new.positive.tolist()]
    assert texts["anchor"][:] == before["anchor"][:]
    changed = np.flatnonzero(new.positive != ids.positive)
    assert changed.tolist() == found.rows.tolist()
    for row in changed.tolist():
        known = set(new.known.row(int(new.query[row])).tolist())
        assert {int(ids.positive[row]), int(new.positive[row])} <= known
