"""Label vectors: what the settings say, one article after the other in plain Python."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from citemesh.training.batches.label_targets import LabelTargets
from citemesh.training.batches.label_vectors import LabelVectors
from tests.unit.label_samples import UIS, drawn_papers, engine_of, label_vector, papers_with

RULES = st.fixed_dictionaries(
    {"check_tags": st.booleans(), "ancestors": st.booleans(),
     "weights": st.sampled_from(["log_depth", "depth", "ic", "none"])}
)  # fmt: skip
UNKNOWN = 60_000


def as_dicts(matrix):
    """Rows as UI to weight."""
    rows = np.split(np.arange(matrix.nnz), matrix.indptr[1:-1])
    return [{UIS[matrix.indices[at]]: matrix.data[at] for at in row} for row in rows]


@given(drawn_papers(), RULES, st.randoms())
def test_label_vectors_are_what_the_rules_say_in_any_order(papers, rules, random):
    labels = LabelVectors(engine_of(papers), **rules)
    expected = {paper.pmid: label_vector(paper, **rules) for paper in papers} | {UNKNOWN: {}}
    pmids = random.choices(sorted(expected), k=5)
    found = labels.matrix(np.array(pmids))
    assert found.shape == (5, len(UIS))
    assert as_dicts(found) == [pytest.approx(expected[pmid]) for pmid in pmids]
    assert labels.labelled(np.array(pmids)).tolist() == [bool(expected[p]) for p in pmids]


@given(drawn_papers(least=1))
def test_products_at_length_1_are_the_siml_of_the_audit(papers):
    engine = engine_of(papers)
    pmids = np.array([paper.pmid for paper in papers])
    unit = LabelVectors(engine).unit_matrix(pmids)
    found = (unit @ unit.T).toarray()
    expanded = engine.mesh.expanded(engine.articles(pmids).headings)
    by_pmid = np.searchsorted(np.sort(pmids), pmids)
    first, second = np.divmod(np.arange(len(pmids) ** 2), len(pmids))
    siml = engine.mesh.siml(expanded, by_pmid[first], by_pmid[second])
    np.testing.assert_allclose(found.ravel(), np.nan_to_num(siml), atol=1e-12)


@given(drawn_papers(least=1), RULES, st.randoms())
def test_targets_are_the_vectors_over_the_labels_of_the_batch(papers, rules, random):
    labels = LabelVectors(engine_of(papers), **rules)
    targets = LabelTargets(np.array([paper.pmid for paper in papers]), labels)
    rows = random.sample(range(len(papers)), random.randint(1, len(papers)))
    given_labels = targets.of(np.array(rows))["labels"]
    vectors = [label_vector(papers[row], **rules) for row in rows]
    occurring = sorted({ui for vector in vectors for ui in vector})
    expected = [[vector.get(ui, 0) for ui in occurring or ["none"]] for vector in vectors]
    assert given_labels.dtype == torch.float32
    torch.testing.assert_close(given_labels, torch.tensor(expected, dtype=torch.float32))


def test_a_batch_without_labels_gets_a_column_of_zeros():
    papers = papers_with({1: "", 2: "D92", 3: "D11"})
    targets = LabelTargets(np.array([1, 2, 3]), LabelVectors(engine_of(papers)))
    assert targets.of(np.array([1, 0]))["labels"].tolist() == [[0], [0]]


def test_check_tags_bring_their_ancestors_only_when_they_count():
    engine = engine_of(papers_with({1: "D90 D11", 2: "D91"}))
    kept, removed = (LabelVectors(engine, check_tags=keep) for keep in (True, False))
    assert [set(row) for row in as_dicts(kept.matrix(np.array([1])))] == [{"D90", "D11", "D10"}]
    assert [set(row) for row in as_dicts(removed.matrix(np.array([1])))] == [{"D11", "D10"}]
    # A topic below a check tag is a topic, and what lies above it is above it.
    assert set(as_dicts(removed.matrix(np.array([2])))[0]) == {"D90", "D91"}


def test_the_deepest_place_of_a_descriptor_counts():
    labels = LabelVectors(engine_of(papers_with({1: "D70"})), weights="depth")
    assert as_dicts(labels.matrix(np.array([1]))) == [{"D70": 3, "D11": 2, "D10": 1, "D20": 1}]
