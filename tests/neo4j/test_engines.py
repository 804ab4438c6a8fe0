"""Cypher on the server and arrays over the snapshot: the same rows, whatever is asked."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from citemesh.graph.mesh.read import read_mesh
from citemesh.graph.mesh.tree import Descriptor
from citemesh.mining.anchors import Anchor
from citemesh.mining.guards import GUARDS, GuardSettings
from citemesh.mining.miner import Miner
from citemesh.mining.strategies import GraphStrategy
from citemesh.mining.strategies.cited import Cited
from citemesh.mining.strategies.random_documents import Random
from citemesh.mining.strategies.shared import Cocited, Coupled
from citemesh.mining.strategies.sibling import Sibling
from citemesh.mining.strategies.two_hop import TwoHop
from tests.neo4j.columns import assert_same
from tests.random_pubmed import HEADINGS
from tests.support import DATA, clean_environment, command_line, run_citemesh
from tests.unit.mining_oracle import Oracle, Row, rows_by_start

#: PMIDs that no graph here has.
UNKNOWN = [1, 99_999_998]
#: Each with how the oracle is asked for the same.
STRATEGIES: list[tuple[GraphStrategy, Callable[[Oracle, int], list[Row]]]] = [
    (Cited(), lambda o, start: o.cited(start)),
    (TwoHop(), lambda o, start: o.two_hop(start)),
    (Cocited(), lambda o, start: o.cocited(start, 1, 1, 1_000)),
    (Cocited(low=2, high=9), lambda o, start: o.cocited(start, 2, 9, 1_000)),
    (Coupled(), lambda o, start: o.coupled(start, 1, 2, 1_000)),
    (Coupled(low=1, high=9, hub=3), lambda o, start: o.coupled(start, 1, 9, 3)),
    (Sibling(), lambda o, start: o.sibling(start, 4)),
    (Sibling(min_depth=1), lambda o, start: o.sibling(start, 1)),
    (Random(), lambda o, start: o.random(start, 0)),
    (Random(seed=5), lambda o, start: o.random(start, 5)),
]
QUOTAS = {"sibling": 2, "cited": 1, "two_hop": 2, "cocited": 1, "coupled": 1, "random": 1}
NAMES = [f"{strategy.name}-{n}" for n, (strategy, _) in enumerate(STRATEGIES)]
MINED = ("anchors.parquet", "negatives.parquet", "drops.json")


@pytest.mark.parametrize("limit", [1, 3, 200])
@pytest.mark.parametrize(("strategy", "expected"), STRATEGIES, ids=NAMES)
def test_small_graphs_give_both_engines_the_oracles_rows(
    small_engines, papers, strategy, expected, limit
):
    tree = read_mesh(DATA / "small_mesh.tsv")
    unknown = {ui: Descriptor(ui, n, (), 1) for ui, n in HEADINGS.items()}
    oracle = Oracle(papers, replace(tree, descriptors={**unknown, **tree.descriptors}))
    starts = np.array([*(paper.pmid for paper in papers), *UNKNOWN])
    cypher, arrays = small_engines
    assert_same(cypher.find(strategy, starts, limit), arrays.find(strategy, starts, limit))
    rows = rows_by_start(arrays, strategy, starts, limit)
    assert sum(map(len, rows)) > 40
    for start, own in zip(starts.tolist(), rows, strict=True):
        assert own == (expected(oracle, start)[:limit] if start not in UNKNOWN else []), start


@pytest.mark.parametrize("limit", [1, 16, 256])
@pytest.mark.parametrize("strategy", [strategy for strategy, _ in STRATEGIES], ids=NAMES)
def test_the_real_file_gives_both_engines_the_same_rows(real_engines, real_starts, strategy, limit):
    one, other = (engine.find(strategy, real_starts, limit) for engine in real_engines)
    assert len(one) > 20
    assert_same(one, other)


@pytest.mark.parametrize("engines", ["small_engines", "real_engines"])
def test_both_engines_know_the_same_of_articles_and_pairs(request, engines, papers, real_starts):
    one, other = request.getfixturevalue(engines)
    pmids = np.array([paper.pmid for paper in papers]) if "small" in engines else real_starts
    some = np.concatenate([pmids[::-1], pmids[:5], UNKNOWN])  # repeated, in no order
    assert_same(one.articles(some), other.articles(some))
    assert one.mesh.uis == other.mesh.uis
    # Near in the list is near in the graph; far is mostly unrelated.
    first = np.concatenate([np.repeat(some, 14), UNKNOWN])
    second = np.concatenate(
        [np.stack([np.roll(some, n) for n in range(14)], axis=1).ravel(), UNKNOWN]
    )
    found = one.pair_citations(first, second)
    assert_same(found, other.pair_citations(first, second))
    assert found.shared_references.any()
    assert found.shared_citers.any()
    assert found.cites.any()


def test_queries_with_several_positives_give_both_engines_the_same_negatives(small_engines, papers):
    documents = [paper.pmid for paper in papers if paper.document]
    anchors = [
        Anchor(str(n), "a query", None if n % 2 else documents[n],
               tuple(documents[n : n + n % 4 + 1]) + (UNKNOWN[0],) * (n % 3 == 0))
        for n in range(0, 300)
    ]  # fmt: skip
    strategies = {s.name: s for s in (*(s for s, _ in STRATEGIES[::2]), TwoHop(), Coupled())}
    for off in (frozenset(), frozenset({"unknown_topic", "siml", "shared_major"})):
        guards = GuardSettings(max_siml=0.9, max_cocitations=2, off=off)
        miners = [Miner(engine, strategies, QUOTAS, guards) for engine in small_engines]
        one, other = (miner.mine_batch(anchors) for miner in miners)
        assert one.equals(other)
        assert miners[0].summary == miners[1].summary
        assert set(one["strategy"].to_pylist()) == set(QUOTAS)
    dropped = {label for drops in miners[0].summary.drops.values() for label in drops.dropped}
    assert {GUARDS[name].label for name in ("known_positive", "same_work", "cited")} <= dropped


def mine(workspace, name, *more):
    asked = [word for s, n in QUOTAS.items() for word in ("--strategy", f"{s}={n}")]
    return ["mine", *asked, "--name", name, *more]


def assert_same_files(workspace, name, other):
    for file in MINED:
        one, two = (workspace.mined(mined) / file for mined in (name, other))
        assert one.read_bytes() == two.read_bytes(), file


def test_both_engines_and_any_number_of_workers_give_the_same_bytes(real_workspace):
    ways = {
        "engine-cypher": ("--engine", "cypher"),
        "engine-arrays": ("--engine", "arrays", "--workers", 1),
        "engine-workers": ("--engine", "arrays", "--workers", 2),
        "engine-dask": ("--engine", "arrays", "--scheduler", "local"),
    }
    for name, more in ways.items():
        # More than one range, so that workers share the work.
        done = run_citemesh(
            real_workspace.root, *mine(real_workspace, name, *more), "--limit", 2_300
        )
        assert done.returncode == 0, done.stderr
    for name in list(ways)[1:]:
        assert_same_files(real_workspace, "engine-cypher", name)


def finished(workspace, known=frozenset()):
    """Summaries of ranges that lie there, those of jobs of other tests left out."""
    return set((workspace.root / "mining-work").glob("*/summary-*.json")) - known


def killed_after(workspace, arguments, ranges, before=frozenset()):
    """Start the command and kill it when so many ranges more are finished."""
    run = subprocess.Popen(
        command_line(workspace.root, *arguments), env=clean_environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while len(finished(workspace, before)) < ranges and run.poll() is None:
            time.sleep(0.005)
    finally:
        run.send_signal(signal.SIGKILL)
    assert run.wait(60) == -signal.SIGKILL, "it ended before it could be killed"
    return finished(workspace, before)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_goes_on_and_mines_no_range_twice(real_workspace, workers):
    name = f"killed-{workers}"
    arguments = mine(real_workspace, name, "--engine", "arrays", "--workers", workers)
    before = frozenset(finished(real_workspace))
    done = killed_after(real_workspace, arguments, 1, before)
    assert not real_workspace.mined(name).exists()
    # A range that is mined again gets new files.
    files = {path: path.stat().st_ino for s in done for path in (s, negatives_of(s))}
    assert files
    later = killed_after(real_workspace, arguments, len(done) + 1, before)
    assert later > done
    assert {path: path.stat().st_ino for path in files} == files
    last = run_citemesh(real_workspace.root, *arguments)
    assert last.returncode == 0, last.stderr
    assert finished(real_workspace) == before
    once = run_citemesh(
        real_workspace.root, *mine(real_workspace, f"{name}-undisturbed", "--engine", "arrays")
    )
    assert once.returncode == 0, once.stderr
    assert_same_files(real_workspace, name, f"{name}-undisturbed")


def negatives_of(summary):
    return summary.with_name(f"{summary.stem.replace('summary', 'negatives')}.parquet")
