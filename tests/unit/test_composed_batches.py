"""Partners and composed batches on small graphs, every condition checked in plain Python."""

from itertools import islice, pairwise, permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from accelerate.data_loader import (
    BatchSamplerShard,
    SkipBatchSampler,
)
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import SettingsError
from citemesh.graph.snapshot.arrays import Csr
from citemesh.training.batches import partners as partners_module
from citemesh.training.batches.composed import ComposedBatches, Composition
from citemesh.training.batches.label_targets import LabelTargets
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.batches.partners import PartnerSearch, find_partners
from citemesh.training.recipes.settings import Settings
from tests.unit.label_samples import (
    CHECK_TAGS,
    drawn_papers,
    engine_of,
    label_vector,
    papers_with,
    siml,
)

BETA = 0.3


class Case:
    """Papers with labels, and the partners that were found among them."""

    def __init__(self, papers, beta=BETA, seed=0, check_tags=False, **search):
        self.labels = LabelVectors(engine_of(papers), check_tags)
        self.papers = [paper for paper in papers if label_vector(paper, check_tags)]
        self.vectors = [label_vector(paper, check_tags) for paper in self.papers]
        pmids = np.array([paper.pmid for paper in self.papers], np.int64)
        with TemporaryDirectory() as folder:
            where = PartnerSearch(beta, seed, **search)
            self.found = find_partners(self.labels, pmids, where, Path(folder))
        self.kept = np.flatnonzero(self.found.kept).tolist()
        self.pmids = pmids[self.kept]
        self.lists = [
            self.found.partners.row(row).tolist() for row in range(len(self.found.partners))
        ]

    def siml(self, row, other):
        """Of two rows by their numbers among those kept."""
        return siml(self.vectors[self.kept[row]], self.vectors[self.kept[other]])

    def shares_label(self, row, other):
        return bool(self.vectors[self.kept[row]].keys() & self.vectors[self.kept[other]].keys())

    def batches(self, size=4, negatives=1, seed=3):
        data = Dataset.from_dict({"anchor": ["text"] * len(self.pmids)})
        composition = Composition(self.labels, self.pmids, self.found.partners, negatives)
        return ComposedBatches(data, size, seed=seed, composition=composition)


def topics(count, each):
    """Papers with one heading of a few topics, some of each."""
    words = [f"D{10 * topic + 1}" for topic in range(1, count + 1) for _ in range(each)]
    return papers_with(dict(enumerate(words, start=100)))


def share_heading(one, other):
    return bool((one.headings.keys() & other.headings.keys()) - CHECK_TAGS)


@given(drawn_papers(), st.sampled_from([0.0, BETA, 0.7]), st.booleans())
def test_partners_are_similar_and_all_who_have_one_are_found(papers, beta, check_tags):
    case = Case(papers, beta, check_tags=check_tags)
    assert len(case.lists) == len(case.kept)
    for row, others in enumerate(case.lists):
        assert others
        assert row not in others
        assert others == sorted(set(others))
        assert all(case.siml(row, other) > beta for other in others)
    expected = {
        one
        for one, other in permutations(range(len(case.papers)), 2)
        if share_heading(case.papers[one], case.papers[other])
        and siml(case.vectors[one], case.vectors[other]) > beta + 1e-4
    }
    assert expected <= set(case.kept)


@settings(max_examples=30)
@given(drawn_papers(), st.integers(1, 3), st.integers(1, 6))
def test_partners_are_bounded_and_the_same_for_a_seed(papers, most, candidates):
    one, again = (Case(papers, most=most, candidates=candidates) for _ in range(2))
    assert one.lists == again.lists
    for row, others in enumerate(one.lists):
        assert 1 <= len(others) <= most
        assert all(other != row and one.siml(row, other) > BETA for other in others)
    assert one.found.kept.tolist() == again.found.kept.tolist()


def test_partners_differ_by_seed_and_are_drawn_from_all():
    papers = topics(1, 40)
    drawn = [{other for others in Case(papers, seed=seed, candidates=4).lists for other in others}
             for seed in range(3)]  # fmt: skip
    assert len(set(map(frozenset, drawn))) > 1
    assert len(set.union(*drawn)) > 30


def test_portions_do_not_change_the_partners(monkeypatch):
    papers = topics(6, 5)
    whole = Case(papers)
    monkeypatch.setattr(partners_module, "_ENTRIES", 3)
    assert Case(papers).lists == whole.lists


def test_who_is_exactly_as_similar_as_beta_is_no_partner():
    papers = papers_with({1: "D11 D21", 2: "D11 D31"})
    exact = siml(*map(label_vector, papers))
    assert 0 < exact < 1
    assert Case(papers, exact).kept == []
    assert Case(papers, exact - 1e-4).kept == [0, 1]


