"""What holds for every loss: gradients, order, precision, caching, and staying finite."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import nn

from citemesh.errors import SettingsError
from citemesh.training.losses.biohicl import BioHiclObjective
from citemesh.training.losses.choose import objective_of
from citemesh.training.losses.levels import LevelObjective
from citemesh.training.losses.mulsupcon import MulSupConObjective
from citemesh.training.losses.objective import EmbeddingLoss, Objective
from citemesh.training.losses.ranking import RankingObjective
from citemesh.training.recipes.settings import Settings
from tests.unit import losses_oracle as oracle
from tests.unit.losses_oracle import drawn

#: Two alike, weakly alike, of another branch, without labels, in both branches.
LABELS = torch.tensor(
    [[1, 2, 0, 0], [1, 2, 0, 0], [0, 0, 1, 3], [0, 0, 1, 0], [0, 0, 0, 0], [3, 0, 1, 0]],
    dtype=torch.float64,
)
ROWS = len(LABELS)
MASKED = torch.rand(ROWS, 3 * ROWS, generator=torch.Generator().manual_seed(1)) > 0.7


@dataclass(frozen=True)
class Case:
    objective: Objective
    columns: int
    masks: bool = False

    def targets(self, labels=LABELS):
        masked = {"masked": MASKED} if self.masks else {}
        return {"labels": labels, **masked}

    def total(self, embeddings, targets):
        return torch.stack(list(self.objective(embeddings, targets).values())).sum()


LABEL_CASES = {
    "literal": Case(BioHiclObjective(variant="literal", contrastive_weight=1.0), 1),
    "weighted_outside": Case(BioHiclObjective(contrastive_weight=1.0, temperature=0.5), 1),
    "sum_inside": Case(BioHiclObjective(0.3, 1.0, "sum_inside", 0.5), 1),
    "mulsupcon": Case(MulSupConObjective(0.5), 1),
    "levels": Case(LevelObjective(0.5), 1),
}
CASES = {
    "pairs": Case(RankingObjective(scale=3.0), 2),
    "dot": Case(RankingObjective(scale=0.5, similarity="dot"), 4),
    "masked": Case(RankingObjective(scale=3.0), 4, masks=True),
    "siml": Case(RankingObjective(scale=3.0, siml_weight=0.7), 3),
    **LABEL_CASES,
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_label_case = pytest.mark.parametrize("case", LABEL_CASES.values(), ids=LABEL_CASES)


def columns_of(case, rows=ROWS):
    return [drawn(seed, rows, 4) for seed in range(case.columns)]


@every_case
def test_gradients_are_those_of_the_values(case):
    assert torch.autograd.gradcheck(
        lambda *columns: case.total(columns, case.targets()), columns_of(case)
    )


@every_case
def test_gradients_hold_where_documents_are_the_same(case):
    columns = [column[[0, 0, 1, 1, 1, 2]].detach().requires_grad_() for column in columns_of(case)]
    assert torch.autograd.gradcheck(
        lambda *given_columns: case.total(given_columns, case.targets()), columns
    )


@every_case
def test_the_order_of_rows_changes_nothing(case):
    columns = columns_of(case)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    targets = case.targets(LABELS[order])
    if case.masks:
        blocks = MASKED.reshape(ROWS, 3, ROWS)
        targets["masked"] = blocks[order][:, :, order].reshape(ROWS, 3 * ROWS)
    found = case.total([column[order] for column in columns], targets)
    assert found.item() == pytest.approx(case.total(columns, case.targets()).item(), rel=1e-12)


@every_case
def test_bfloat16_autocast_does_not_round_the_similarities(case):
    columns = [column.detach().float() for column in columns_of(case)]
    targets = case.targets(LABELS.float())
    expected = case.total(columns, targets)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = case.total(columns, targets)
        assert found.dtype == torch.float32
        assert torch.equal(found, expected)
        rounded = [column.bfloat16() for column in columns]
        found = case.total(rounded, targets)
    assert torch.equal(found, case.total([column.float() for column in rounded], targets))


class WordModel(nn.Module):
    """Embeds texts as the mean of their words' vectors, bent once."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(30, 5)
        self.bend = nn.Linear(5, 4)

    def forward(self, features, **_):
        mean = self.words(features["input_ids"]).mean(dim=1)
        return {"sentence_embedding": self.bend(mean).tanh()}


