"""Supervised contrastive losses over labels: MulSupCon, HiMulCon's levels."""

import math

import pytest
import torch

from citemesh.errors import SettingsError
from citemesh.training.losses.levels import LevelObjective, levels_of
from citemesh.training.losses.mulsupcon import MulSupConObjective, positive_weights
from citemesh.training.losses.supcon import even_shares, supervised_contrastive
from tests.unit import losses_oracle as oracle
from tests.unit.losses_oracle import drawn

#: Depths: a path of three, half of it, its top, another branch twice, nothing.
DEPTHS = torch.tensor(
    [
        [1, 2, 3, 0, 0],
        [1, 2, 3, 0, 0],
        [1, 2, 0, 0, 0],
        [1, 0, 0, 1, 2],
        [0, 0, 0, 1, 2],
        [0, 0, 0, 0, 0],
    ],
    dtype=torch.float64,
)


def mulsupcon(documents, labels, temperature=0.1):
    return MulSupConObjective(temperature)([documents], {"labels": labels})["mulsupcon"]


def levels(documents, labels, temperature=0.1):
    return LevelObjective(temperature)([documents], {"labels": labels})["levels"]


def pairs_of(mask):
    return {(i, j) for i, j in mask.nonzero().tolist() if i < j}


def test_supcon_by_hand():
    scores = torch.tensor([[9.0, 1.0, 0.0], [1.0, 9.0, 2.0], [0.0, 2.0, 9.0]])
    positives = torch.tensor([[0, 1, 0], [1, 0, 1], [0, 0, 0]], dtype=torch.bool)
    e = math.exp
    first = -math.log(e(1) / (e(1) + e(0)))
    second = -(math.log(e(1) / (e(1) + e(2))) + math.log(e(2) / (e(1) + e(2)))) / 2
    found = supervised_contrastive(scores, even_shares(positives, torch.float32))
    # The third has no positive and is not counted; no row meets itself.
    assert found.item() == pytest.approx((first + second) / 2)


def test_mulsupcon_by_hand():
    documents = torch.eye(2, dtype=torch.float64)[[0, 0, 1]]
    # One label that the first two share and one that all have, three times as heavy.
    labels = torch.tensor([[1, 3], [1, 3], [0, 3]], dtype=torch.float64)
    near, far = -math.log(math.e / (math.e + 1)), -math.log(1 / (math.e + 1))
    first_label = 2 * near
    second_label = 2 * (near + far) / 2 + math.log(2)  # to the third both are equally far
    found = mulsupcon(documents, labels, temperature=1.0)
    assert found.item() == pytest.approx((first_label + 3 * second_label) / (2 + 3 * 3))


@pytest.mark.parametrize("labels", [DEPTHS, (DEPTHS > 0).double(), (DEPTHS + 1).log()])
def test_mulsupcon_equals_plain_loops(labels):
    documents = drawn(0, 6, 3)
    expected = oracle.mulsupcon(documents, labels, 0.1)
    assert mulsupcon(documents, labels).item() == pytest.approx(expected, rel=1e-9)


def test_with_equal_weights_mulsupcon_is_the_published_mean_over_rows():
    documents = drawn(1, 6, 3)
    ones = mulsupcon(documents, (DEPTHS > 0).double())
    rows = []
    for i, label in (DEPTHS > 0).nonzero().tolist():
        positives = [j for j in range(6) if j != i and DEPTHS[j, label] > 0]
        assert positives  # every label stands twice
        only = torch.zeros(6, 6, dtype=torch.float64)
        only[i, positives] = 1 / len(positives)
        with torch.no_grad():
            cosines = torch.cosine_similarity(documents[:, None], documents[None], dim=-1)
        rows.append(supervised_contrastive(cosines / 0.1, only).item())
    assert len(rows) == 13
    assert ones.item() == pytest.approx(sum(rows) / len(rows), rel=1e-9)
    # The scale of the weights does not matter, their proportion does.
    assert mulsupcon(documents, 7 * (DEPTHS > 0).double()).item() == pytest.approx(
        ones.item(), rel=1e-9
    )
    assert mulsupcon(documents, DEPTHS).item() != pytest.approx(ones.item(), rel=1e-3)


def test_a_label_of_one_document_alone_counts_for_nothing():
    documents = drawn(2, 6, 3)
    alone = torch.cat([DEPTHS, 50 * torch.eye(6, dtype=torch.float64)], dim=1)
    found = mulsupcon(documents, alone)
    assert found.item() == pytest.approx(mulsupcon(documents, DEPTHS).item(), rel=1e-12)


def test_weights_of_mulsupcon_are_those_of_the_anchor():
    # Both have the label; in a weighted matrix a row may weigh it otherwise than another.
    weights = positive_weights(torch.tensor([[2.0], [5.0], [0.0]]))
    assert weights.tolist() == [[0, 2, 0], [5, 0, 0], [0, 0, 0]]


def test_levels_go_from_the_deepest_shared_depth_to_the_top():
    found = [pairs_of(level) for level in levels_of(DEPTHS)]
    top = {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4)}
    assert found == [{(0, 1)}, {(0, 1), (0, 2), (1, 2), (3, 4)}, top]


def test_a_depth_that_nobody_shares_is_no_level():
    deep = torch.cat([DEPTHS, 9 * torch.eye(6, dtype=torch.float64)], dim=1)
    assert len(list(levels_of(deep))) == 3


def test_a_level_in_between_counts_though_it_adds_no_pair():
    found = [pairs_of(level) for level in levels_of(torch.tensor([[3.0], [3.0]]))]
    assert found == [{(0, 1)}] * 3


def test_levels_equal_plain_loops():
    for seed in range(5):
        documents = drawn(seed, 6, 3)
        expected = oracle.levels(documents, DEPTHS, 0.2)
        assert levels(documents, DEPTHS, 0.2).item() == pytest.approx(expected, rel=1e-9)


def test_levels_by_hand_with_and_without_the_hierarchy_broken():
    # 0 and 1 share depth 2 (and 1), 2 shares depth 1 with both.
    labels = torch.tensor([[1, 2], [1, 2], [1, 0]], dtype=torch.float64)
    e = math.e
    near, far, even = -math.log(e / (e + 1)), -math.log(1 / (e + 1)), math.log(2)
    together = torch.eye(2, dtype=torch.float64)[[0, 0, 1]]
    top = (2 * (near + far) / 2 + even) / 3
    expected = (2 * near + math.sqrt(2) * top) / 2
    assert top > near
    assert levels(together, labels, 1.0).item() == pytest.approx(expected)
    # 0 lies by 2, far from 1: the finer level's loss is greater, and stands for the top's too.
    apart = torch.eye(2, dtype=torch.float64)[[0, 1, 0]]
    finer = (far + even) / 2
    assert finer > top
    expected = (2 * finer + math.sqrt(2) * finer) / 2
    assert levels(apart, labels, 1.0).item() == pytest.approx(expected)


@pytest.mark.parametrize("objective", [MulSupConObjective(), LevelObjective()])
def test_a_batch_without_labels_is_refused(objective):
    with pytest.raises(SettingsError, match="asks for MeSH labels"):
        objective([drawn(0, 2, 3)], {})
