"""Evidence about pairs: Cypher = arrays = plain Python, kind by kind."""

import math
from dataclasses import replace

import numpy as np
import pytest

from citemesh.graph.mesh.read import read_mesh
from citemesh.graph.mesh.tree import Descriptor
from citemesh.mining.pairs.array_pairs import ArrayPairs
from citemesh.mining.pairs.cypher_pairs import CypherPairs
from tests.neo4j.columns import assert_same
from tests.random_pubmed import HEADINGS
from tests.support import DATA
from tests.unit.mining_oracle import Oracle

UNKNOWN = [1, 99_999_998]


@pytest.fixture(scope="module")
def small_pairs(small_engines):
    cypher, arrays = small_engines
    return CypherPairs(cypher), ArrayPairs(arrays)


@pytest.fixture(scope="module")
def oracle(papers):
    tree = read_mesh(DATA / "small_mesh.tsv")
    unknown = {ui: Descriptor(ui, name, (), 1) for ui, name in HEADINGS.items()}
    return Oracle(papers, replace(tree, descriptors={**unknown, **tree.descriptors}))


@pytest.fixture(scope="module")
def pairs(papers):
    """Pairs within graphs, across them, with oneself, repeated, in no order, unknown ones."""
    pmids = np.array([paper.pmid for paper in papers])
    first = np.concatenate([np.repeat(pmids, 6), pmids[:9], UNKNOWN, pmids[:2]])
    near = np.stack([np.roll(pmids, n) for n in (0, 1, 3, 5, 7, 100)], axis=1).ravel()
    second = np.concatenate([near, pmids[1:10], pmids[:2], UNKNOWN])
    order = np.random.default_rng(5).permutation(len(first))
    return first[order], second[order]


def test_chains(small_pairs, oracle, pairs):
    cypher, arrays = (reader.chains(*pairs) for reader in small_pairs)
    assert_same(cypher, arrays)
    none: set[int] = set()
    for place, (a, b) in enumerate(zip(*(side.tolist() for side in pairs), strict=True)):
        known = a in oracle.cites and b in oracle.cites
        forth, back = (
            (oracle.cites.get(x, none), oracle.cited_by.get(x, none)) if known else (none, none)
            for x in (a, b)
        )
        chains = len(forth[0] & back[1]) + len(forth[1] & back[0])
        expected = (chains, *map(len, forth), *map(len, back))
        assert tuple(int(v[place]) for v in vars_of(arrays)) == expected
    assert arrays.chains.max() > 2


def test_headings(small_pairs, oracle, pairs, papers):
    cypher, arrays = (reader.headings(*pairs) for reader in small_pairs)
    assert_same(cypher, arrays)
    known = {paper.pmid: paper for paper in papers}
    for place, (a, b) in enumerate(zip(*(side.tolist() for side in pairs), strict=True)):
        expected = (0, 0, 0)
        if a in known and b in known:
            shared = oracle.topical(a) & oracle.topical(b)
            one, other = known[a], known[b]
            major = {ui for ui in shared if one.headings[ui] and other.headings[ui]}
            conflicts = {
                ui
                for ui in shared
                if one.qualifiers.get(ui)
                and other.qualifiers.get(ui)
                and not one.qualifiers[ui] & other.qualifiers[ui]
            }
            expected = (len(shared), len(major), len(conflicts))
        assert tuple(int(v[place]) for v in vars_of(arrays)) == expected, (a, b)
    assert arrays.qualifier_conflicts.max() > 0
    assert (arrays.qualifier_conflicts < arrays.shared).any()


def test_similarity(small_engines, small_pairs, oracle, pairs):
    cypher, arrays = (reader.similarity(*pairs) for reader in small_pairs)
    assert_same(cypher, arrays)
    frame = small_engines[1].snapshot.descriptors
    ic = dict(zip(frame["ui"], frame["ic"].fillna(0.0), strict=True))
    seen = 0
    for place, (a, b) in enumerate(zip(*(side.tolist() for side in pairs), strict=True)):
        found = tuple(float(values[place]) for values in vars_of(arrays))
        one, other = (oracle.topical(x) if x in oracle.cites else set() for x in (a, b))
        if not one or not other:
            assert all(map(math.isnan, found)), (a, b)
            continue
        expected = (
            cosine(oracle, one, other, lambda ui: math.log(depth_of(oracle, ui) + 1)),
            cosine(oracle, one, other, lambda ui: ic[ui]),
            best_match_average(oracle, ic, one, other),
        )
        assert found == pytest.approx(expected, abs=2e-9, nan_ok=True), (a, b)
        seen += 1
    assert seen > 200
    assert len(np.unique(arrays.lin[~np.isnan(arrays.lin)])) > 20


def test_nothing_is_asked_of_no_pairs(small_pairs):
    none = np.empty(0, np.int64)
    for reader in small_pairs:
        for kind in (reader.chains, reader.headings, reader.similarity):
            assert all(len(values) == 0 for values in vars_of(kind(none, none)))


def test_the_real_file_gives_both_the_same(real_engines, real_starts):
    cypher, arrays = CypherPairs(real_engines[0]), ArrayPairs(real_engines[1])
    first = np.concatenate([real_starts[:300], real_starts[:300]])
    second = np.concatenate([np.roll(real_starts[:300], 1), np.sort(real_starts[:300])])
    for kind in ("chains", "headings", "similarity"):
        one, other = (getattr(reader, kind)(first, second) for reader in (cypher, arrays))
        assert_same(one, other)
    assert np.nanmax(other.siml) > 0.1


def vars_of(columns):
    return [getattr(columns, name) for name in columns.__slots__]


def depth_of(oracle, ui):
    return oracle.tree.descriptors[ui].depth


def above(oracle, ui):
    return {ui, *oracle.tree.ancestors(ui)}


def cosine(oracle, one, other, weight):
    first, second = (set().union(*(above(oracle, ui) for ui in own)) for own in (one, other))
    norms = [sum(weight(ui) ** 2 for ui in own) for own in (first, second)]
    if not all(norms):
        return math.nan
    shared = sum(weight(ui) ** 2 for ui in first & second)
    return min(1.0, shared / math.sqrt(norms[0] * norms[1]))


def best_match_average(oracle, ic, one, other):
    """Lin's similarity by its definition: over the lowest common ancestor, heading by heading."""

    def lin(a, b):
        common = [ic[ui] for ui in above(oracle, a) & above(oracle, b)]
        lowest = max(common, default=0.0)
        return 2 * lowest / (ic[a] + ic[b]) if lowest > 0 else 0.0

    best = [max(lin(a, b) for b in other) for a in one] + [
        max(lin(a, b) for a in one) for b in other
    ]
    return sum(best) / (len(one) + len(other))
