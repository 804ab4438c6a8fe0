"""A dev part from which nothing leaks: groups of anchors that share a query or a paper."""

from collections import Counter, defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.mining.anchors import Anchor
from citemesh.mining.export.items import items_of
from citemesh.mining.export.settings import ExportSettings
from citemesh.mining.export.splits import DEV, TRAIN, Sides, anchor_groups, choose_dev, dev_papers
from citemesh.mining.negatives import ANCHORS_FILE, Negative, anchor_table
from tests.unit.mined_samples import negative

PMIDS = st.integers(1, 30)
MINED_SETS = st.lists(
    st.tuples(
        st.integers(0, 40), st.none() | PMIDS, st.sets(PMIDS, min_size=1, max_size=3),
        st.lists(PMIDS, max_size=4, unique=True),
    ),
    min_size=2, max_size=25,
)  # fmt: skip


def as_mined(rows):
    for number, (text, own, positives, negatives) in enumerate(rows):
        anchor = Anchor(f"q{number}", f"Query {text}", own, tuple(sorted(positives)))
        yield anchor, [negative(anchor.query_id, pmid) for pmid in negatives]


def groups_of(folder, mined):
    pq.write_table(anchor_table([anchor for anchor, _ in mined]), folder / ANCHORS_FILE)
    return anchor_groups(folder)


@given(MINED_SETS)
def test_groups_are_those_that_a_walk_finds(tmp_path_factory, rows):
    mined = list(as_mined(rows))
    groups = groups_of(tmp_path_factory.mktemp("groups"), mined)
    holders = defaultdict(set)
    for number, (anchor, _) in enumerate(mined):
        for key in (anchor.query, *anchor.known_pmids):
            holders[key].add(number)
    seen: set[int] = set()
    for number in range(len(mined)):
        if number in seen:
            continue
        reached, waiting = {number}, [number]
        while waiting:
            anchor, _ = mined[waiting.pop()]
            for key in (anchor.query, *anchor.known_pmids):
                waiting += holders[key] - reached
                reached |= holders[key]
        assert set(np.flatnonzero(groups == groups[number]).tolist()) == reached
        seen |= reached


@given(MINED_SETS, st.floats(0.05, 0.6), st.integers(0, 3), st.sampled_from(["pair", "n-tuple"]))
def test_nothing_is_shared_by_the_two_parts(tmp_path_factory, rows, share, seed, layout):
    mined = list(as_mined(rows))
    settings = ExportSettings(layout=layout, negatives=1, dev=share, seed=seed)
    groups = groups_of(tmp_path_factory.mktemp("split"), mined)
    try:
        is_dev = choose_dev(groups, share, seed)
    except InputError:
        assert np.bincount(groups).min() > max(1, round(share * len(mined)))
        return
    assert 0 < is_dev.sum() <= max(1, round(share * len(mined)))
    assert np.array_equal(is_dev, choose_dev(groups, share, seed))
    papers = dev_papers(mined, is_dev, settings.most_negatives)
    dropped: Counter[str] = Counter()
    numbered = ((number, *pair) for number, pair in enumerate(mined))
    items = list(items_of(numbered, settings, Sides(is_dev, papers), dropped))
    used = {split: [i for i in items if i.split == split] for split in (TRAIN, DEV)}
    of = {
        split: (
            {i.anchor.query.casefold() for i in own},
            {pmid for i in own for pmid in (*i.pmids, *i.anchor.known_pmids)},
        )
        for split, own in used.items()
    }
    assert not of[TRAIN][0] & of[DEV][0]
    assert not of[TRAIN][1] & of[DEV][1]
    left = sum(count for reason, count in dropped.items() if reason.startswith("anchors"))
    assert len(items) + left == len(mined)


def test_queries_that_differ_in_capitals_only_stay_together(tmp_path):
    texts = enumerate(["Lung  cancer", "lung Cancer", "heart"], start=1)
    mined: list[tuple[Anchor, list[Negative]]] = [
        (Anchor(text, text, pmid, (pmid,)), []) for pmid, text in texts
    ]
    assert groups_of(tmp_path, mined).tolist() == [0, 0, 1]


def test_another_seed_sets_other_anchors_apart():
    groups = np.arange(200)
    first, second = (np.flatnonzero(choose_dev(groups, 0.1, seed)) for seed in (0, 1))
    assert len(first) == len(second) == 20
    assert set(first) != set(second)


def test_one_group_of_all_anchors_cannot_be_parted():
    with pytest.raises(InputError, match="has 10"):
        choose_dev(np.zeros(10, np.int64), 0.1, 0)
