"""Every recipe lifts a held-out measure from a weakened start; with shuffled labels it does not."""

from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from citemesh.graph.corpus import Corpus
from citemesh.training.batches.label_targets import LabelTargets
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.data.graph_arrays import open_graph_arrays
from tests.neo4j.learning import (
    HELD_OUT,
    reciprocal_rank,
    trained,
    weakened_minilm,
    weakened_smollm2,
)
from tests.support import run_citemesh

RANKING: dict[str, Any] = {
    "steps": 30,
    "batch_size": 32,
    "learning_rate": 3e-4,
    "mini_batch_size": None,
}
LABELS: dict[str, Any] = {
    "steps": 40,
    "batch_size": 32,
    "rows": 4000,
    "learning_rate": 3e-4,
    "lora_rank": 0,
}


@pytest.fixture(scope="module")
def workspace(real_workspace):
    """The real file with a task held out and two exports, one with its positives shuffled."""
    deny = real_workspace.tasks("learning") / "pmids.txt"
    for command in (
        ("holdout", "--documents", HELD_OUT, "--queries", HELD_OUT, "--name", "learning"),
        ("mine", "--anchors", "titles", "--strategy", "sibling=1", "--strategy", "random=1",
         "--deny", deny, "--limit", 2500, "--name", "learning"),
        ("export", "learning", "--negatives", 1, "--name", "learning"),
        ("export", "learning", "--negatives", 1, "--name", "shuffled"),
        ("graph", "snapshot"),
    ):  # fmt: skip
        done = run_citemesh(real_workspace.root, *command)
        assert done.returncode == 0, done.stderr
    for part in ("texts", "ids"):
        (file,) = (real_workspace.export("shuffled") / part).glob("train-*.parquet")
        table = pq.read_table(file)
        order = np.random.default_rng(0).permutation(len(table))
        name = "positive" if part == "texts" else "positive_pmid"
        place = table.schema.get_field_index(name)
        pq.write_table(table.set_column(place, name, table[name].take(order)), file)
    return real_workspace


@pytest.fixture(scope="module")
def measure(workspace):
    return reciprocal_rank(workspace.tasks("learning") / "title-abstract")


@pytest.fixture(scope="module")
def start(tmp_path_factory, minilm):
    return weakened_minilm(minilm, tmp_path_factory.mktemp("weakened") / "minilm")


@pytest.fixture(scope="module")
def before(start, measure):
    from sentence_transformers import SentenceTransformer

    return measure(SentenceTransformer(str(start), device="cpu", local_files_only=True))


@pytest.mark.parametrize("recipe", ["plain", "bica", "citemesh"])
def test_a_ranking_recipe_learns(workspace, start, before, measure, recipe):
    changes = dict(RANKING)
    if recipe == "citemesh":
        changes["merge_weight"] = 1.0
    after = measure(trained(workspace, start, recipe, recipe, data="learning", **changes))
    assert after > before + 0.1


def test_shuffled_positives_teach_nothing(workspace, start, before, measure):
    after = measure(trained(workspace, start, "control", "plain", data="shuffled", **RANKING))
    assert after < before + 0.02


@pytest.fixture(scope="module")
def agreement(workspace):
    """Area under the curve by which cosines tell held-out pairs above β from those below."""
    from sklearn.metrics import roc_auc_score

    pmids = np.loadtxt(workspace.tasks("learning") / "pmids.txt", dtype=np.int64)
    labels = LabelVectors(open_graph_arrays(workspace))
    pmids = pmids[labels.labelled(pmids)]
    vectors = labels.unit_matrix(pmids)
    pairs = np.triu_indices(len(pmids), 1)
    similar = (vectors @ vectors.T).toarray()[pairs] > 0.3
    documents = Corpus(workspace.corpus).documents(pmids.tolist())
    texts = [f"{documents[p].title} {documents[p].abstract}" for p in pmids.tolist()]

    def measured(model):
        model.max_seq_length = 48
        vectors = model.encode(texts, normalize_embeddings=True)
        return float(roc_auc_score(similar, (vectors @ vectors.T)[pairs]))

    return measured


@pytest.fixture(scope="module")
def agreement_before(start, agreement):
    from sentence_transformers import SentenceTransformer

    return agreement(SentenceTransformer(str(start), device="cpu", local_files_only=True))


@pytest.fixture(scope="module")
def gain(workspace, start, agreement, agreement_before):
    """What a loss over labels adds, by its variant."""

    def gained(variant, name):
        model = trained(workspace, start, name, "biohicl", variant, **LABELS)
        return agreement(model) - agreement_before

    return gained


@pytest.fixture(scope="module")
def biohicl_gain(gain):
    return gain("biohicl", "biohicl")


def test_a_regression_on_labels_learns_them(biohicl_gain):
    assert biohicl_gain > 0.04


@pytest.mark.parametrize("variant", ["mulsupcon", "himulcon"])
def test_a_contrast_of_labels_learns_them(gain, variant):
    assert gain(variant, variant) > 0.04


def test_shuffled_labels_teach_far_less(gain, biohicl_gain, monkeypatch):
    told = LabelTargets.of
    rng = np.random.default_rng(0)

    def shuffled(self, rows):
        found = told(self, rows)
        return {"labels": found["labels"][rng.permutation(len(rows)).tolist()]}

    monkeypatch.setattr(LabelTargets, "of", shuffled)
    # Not nothing: any labels spread the vectors out, which by itself tells pairs better apart.
    assert gain("biohicl", "label-control") < biohicl_gain / 2


def test_a_decoder_learns_in_its_first_stage(workspace, measure, smollm2, tmp_path):
    from sentence_transformers import SentenceTransformer

    start = weakened_smollm2(smollm2, tmp_path / "smollm2")
    changes: dict[str, Any] = {
        "batch_size": 16,
        "mini_batch_size": None,
        "learning_rate": 5e-4,
        "rows": 2500,
    }
    first = trained(
        workspace, start, "decoder-0", "bmretriever", "stage1",
        **{**changes, "steps": 1, "warmup_steps": 0, "learning_rate": 1e-12},
    )  # fmt: skip
    begun = measure(first)
    after = measure(trained(
        workspace, start, "decoder", "bmretriever", "stage1", steps=40, warmup_steps=4, **changes
    ))  # fmt: skip
    assert isinstance(first, SentenceTransformer)
    assert after > begun + 0.1