@settings(max_examples=60)
@given(drawn_papers(least=8), st.sampled_from([2, 4, 6]), st.integers(0, 3), st.integers(0, 9))
def test_every_batch_keeps_its_promises(papers, size, negatives, seed):
    case = Case(papers)
    if negatives > size - 2:
        return
    sampler = case.batches(size, negatives, seed)
    batches = list(sampler)
    assert len(batches) <= len(sampler) == len(case.pmids) // size
    anchors = [row for batch in batches for row in batch[::2]]
    assert len(set(anchors)) == len(anchors)
    for batch in batches:
        assert len(set(batch)) == len(batch) == size
        assert all(
            other in case.lists[row] for row, other in zip(batch[::2], batch[1::2], strict=True)
        )
        for row in batch:
            others = [other for other in batch if other != row]
            assert any(case.siml(row, other) > BETA for other in others)
            apart = [other for other in others if not case.shares_label(row, other)]
            assert len(apart) >= negatives
    assert list(case.batches(size, negatives, seed)) == batches


@settings(max_examples=30)
@given(drawn_papers(least=6), st.integers(0, 5))
def test_a_loss_in_float32_sees_the_positives_of_a_batch(papers, pick):
    exact = sorted(
        {siml(label_vector(a), label_vector(b)) for a in papers for b in papers} - {0.0}
    )  # fmt: skip
    beta = exact[pick % len(exact)] if exact else BETA
    case = Case(papers, beta)
    targets = LabelTargets(case.pmids, case.labels)
    for batch in case.batches(negatives=0):
        labels = targets.of(np.array(batch))["labels"]
        unit = labels / labels.norm(dim=1, keepdim=True)
        similar = (unit @ unit.T > beta).fill_diagonal_(False)
        assert similar.any(dim=1).all()


def test_pairs_are_exchanged_until_a_rare_topic_gives_everyone_a_negative():
    # Nine tenths share a label: most batches of two random pairs have no negative at all.
    words = ["D11"] * 36 + ["D21"] * 4
    case = Case(papers_with(dict(enumerate(words, start=1))))
    sampler = case.batches()
    batches = list(sampler)
    assert batches
    for batch in batches:
        assert {int(case.pmids[row]) > 36 for row in batch} == {True, False}
    assert sampler.skipped[0] > 0


@pytest.mark.parametrize("negatives", [0, 1])
def test_what_cannot_be_composed_is_skipped_and_never_given_out(negatives):
    case = Case(topics(1, 24))
    sampler = case.batches(negatives=negatives)
    batches = list(sampler)
    assert (len(batches), sampler.skipped[0] > 0) == ((6, False) if negatives == 0 else (0, True))


def test_a_partner_that_all_share_does_not_hold_up_an_epoch():
    star = Csr(np.arange(0, 31), np.array([1] + [0] * 29, np.int32))
    case = Case(topics(5, 6))
    data = Dataset.from_dict({"anchor": ["text"] * 30})
    sampler = ComposedBatches(
        data, 4, composition=Composition(case.labels, case.pmids, star, 0)
    )  # fmt: skip
    assert list(sampler) == []
    assert sampler.skipped[0] > 0


def test_documents_are_seen_before_others_are_seen_again():
    case = Case(topics(6, 20))
    seen = {row for batch in case.batches(12) for row in batch}
    assert len(seen) > 0.9 * len(case.pmids)


def test_the_order_depends_on_seed_and_epoch_alone():
    case = Case(topics(6, 8))
    orders = []
    for seed, epoch in [(1, 0), (1, 1), (2, 0)]:
        sampler, later = case.batches(seed=seed), case.batches(seed=seed)
        list(later)  # what an earlier epoch did must not matter
        for one in (sampler, later):
            one.set_epoch(epoch)
        orders.append(list(sampler))
        assert list(later) == orders[-1]
    assert all(one != other for one, other in pairwise([*orders, orders[0]]))


def test_processes_share_the_batches_and_a_resumed_epoch_goes_on():
    case = Case(topics(6, 8))
    whole = list(case.batches())
    shards = [
        list(BatchSamplerShard(case.batches(), 2, rank, even_batches=False)) for rank in (0, 1)
    ]
    assert shards == [whole[::2], whole[1::2]]
    assert list(SkipBatchSampler(case.batches(), 5)) == whole[5:]
    assert list(islice(case.batches(), 5)) == whole[:5]


@pytest.mark.parametrize(("size", "negatives"), [(5, 0), (2, 1), (8, 7)])
def test_sizes_under_which_no_batch_can_be_composed_are_refused(size, negatives):
    with pytest.raises(SettingsError, match=f"Batches of {size} cannot be composed"):
        Settings(
            batches="composed", loss="biohicl", source="documents", batch_size=size,
            zero_overlap_negatives=negatives,
        )  # fmt: skip


def test_another_data_set_than_that_of_the_partners_is_refused():
    case = Case(topics(2, 4))
    case.pmids = case.pmids[1:]
    with pytest.raises(ValueError, match="7 rows"):
        case.batches()
