"""The spool against sets of pairs, for any order, repetition and amount of memory."""

import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.citations.spool import CitationSpool
from citemesh.graph.pubmed.ids import MAX_PMID

#: Few PMIDs, so that pairs meet again; both ends of the numbers and of a file's range.
PMIDS = st.sampled_from([1, 2, 3, 4, 5, 262_143, 262_144, 262_145, 524_288, MAX_PMID - 1, MAX_PMID])
SOURCES = st.sampled_from(["pubmed", "icite", "a", "z.1"])
CALLS = st.lists(st.tuples(SOURCES, st.lists(st.tuples(PMIDS, PMIDS), max_size=30)), max_size=8)


def add_all(spool, calls):
    for source, pairs in calls:
        both = np.array(pairs, np.int64).reshape(-1, 2)
        spool.add(source, both[:, 0], both[:, 1])


def rows_of(batch):
    names = batch.sources.to_pylist()
    return list(zip(batch.citing.tolist(), batch.cited.tolist(), names, strict=True))


def spooled(calls, **limits):
    with tempfile.TemporaryDirectory() as folder, CitationSpool(Path(folder), **limits) as spool:
        add_all(spool, calls)
        rows = [row for batch in spool.batches() for row in rows_of(batch)]
        return rows, spool.self_citations, spool.repeated


def oracle(calls):
    sources = defaultdict(set)
    given_by: Counter[str] = Counter()
    loops = 0
    for source, pairs in calls:
        for citing, cited in pairs:
            if citing == cited:
                loops += 1
                continue
            given_by[source] += 1
            sources[citing, cited].add(source)
    given_by.subtract(name for names in sources.values() for name in names)
    rows = [(*pair, sorted(names)) for pair, names in sorted(sources.items())]
    return rows, loops, +given_by


@settings(max_examples=60, deadline=None)
@given(CALLS, st.sampled_from([1, 2, 7, 50, 10_000]), st.sampled_from([1, 2, 5, 10_000]))
def test_each_pair_once_in_order_with_its_sources_however_little_memory(calls, rows, pairs):
    assert spooled(calls, rows_in_memory=rows, batch_pairs=pairs) == oracle(calls)


@settings(max_examples=25, deadline=None)
@given(CALLS.flatmap(lambda calls: st.tuples(st.just(calls), st.permutations(calls))))
def test_neither_the_order_of_the_calls_nor_a_second_giving_changes_the_pairs(both):
    calls, other = both
    first, loops, _ = spooled(calls)
    assert spooled(other) == spooled(calls)
    again, twice_the_loops, repeated = spooled(calls + other)
    assert again == first
    assert twice_the_loops == 2 * loops
    kept = sum(len(names) for _, _, names in first)
    rows = sum(len(pairs) for _, pairs in calls)
    assert repeated.total() + kept == 2 * (rows - loops)


def test_types_and_sizes_of_what_comes_out(tmp_path):
    spool = CitationSpool(tmp_path, batch_pairs=100)
    citing = np.repeat(np.arange(1, 251), 2)
    spool.add("b", citing, np.tile([900, 901], 250))
    spool.add("a", citing, np.tile([900, 900], 250))
    batches = list(spool.batches())
    assert max(len(batch.citing) for batch in batches) <= 100
    assert sum(len(batch.citing) for batch in batches) == 500
    for batch in batches:
        assert batch.citing.dtype == batch.cited.dtype == np.int64
        assert str(batch.sources.type.value_type) == "string"
        batch.sources.validate(full=True)
    assert spool.repeated == {"a": 250}


def test_pairs_can_be_read_twice_and_added_to_in_between(tmp_path):
    spool = CitationSpool(tmp_path)
    add_all(spool, [("a", [(5, 6), (5, 6)])])
    first = [rows_of(batch) for batch in spool.batches()]
    assert [rows_of(batch) for batch in spool.batches()] == first == [[(5, 6, ["a"])]]
    assert spool.repeated == {"a": 1}
    add_all(spool, [("b", [(1, 2)])])
    assert [rows_of(b) for b in spool.batches()] == [[(1, 2, ["b"]), (5, 6, ["a"])]]


def test_one_file_far_over_the_limit_gives_what_ample_memory_gives():
    rng = np.random.default_rng(7)
    pairs = rng.integers(1, 200, (20_000, 2)).tolist() + [[9, 10]] * 5_000
    calls = [("icite", pairs[:9_000]), ("pubmed", pairs[9_000:])]
    assert spooled(calls, rows_in_memory=300, batch_pairs=64) == spooled(calls) == oracle(calls)


def test_nothing_in_nothing_out():
    assert spooled([]) == ([], 0, Counter())
    assert spooled([("a", []), ("b", [(3, 3)])]) == ([], 1, Counter())


def test_files_are_gone_at_the_end_and_not_mixed_with_others(tmp_path):
    with CitationSpool(tmp_path) as spool:
        add_all(spool, [("a", [(5, 6)])])
        list(spool.batches())
        assert list(tmp_path.iterdir())
        with pytest.raises(ValueError, match="not empty"):
            CitationSpool(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("pair", [(0, 5), (5, 0), (-1, 5), (5, MAX_PMID + 1), (2**40, 5)])
def test_what_is_no_pmid_is_refused_not_folded_into_another(tmp_path, pair):
    with pytest.raises(InputError, match="no PMID"):
        add_all(CitationSpool(tmp_path), [("a", [(1, 2), pair])])


def test_more_sources_than_there_is_room_for_are_refused(tmp_path):
    spool = CitationSpool(tmp_path, rows_in_memory=10**6)
    add_all(spool, [(f"s{n:04d}", [(1, 2)]) for n in range(1024)])
    with pytest.raises(InputError, match="more than 1,024 sources"):
        add_all(spool, [("one too many", [(1, 2)])])
