"""The ranking loss: closed forms, the library's loss, masks, the SimL part."""

import math
from typing import Any

import pytest
import torch
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.util import cos_sim, dot_score
from torch import nn

from citemesh.errors import SettingsError
from citemesh.training.losses.ranking import RankingObjective
from tests.unit import losses_oracle as oracle
from tests.unit.losses_oracle import drawn

SIMILARITIES = {"cosine": (cos_sim, oracle.cosine), "dot": (dot_score, oracle.dot)}
AXES = torch.eye(2)
#: The library's loss is given embeddings, and asks its model for nothing.
NO_MODEL: Any = nn.Identity()


def columns_of(negatives, rows=4):
    return [drawn(seed, rows, 3) for seed in range(2 + negatives)]


def value(objective, columns, **targets):
    return objective(columns, targets)["ranking"]


def gradients(loss, columns):
    return torch.cat(torch.autograd.grad(loss, columns))


def test_two_orthogonal_rows_by_hand():
    # Each query: its positive at cosine 1, the other's at 0.
    found = value(RankingObjective(scale=3.0), [2 * AXES, 5 * AXES])
    assert found.item() == pytest.approx(-math.log(math.e**3 / (math.e**3 + 1)))


def test_dot_products_keep_the_lengths():
    found = value(RankingObjective(scale=1.0, similarity="dot"), [2 * AXES, 2 * AXES])
    assert found.item() == pytest.approx(math.log(1 + math.exp(-4)), abs=1e-6)


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("negatives", [0, 1, 3])
@pytest.mark.parametrize("hardness", [0.0, 5.0])
def test_equals_the_library_with_its_gradients(similarity, negatives, hardness):
    columns = columns_of(negatives)
    function, plain = SIMILARITIES[similarity]
    library = MultipleNegativesRankingLoss(
        NO_MODEL,
        scale=7.0,
        similarity_fct=function,
        hardness_mode="hard_negatives" if hardness else None,
        hardness_strength=hardness,
    )
    theirs = library.compute_loss_from_embeddings(columns, torch.empty(0))
    ours = value(RankingObjective(7.0, similarity, hardness), columns)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-9)
    assert ours.item() == pytest.approx(oracle.ranking(columns, 7.0, plain, hardness), rel=1e-9)
    torch.testing.assert_close(gradients(ours, columns), gradients(theirs, columns))


def test_equals_the_library_in_float32_too():
    columns = [column.detach().float() for column in columns_of(3)]
    theirs = MultipleNegativesRankingLoss(NO_MODEL).compute_loss_from_embeddings(
        columns, torch.empty(0)
    )
    assert value(RankingObjective(), columns).item() == pytest.approx(theirs.item(), abs=1e-6)


@pytest.mark.parametrize("hardness", [0.0, 4.0])
def test_a_masked_document_is_as_if_it_were_not_there(hardness):
    columns = columns_of(2, rows=3)
    masked = torch.zeros(3, 9, dtype=torch.bool)
    # Another row's positive, another row's negative, an own negative; each for one query only.
    masked[0, 1] = masked[1, 5] = masked[2, 8] = True
    found = value(RankingObjective(6.0, hardness=hardness), columns, masked=masked)
    expected = oracle.ranking(columns, 6.0, oracle.cosine, hardness, masked.tolist())
    assert found.item() == pytest.approx(expected, rel=1e-9)
    assert expected != pytest.approx(oracle.ranking(columns, 6.0, oracle.cosine, hardness))


def test_masking_a_column_for_all_equals_leaving_it_out_and_gives_it_no_gradient():
    columns = columns_of(2)
    masked = torch.zeros(4, 12, dtype=torch.bool)
    masked[:, 4:8] = True
    found = value(RankingObjective(), columns, masked=masked)
    without = [columns[0], columns[1], columns[3]]
    assert found.item() == pytest.approx(value(RankingObjective(), without).item(), rel=1e-12)
    found.backward()
    assert columns[2].grad.abs().max() == 0
    assert columns[3].grad.abs().max() > 0


def test_a_mask_on_the_own_positive_does_not_count():
    columns = columns_of(1)
    own = torch.zeros(4, 8, dtype=torch.bool)
    own[:, :4] = torch.eye(4, dtype=torch.bool)
    plain = value(RankingObjective(), columns)
    assert torch.equal(value(RankingObjective(), columns, masked=own), plain)


def test_with_all_but_the_positive_masked_nothing_is_left_to_learn():
    columns = columns_of(1)
    loss = value(RankingObjective(), columns, masked=torch.ones(4, 8, dtype=torch.bool))
    assert loss.item() == 0
    assert gradients(loss, columns).abs().max() == 0


LABELS = torch.tensor([[1, 2, 0], [1, 0, 0], [0, 0, 3], [0, 0, 0]], dtype=torch.float64)


def test_siml_regresses_positives_that_have_labels():
    columns = columns_of(1)
    parts = RankingObjective(siml_weight=0.25, beta=0.3)(columns, {"labels": LABELS})
    assert set(parts) == {"ranking", "siml"}
    expected = 0.25 * oracle.regression(columns[1], LABELS, 0.3)
    assert parts["siml"].item() == pytest.approx(expected, rel=1e-9)
    parts["siml"].backward()
    assert columns[0].grad is None
    assert columns[1].grad[:3].abs().min() > 0
    assert columns[1].grad[3].abs().max() == 0  # without labels


def test_without_a_weight_labels_do_nothing():
    assert set(RankingObjective()(columns_of(0), {"labels": LABELS})) == {"ranking"}


def test_a_weight_without_labels_is_refused():
    with pytest.raises(SettingsError, match="asks for MeSH labels"):
        RankingObjective(siml_weight=0.5)(columns_of(0), {})
