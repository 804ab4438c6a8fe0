"""Time the graph strategies: Cypher and arrays, each beside what one would write first.

    python -m benchmarks.mine --articles 1000000
    python -m benchmarks.mine --workspace DIR --anchors 5000

Plain Cypher is one flat pattern, one row per pair (benchmarks/queries); plain SciPy is one row
product per anchor, its matrices in memory (benchmarks/scipy_mining.py). All of them are asked on
the same graph in one run, and what they find is compared row by row. Reading the MeSH tree, making
the snapshot and building SciPy's matrices are not timed; each way is asked once before it is.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scipy_mining import Ints, ScipyMining
from benchmarks.snapshot import machine
from benchmarks.synthetic_pubmed import write_synthetic_pubmed
from citemesh.graph import server
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import parse_query
from citemesh.graph.load.load import load
from citemesh.graph.load.source import GraphInputs
from citemesh.graph.pmid_set import order_key
from citemesh.graph.snapshot.snapshot import DOCUMENT, map_snapshot, open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.candidates import Candidates
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.engine import Engine
from citemesh.mining.ranges import RANGE_ANCHORS
from citemesh.mining.strategies.base import GraphStrategy
from citemesh.mining.strategies.cited import Cited
from citemesh.mining.strategies.shared import Cocited, Coupled
from citemesh.mining.strategies.sibling import Sibling
from citemesh.mining.strategies.two_hop import TwoHop
from citemesh.tables import render_table
from citemesh.workspace import Workspace

STRATEGIES: tuple[GraphStrategy, ...] = (Cited(), TwoHop(), Cocited(), Coupled(), Sibling())
#: Candidates per anchor, as `citemesh mine --strategy NAME=4` asks for them.
LIMIT = 16
_QUERIES = Path(__file__).parent / "queries"
Found = list[list[int]]


@dataclass(frozen=True)
class Ways:
    """The ways to find the same, each from anchors to PMIDs per anchor.

    Args:
        client: the graph.
        one, two: Cypher in one session and in two.
        arrays: over the snapshot.
        scipy: row by row.
    """

    client: GraphClient
    one: CypherEngine
    two: CypherEngine
    arrays: ArrayEngine
    scipy: ScipyMining

    @classmethod
    def of(cls, workspace: Workspace, client: GraphClient) -> Ways:
        """All of them on one graph."""
        snapshot = open_snapshot(workspace, client)
        engines = (CypherEngine(client, sessions) for sessions in (1, 2))
        return cls(client, *engines, ArrayEngine(snapshot), ScipyMining.of(snapshot))

    def plain(self, strategy: GraphStrategy, starts: Ints) -> Found:
        """The flat pattern: all pairs come, and are put in order here."""
        name = f"plain_{strategy.name}"
        query = parse_query(name, (_QUERIES / f"{name}.cypher").read_text(encoding="utf-8"))
        given = {key: getattr(strategy, key) for key in query.params if key != "ids"}
        found: dict[int, list[int]] = {pmid: [] for pmid in starts.tolist()}
        for rows in self.client.rows_for(query, starts.tolist(), RANGE_ANCHORS, **given):
            for row in rows:
                found[row["id"]].append(row["pmid"])
        return [_first(start, pmids) for start, pmids in found.items()]


def _first(start: int, pmids: Sequence[int]) -> list[int]:
    ends = np.array(pmids, np.int64)
    keys = (order_key(np.array([start])) + order_key(ends)) % (1 << 31)
    first: list[int] = ends[np.argsort(keys)[:LIMIT]].tolist()
    return first


def measure(
    ways: Ways, strategy: GraphStrategy, starts: Ints, few: Ints, fewest: Ints
) -> dict[str, Any]:
    """One row of the table: anchors per second and ratios.

    Args:
        ways: to ask.
        strategy: for which.
        starts: anchors for the arrays.
        few: for Cypher and SciPy; the first of them.
        fewest: for plain Cypher; the first of those.
    """
    plain, flat = _rate(lambda: ways.plain(strategy, fewest), fewest)
    one, by_one = _rate(lambda: _ask(ways.one, strategy, few), few)
    two, by_two = _rate(lambda: _ask(ways.two, strategy, few), few)
    scipy, by_row = _rate(lambda: ways.scipy.find(strategy, few, LIMIT), few)
    arrays, by_arrays = _rate(lambda: _ask(ways.arrays, strategy, starts), starts)
    rows = _per_start(by_arrays, len(starts))
    assert flat == rows[: len(fewest)], strategy.name
    assert _per_start(by_one, len(few)) == by_row == rows[: len(few)], strategy.name
    assert _per_start(by_two, len(few)) == by_row, strategy.name
    return {
        "strategy": strategy.name, "plain Cypher": plain, "Cypher": one, "2 sessions": two,
        "plain SciPy": scipy, "arrays": arrays, "Cypher / plain": one / plain,
        "2 sessions / 1": two / one, "arrays / SciPy": arrays / scipy,
        "arrays / Cypher": arrays / one, "found per anchor": sum(map(len, rows)) / len(rows),
    }  # fmt: skip


def _ask(engine: Engine, strategy: GraphStrategy, starts: Ints) -> list[Candidates]:
    return [
        engine.find(strategy, starts[first : first + RANGE_ANCHORS], LIMIT)
        for first in range(0, len(starts), RANGE_ANCHORS)
    ]


def _per_start(batches: Sequence[Candidates], starts: int) -> Found:
    found: Found = [[] for _ in range(starts)]
    for number, batch in enumerate(batches):
        pairs = zip(batch.start.tolist(), batch.pmid.tolist(), strict=True)
        for start, pmid in pairs:
            found[number * RANGE_ANCHORS + start].append(pmid)
    return found


def _rate(work: Callable[[], Any], starts: Ints) -> tuple[float, Any]:
    """Anchors per second of the second time, when caches are warm."""
    work()
    began = time.perf_counter()
    found = work()
    return len(starts) / (time.perf_counter() - began), found


def array_peak(folder: Path, starts: Ints) -> tuple[float, float]:
    """MB of a process of its own before and after it asked for every strategy on arrays."""
    engine = ArrayEngine(map_snapshot(folder))
    before = _peak()
    for strategy in STRATEGIES:
        for first in range(0, len(starts), RANGE_ANCHORS):
            engine.find(strategy, starts[first : first + RANGE_ANCHORS], LIMIT)
    return before, _peak()


def _peak() -> float:
    # Not `getrusage`: its figure begins with that of the process that started this one.
    (line,) = [
        line
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024


@contextmanager
def synthetic_workspace(articles: int) -> Iterator[Workspace]:
    """A workspace with a made-up graph, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="citemesh-mine-") as name:
        workspace = Workspace(Path(name) / "workspace")
        load(workspace, GraphInputs(write_synthetic_pubmed(Path(name), articles)))
        try:
            yield workspace
        finally:
            server.stop(workspace)


