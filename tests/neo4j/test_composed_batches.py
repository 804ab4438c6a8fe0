"""Composed batches on the real file: what random ones lack, each of them has."""

import json

import numpy as np
import pytest

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.training.batches.composed import ComposedBatches, Composition
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.data.documents import training_documents
from citemesh.training.data.graph_arrays import open_graph_arrays
from citemesh.training.recipes.settings import Settings
from citemesh.workspace import Workspace

SIZE, BATCHES = 64, 20
SETTINGS = Settings(source="documents", loss="biohicl")


@pytest.fixture(scope="module")
def labels(real_engines):
    return LabelVectors.of(real_engines[1], SETTINGS)


@pytest.fixture(scope="module")
def documents(real_workspace, labels, tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    return training_documents(
        Corpus(real_workspace.corpus), labels, SETTINGS, PmidSet(), folder
    )  # fmt: skip


def lacking(labels, documents, batches):
    """Shares of documents without a positive, and without a zero-overlap negative."""
    positives, negatives = [], []
    for batch in batches:
        articles = labels.engine.articles(documents.pmids[batch])
        expanded = labels.engine.mesh.expanded(articles.headings)
        first, second = np.divmod(np.arange(SIZE * SIZE), SIZE)
        siml = labels.engine.mesh.siml(expanded, first, second).reshape(SIZE, SIZE)
        negatives.append((siml == 0).any(axis=1))
        np.fill_diagonal(siml, 0)
        positives.append((siml > SETTINGS.beta).any(axis=1))
    return 1 - np.mean(positives), 1 - np.mean(negatives)


def composed(labels, documents, negatives):
    composition = Composition(labels, documents.pmids, documents.partners, negatives)
    return ComposedBatches(documents.dataset, SIZE, seed=7, composition=composition)


def test_composed_batches_have_what_half_of_random_batches_lack(labels, documents):
    chance = np.random.default_rng(7)
    rows = len(documents.pmids)
    drawn = [chance.choice(rows, SIZE, replace=False).tolist() for _ in range(BATCHES)]
    batches = list(composed(labels, documents, 1))[:BATCHES]
    assert lacking(labels, documents, batches) == (0, 0)
    without_positive, _ = lacking(labels, documents, drawn)
    assert 0.47 < without_positive < 0.65  # as measured on two PubMed files


def test_an_epoch_is_whole_and_sees_nearly_every_document(labels, documents):
    sampler = composed(labels, documents, 4)
    batches = list(sampler)
    assert len(batches) == len(sampler) == len(documents.pmids) // SIZE
    assert sampler.skipped == {0: 0}
    assert len({row for batch in batches for row in batch}) > 0.9 * len(documents.pmids)


def test_nearly_every_document_has_a_partner(documents):
    assert documents.left_out["without_labels"] == 0
    assert documents.left_out["without_partner"] < 0.01 * len(documents.pmids)


def test_random_batches_lack_negatives_when_check_tags_are_kept(real_engines, documents):
    tagged = LabelVectors(real_engines[1], check_tags=True)
    batches = list(composed(tagged, documents, 1))
    chance = np.random.default_rng(7)

    def without_negative(batch):
        vectors = tagged.matrix(documents.pmids[batch])
        return ((vectors @ vectors.T).toarray() > 0).all(axis=1).mean()

    rows = len(documents.pmids)
    drawn = [chance.choice(rows, SIZE, replace=False) for _ in range(BATCHES)]
    assert np.mean([without_negative(batch) for batch in drawn]) > 0.05
    assert max(without_negative(batch) for batch in batches[:BATCHES]) == 0


def test_a_snapshot_of_another_load_is_refused(real_workspace, real_engines, tmp_path):
    assert open_graph_arrays(real_workspace).snapshot.load_id == real_engines[1].snapshot.load_id
    other = Workspace(tmp_path)
    other.corpus.mkdir()
    other.snapshot.symlink_to(real_workspace.snapshot)
    manifest = json.loads((real_workspace.corpus / "manifest.json").read_text())
    for change in ({}, {"load_id": "another"}, {"version": 99}):
        changed = {**manifest, "settings": {**manifest["settings"], **change}}
        (other.corpus / "manifest.json").write_text(json.dumps(changed))
        if not change:
            open_graph_arrays(other)
            continue
        with pytest.raises(InputError) as raised:
            open_graph_arrays(other)
        assert "citemesh graph snapshot" in raised.value.hint
