"""SimL, the regression on it, and the three forms of BioHiCL's contrastive term."""

import math

import pytest
import torch

from citemesh.errors import SettingsError
from citemesh.training.losses.biohicl import BioHiclObjective
from citemesh.training.losses.label_similarity import LabelSimilarity
from tests.unit import losses_oracle as oracle
from tests.unit.losses_oracle import drawn

VARIANTS = ("literal", "weighted_outside", "sum_inside")
#: SimL: 0 with 1: 0.8, 0 with 2: 0.6, 1 with 2: 0.96; 3 with 4: 0.28, weak; 5 unknown; rest 0.
LABELS = torch.tensor(
    [
        [1, 0, 0, 0],
        [4, 3, 0, 0],
        [3, 4, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 7, 24],
        [0, 0, 0, 0],
    ],
    dtype=torch.float64,
)


def parts_of(variant, documents, labels=LABELS, **changes):
    objective = BioHiclObjective(variant=variant, **changes)
    return objective([documents], {"labels": labels})


def test_siml_by_hand():
    found = LabelSimilarity.of(LABELS)
    assert found.siml[0, 1].item() == pytest.approx(0.8)
    assert found.siml[0, 2].item() == pytest.approx(0.6)
    assert found.siml[1, 2].item() == pytest.approx(0.96)
    assert found.siml[3, 4].item() == pytest.approx(0.28)
    assert found.siml[0, 3].item() == 0


def test_positives_are_above_beta_and_negatives_share_nothing():
    found = LabelSimilarity.of(LABELS)
    pairs = {tuple(pair) for pair in found.positives(0.3).nonzero().tolist()}
    assert pairs == {(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)}
    zero = {tuple(pair) for pair in found.zero_overlap().nonzero().tolist()}
    assert zero == {(i, j) for i in range(5) for j in range(5) if (i < 3) != (j < 3)}


def test_beta_itself_is_not_above_beta():
    labels = torch.tensor([[1.0, 0.0], [0.6, 0.8]], dtype=torch.float64)
    assert LabelSimilarity.of(labels).positives(0.59).any()
    siml = LabelSimilarity.of(labels).siml[0, 1].item()
    assert not LabelSimilarity.of(labels).positives(siml).any()


def test_a_document_without_labels_is_neither_positive_nor_negative():
    found = LabelSimilarity.of(LABELS)
    for pairs in (found.known, found.positives(0.0), found.zero_overlap()):
        assert not pairs[5].any()
        assert not pairs[:, 5].any()
    assert not found.siml.isnan().any()


def test_regression_leaves_out_weak_and_unknown_pairs():
    documents = drawn(0, 6, 3)
    found = parts_of("weighted_outside", documents)["regression"]
    assert found.item() == pytest.approx(oracle.regression(documents, LABELS, 0.3), rel=1e-9)
    (gradient,) = torch.autograd.grad(found, documents)
    assert gradient[5].abs().max() == 0
    weak = drawn(1, 2, 3)
    assert parts_of("literal", weak, LABELS[3:5])["regression"].item() == 0


def test_regression_by_hand():
    documents = torch.eye(2, dtype=torch.float64)[[0, 0, 1]].requires_grad_()
    labels = torch.tensor([[1, 0], [3, 4], [0, 1]], dtype=torch.float64)
    # (0, 1): cosine 1, SimL 0.6; (0, 2): 0 and 0; (1, 2): 0 and 0.8.
    found = parts_of("literal", documents, labels)["regression"]
    assert found.item() == pytest.approx((0.4**2 + 0 + 0.8**2) / 3)


def test_contrastive_forms_by_hand():
    # An anchor with a positive (SimL 0.6, cosine 1) and a negative (cosine 0); the positive is an
    # anchor too, and nobody is a positive of the negative.
    documents = torch.eye(2, dtype=torch.float64)[[0, 0, 1]]
    labels = torch.tensor([[1, 0, 0], [3, 4, 0], [0, 0, 1]], dtype=torch.float64)
    found = {
        variant: parts_of(variant, documents, labels, temperature=0.5, contrastive_weight=1.0)[
            "contrastive"
        ].item()
        for variant in VARIANTS
    }
    e2 = math.exp(2)
    assert found["literal"] == pytest.approx(-math.log(0.6 * math.e / 1))
    assert found["weighted_outside"] == pytest.approx(-0.6 * math.log(e2 / (e2 + 1)))
    assert found["sum_inside"] == pytest.approx(-math.log(0.6 * e2 / (0.6 * e2 + 1)))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("beta", [0.0, 0.3, 0.7])