@every_case
@pytest.mark.parametrize("mini_batch_size", [1, 4, 100])
def test_gradient_caching_changes_nothing(case, mini_batch_size):
    torch.manual_seed(0)
    model = WordModel().double()
    texts = [{"input_ids": torch.randint(30, (ROWS, 7))} for _ in range(case.columns)]
    parts = EmbeddingLoss(model, case.objective)(texts, case.targets())
    expected = torch.stack(list(parts.values())).sum()
    plain = torch.autograd.grad(expected, list(model.parameters()))
    loss = EmbeddingLoss(model, case.objective, mini_batch_size)(texts, case.targets())
    loss.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
    assert max(gradient.abs().max() for gradient in plain) > 1e-3
    for parameter, gradient in zip(model.parameters(), plain, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


EDGES = {
    "no labels at all": torch.zeros(6, 4),
    "labels of nothing": torch.zeros(6, 0),
    "all the same": torch.ones(6, 4),
    "nothing shared": torch.eye(6),
    "all positives, no negatives": torch.ones(6, 6) + torch.eye(6),
    "one row": LABELS[:1].float(),
    "one row without labels": torch.zeros(1, 4),
    "two rows": LABELS[:2].float(),
}
WITHOUT_A_PAIR = ("no labels at all", "labels of nothing", "one row", "one row without labels")
PLACES = {
    "anywhere": lambda rows: torch.randn(rows, 4),
    "all at one point": lambda rows: torch.ones(rows, 4),
    "opposite": lambda rows: torch.ones(rows, 4) * (-1.0) ** torch.arange(rows)[:, None],
    "nowhere": lambda rows: torch.zeros(rows, 4),
    "far out": lambda rows: 1e6 * torch.randn(rows, 4),
}


def loss_and_gradients(objective, columns, targets):
    loss = torch.stack(list(objective(columns, targets).values())).sum()
    loss.backward()
    return loss, torch.stack([column.grad for column in columns])


@every_label_case
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("place", PLACES)
def test_label_losses_stay_finite(case, edge, place):
    labels = EDGES[edge]
    torch.manual_seed(0)
    documents = PLACES[place](len(labels)).requires_grad_()
    loss, gradient = loss_and_gradients(case.objective, [documents], {"labels": labels})
    assert loss.isfinite()
    assert gradient.isfinite().all()
    if edge in WITHOUT_A_PAIR:
        assert loss.item() == 0
        assert gradient.abs().max() == 0


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("columns", [2, 4])
@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_ranking_stays_finite(place, rows, columns, similarity):
    torch.manual_seed(0)
    embeddings = [PLACES[place](rows).requires_grad_() for _ in range(columns)]
    targets = {
        "masked": torch.ones(rows, rows * (columns - 1), dtype=torch.bool),
        "labels": torch.zeros(rows, 3),
    }
    objective = RankingObjective(similarity=similarity, hardness=5.0, siml_weight=1.0)
    for given_targets in (targets, {"labels": torch.ones(rows, 3)}):
        loss, gradient = loss_and_gradients(objective, embeddings, given_targets)
        assert loss.isfinite()
        assert gradient.isfinite().all()


@pytest.mark.parametrize("variant", ["literal", "weighted_outside", "sum_inside"])
def test_tiny_temperatures_do_not_overflow(variant):
    documents = drawn(0, ROWS, 4).detach().float().requires_grad_()
    objective = BioHiclObjective(variant=variant, temperature=1e-6)
    loss, gradient = loss_and_gradients(objective, [documents], {"labels": LABELS.float()})
    assert loss.isfinite()
    assert gradient.isfinite().all()


#: Few values, so that rows repeat, share all, share nothing and are empty.
label_matrices = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.integers(0, 4)),
    elements=st.sampled_from([0.0, 0.0, 1.0, 2.0, 5.0]),
)
BETA = 0.31  # no cosine of the above, so that rounding does not decide


@settings(max_examples=150)
@given(label_matrices, st.integers(0, 1000))
def test_losses_of_random_labels_equal_plain_loops(matrix, seed):
    labels = torch.from_numpy(matrix)
    documents = drawn(seed, len(labels), 3)
    objectives = {
        "mulsupcon": (MulSupConObjective(0.2), oracle.mulsupcon(documents, labels, 0.2)),
        "levels": (LevelObjective(0.2), oracle.levels(documents, labels, 0.2)),
    }
    for variant in ("literal", "weighted_outside", "sum_inside"):
        expected = oracle.regression(documents, labels, BETA)
        expected += oracle.contrastive(documents, labels, BETA, variant, 0.2)
        objectives[variant] = (BioHiclObjective(BETA, 1.0, variant, 0.2), expected)
    for objective, expected in objectives.values():
        documents.grad = None
        loss, gradient = loss_and_gradients(objective, [documents], {"labels": labels})
        assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert gradient.isfinite().all()


def test_settings_choose_the_loss():
    documents = Settings(source="documents", loss="mulsupcon", scale=10.0, beta=0.2)
    assert objective_of(Settings(similarity="dot", hardness=5.0, scale=1.0)) == (
        RankingObjective(1.0, "dot", 5.0, 0.0, 0.3)
    )
    assert objective_of(documents) == MulSupConObjective(0.1)
    assert objective_of(replace(documents, loss="himulcon", label_weights="depth")) == (
        LevelObjective(0.1)
    )
    chosen = replace(documents, loss="biohicl", contrastive_variant="literal")
    assert objective_of(replace(chosen, contrastive_weight=0.5)) == (
        BioHiclObjective(0.2, 0.5, "literal", 0.1)
    )


def test_levels_go_by_depth_only():
    with pytest.raises(SettingsError, match="levels of himulcon are depths"):
        Settings(source="documents", loss="himulcon")


def test_losses_over_labels_compare_by_cosine():
    with pytest.raises(SettingsError, match="mulsupcon compares cosines with labels"):
        Settings(source="documents", loss="mulsupcon", similarity="dot")