def run(workspace: Workspace, anchors: int, few: int, fewest: int) -> None:
    """Measure every strategy on a loaded workspace and print the table."""
    with open_loaded_graph(workspace) as client:
        ways = Ways.of(workspace, client)
        snapshot = ways.arrays.snapshot
        documents = snapshot.pmid[(snapshot.flags & DOCUMENT) > 0]
        chance = np.random.default_rng(5)
        starts = chance.permutation(documents)[:anchors]
        rows = [measure(ways, s, starts, starts[:few], starts[:fewest]) for s in STRATEGIES]
    print(render_table(rows))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        before, after = pool.submit(array_peak, snapshot.folder, starts).result()
    print(
        f"{len(snapshot.pmid):,} articles, {len(snapshot.cites.indices):,} citations; all ways "
        f"gave the same rows. Anchors: {len(starts)} on arrays, {few} in Cypher and SciPy, "
        f"{fewest} in plain Cypher.\nArrays alone: {before:.0f} MB opened, {after:.0f} MB at the "
        f"most, mapped pages of the snapshot among them. {machine()}"
    )


def main() -> None:
    """Print a table of strategies, the memory and the machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=1_000_000, help="made-up records")
    parser.add_argument("--workspace", type=Path, help="a loaded workspace instead")
    parser.add_argument("--anchors", type=int, default=10_000, help="for arrays")
    parser.add_argument("--few", type=int, default=2_000, help="anchors for Cypher and SciPy")
    parser.add_argument("--fewest", type=int, default=100, help="anchors for plain Cypher")
    given = parser.parse_args()
    if given.workspace:
        run(Workspace(given.workspace.absolute()), given.anchors, given.few, given.fewest)
    else:
        with synthetic_workspace(given.articles) as workspace:
            run(workspace, given.anchors, given.few, given.fewest)


if __name__ == "__main__":
    main()