def test_contrastive_forms_equal_plain_loops(variant, beta):
    documents = drawn(1, 6, 3)
    found = parts_of(variant, documents, beta=beta, contrastive_weight=0.2, temperature=0.1)
    expected = oracle.contrastive(documents, LABELS, beta, variant, 0.1)
    assert found["contrastive"].item() == pytest.approx(0.2 * expected, rel=1e-9)
    assert expected != 0


def contrastive_gradient(variant, labels):
    documents = drawn(2, 6, 3)
    loss = parts_of(variant, documents, labels)["contrastive"]
    (found,) = torch.autograd.grad(loss, documents)
    return loss, found


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_printed_forms_weights_have_no_gradient_and_the_others_have(variant):
    # The same positives and negatives at other SimL.
    changed = LABELS.clone()
    changed[0] = torch.tensor([1, 5, 0, 0])
    for labels in (LABELS, changed):
        assert LabelSimilarity.of(labels).positives(0.3).sum() == 6
    loss, gradient = contrastive_gradient(variant, LABELS)
    changed_loss, changed_gradient = contrastive_gradient(variant, changed)
    assert not torch.allclose(loss, changed_loss, rtol=1e-3)
    assert gradient.abs().max() > 1e-4
    assert torch.allclose(gradient, changed_gradient, atol=1e-12) == (variant == "literal")


@pytest.mark.parametrize("variant", VARIANTS)
def test_anchors_without_a_positive_are_not_counted(variant):
    documents = drawn(3, 6, 3)
    _, gradient = contrastive_gradient(variant, LABELS)
    assert gradient[:5].abs().max(dim=1).values.min() > 0  # 3 and 4 are negatives of 0 to 2
    assert gradient[5].abs().max() == 0
    # A document without labels more changes nothing, a mean over all rows would.
    more = torch.cat([documents, drawn(4, 3, 3)])
    labels = torch.cat([LABELS, torch.zeros(3, 4)])
    before, after = parts_of(variant, documents), parts_of(variant, more, labels)
    for name, part in before.items():
        assert after[name].item() == pytest.approx(part.item(), rel=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_without_negatives_nothing_is_contrasted(variant):
    documents = drawn(5, 3, 3)
    # Far below all scores of any temperature: cosines are of both signs.
    loss = parts_of(variant, documents, LABELS[:3], temperature=1e-6)["contrastive"]
    assert loss.item() == 0
    (gradient,) = torch.autograd.grad(loss, documents)
    assert gradient.abs().max() == 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_only_the_literal_form_does_not_count_an_anchor_without_negatives(variant):
    # The first is a positive of both others, which are negatives of each other.
    labels = torch.tensor([[1, 1], [1, 0], [0, 1]], dtype=torch.float64)
    documents = drawn(5, 3, 3)
    found = parts_of(variant, documents, labels, contrastive_weight=1.0, temperature=0.5)
    expected = oracle.contrastive(documents, labels, 0.3, variant, 0.5)
    assert found["contrastive"].item() == pytest.approx(expected, rel=1e-9)
    rest = [
        oracle.of_anchor(
            {0: oracle.cosine(*rows[[i, 0]].tolist()), n: oracle.cosine(*rows[[i, n]].tolist())},
            {0: 0.5**0.5},
            [0],
            [n],
            variant,
            0.5,
        )
        for i, n in ((1, 2), (2, 1))
        for rows in [documents.detach()]
    ]
    assert expected == pytest.approx(sum(rest) / (2 if variant == "literal" else 3))


def test_the_weight_is_lambda():
    documents = drawn(6, 6, 3)
    one = parts_of("weighted_outside", documents, contrastive_weight=1.0)
    tenth = parts_of("weighted_outside", documents)
    assert tenth["contrastive"].item() == pytest.approx(0.1 * one["contrastive"].item())
    assert torch.equal(one["regression"], tenth["regression"])


def test_a_batch_without_labels_is_refused():
    with pytest.raises(SettingsError, match="asks for MeSH labels"):
        BioHiclObjective()([drawn(0, 2, 3)], {})
