"""What is known to answer a query is no negative of it, found by id: against plain Python."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from citemesh.training.batches.known_mask import KnownMask
from tests.unit.row_samples import documents_of, drawn_rows, row_ids


def expected(batch, known):
    """The mask as its definition reads, one pair after the other."""
    mask = []
    for row, (query, positive, _) in enumerate(batch):
        line = []
        for place, (owner, pmid) in enumerate(documents_of(batch)):
            is_positive = place < len(batch)
            same_paper = pmid > 0 and pmid in {positive, *known[query]}
            same_query = is_positive and batch[owner][0] == query
            line.append(owner != row and (same_paper or same_query))
        mask.append(line)
    return mask


@given(drawn_rows([0, 1, 2, 3, 4, 5]), st.randoms())
def test_the_mask_is_what_its_definition_says(drawn, random):
    rows, known = drawn
    chosen = random.sample(range(len(rows)), random.randint(1, len(rows)))
    mask = KnownMask(row_ids(rows, known)).of(np.array(chosen))["masked"]
    assert mask.dtype == torch.bool
    assert mask.tolist() == expected([rows[number] for number in chosen], known)


def masked(rows, known):
    """Pairs of row and document that are masked."""
    found = KnownMask(row_ids(rows, known)).of(np.arange(len(rows)))["masked"]
    return {tuple(pair) for pair in found.nonzero().tolist()}


def test_an_own_negative_stays_although_it_is_known_and_another_rows_goes():
    # Document 2 is the negative of row 0, document 3 that of row 1: both are paper 7, known to 0.
    assert masked([(0, 5, [7]), (1, 6, [7])], [[5, 7], [6]]) == {(0, 3)}


def test_positives_of_one_query_spare_each_other_but_its_negatives_stay():
    assert masked([(0, 5, [8]), (0, 6, [9])], [[], []]) == {(0, 1), (1, 0)}


def test_a_paper_that_is_the_positive_of_two_queries_is_no_negative_of_either():
    assert masked([(0, 5, []), (1, 5, [])], [[], []]) == {(0, 1), (1, 0)}


def test_unknown_papers_are_not_one_paper():
    assert masked([(0, 0, [0]), (1, 0, [0])], [[], []]) == set()
