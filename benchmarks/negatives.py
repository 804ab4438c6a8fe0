"""Time mining from the graph beside mining from embeddings, end to end, on the same corpus.

    python -m benchmarks.negatives --documents 2000

Ours: every title anchor mined from arrays, guards, evidence and rows included: with `Miner` in this
process, and as `citemesh mine` does it, ranges of anchors read and written by as many processes as
the peer may use cores. Theirs: `sentence_transformers.util.mine_hard_negatives` with
all-MiniLM-L6-v2 on the CPU, anchors and abstracts encoded and searched. Theirs knows no guards, so
that its negatives and ours are not of the same kind.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.snapshot import machine
from citemesh.demo import carried_model, carried_pubmed_file
from citemesh.graph import server
from citemesh.graph.corpus import Corpus, Document
from citemesh.graph.load.load import load
from citemesh.graph.load.source import GraphInputs
from citemesh.graph.snapshot.snapshot import map_snapshot, open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.graph.tasks.runner import open_runner, usable_cpus
from citemesh.mining.anchors import Anchor, plain_title
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.guards import GuardSettings
from citemesh.mining.miner import Miner
from citemesh.mining.ranges import RANGE_ANCHORS, RangeTask, Source, mine_range, write_ranges
from citemesh.mining.settings import MiningSettings, parse_quotas
from citemesh.tables import render_table
from citemesh.workspace import Workspace

NEGATIVES = 4
#: How often the anchors are mined to tell mining from the start of processes.
_COPIES = 9
MIXES = {
    "sibling": ("sibling=4",),
    "all graph strategies": ("sibling=1", "cited=1", "two_hop=1", "cocited=1", "coupled=1"),
}


def documents_of(workspace: Workspace, count: int) -> list[Document]:
    """Some documents of the corpus, the same every time."""
    pmids = (
        int(pmid) for part in Corpus(workspace.corpus).stream(["pmid"]) for pmid in part["pmid"]
    )
    found = Corpus(workspace.corpus).documents(set(islice(pmids, count)))
    return list(found.values())


def title_anchors_of(workspace: Workspace) -> list[Anchor]:
    """Every title as a query."""
    rows = (
        row
        for part in Corpus(workspace.corpus).stream(["pmid", "title"])
        for row in part.itertuples(index=False, name=None)
    )
    return [Anchor(str(p), plain_title(title), int(p), (int(p),)) for p, title in rows]


def ours(snapshot: Path, anchors: list[Anchor]) -> Iterator[dict[str, Any]]:
    """Seconds of opening, and of each mix over all anchors."""
    engine, opening = _timed(lambda: ArrayEngine(map_snapshot(snapshot)))
    for name, texts in MIXES.items():
        settings = MiningSettings(parse_quotas(texts))
        quotas = dict(settings.quotas)
        miner = Miner(engine, settings.strategies(), quotas, GuardSettings())
        miner.mine_batch(anchors[:1])  # the MeSH arrays are made once, whatever the number
        rows, seconds = _timed(lambda miner=miner: _mine(miner, anchors))
        yield _row(f"citemesh: {name}", len(anchors), rows, seconds, opening)


def _mine(miner: Miner, anchors: list[Anchor]) -> int:
    return sum(
        miner.mine_batch(anchors[first : first + RANGE_ANCHORS]).num_rows
        for first in range(0, len(anchors), RANGE_ANCHORS)
    )


def ours_in_processes(
    snapshot: Path, anchors: list[Anchor], workers: int
) -> Iterator[dict[str, Any]]:
    """Seconds of each mix in processes.

    Starting them takes longer than mining so few anchors: all are mined once, and in another run
    `_COPIES` times; the difference is mining, and what the first run took beside it is opening.
    """
    for name, texts in MIXES.items():
        settings = MiningSettings(parse_quotas(texts))
        rows, once = _mine_ranges(snapshot, anchors, settings, workers)
        _, often = _mine_ranges(snapshot, anchors * _COPIES, settings, workers)
        seconds = (often - once) / (_COPIES - 1)
        way = f"citemesh: {name}, {workers} processes"
        yield _row(way, len(anchors), rows, seconds, once - seconds)


def _mine_ranges(
    snapshot: Path, anchors: list[Anchor], settings: MiningSettings, workers: int
) -> tuple[int, float]:
    """Rows mined, and seconds from the start of the processes to the end of the last range."""
    with tempfile.TemporaryDirectory(prefix="citemesh-ranges-") as name:
        list(write_ranges(Path(name), anchors))
        source = Source(snapshot=snapshot)
        tasks = [RangeTask(path, settings, source) for path in sorted(Path(name).iterdir())]
        with open_runner(workers) as runner:
            _, seconds = _timed(lambda: list(runner.map(mine_range, tasks)))
        return sum(pq.read_metadata(task.negatives).num_rows for task in tasks), seconds


def theirs(documents: list[Document]) -> dict[str, Any]:
    """Seconds of encoding and searching; loading the model is told apart."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.util import mine_hard_negatives

    model, opening = _timed(lambda: SentenceTransformer(str(carried_model()), device="cpu"))
    pairs = Dataset.from_dict(
        {
            "anchor": [plain_title(document.title) for document in documents],
            "positive": [document.abstract for document in documents],
        }
    )
    found, seconds = _timed(
        lambda: mine_hard_negatives(
            pairs, model, num_negatives=NEGATIVES, relative_margin=0.05, verbose=False
        )
    )
    return _row("mine_hard_negatives: MiniLM", len(documents), len(found), seconds, opening)


def torch_threads() -> int:
    """The cores that the peer computes on."""
    import torch

    return torch.get_num_threads()


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def _row(name: str, anchors: int, rows: int, seconds: float, opening: float) -> dict[str, Any]:
    return {
        "way": name, "anchors": anchors, "rows": rows, "seconds": seconds,
        "microseconds per anchor": seconds / anchors * 1e6, "opening s": opening,
    }  # fmt: skip


@contextlib.contextmanager
def loaded_workspace(given: Path | None) -> Iterator[Workspace]:
    """The workspace that is given, or one with the carried PubMed file, removed afterwards."""
    if given is not None:
        yield Workspace(given.absolute())
        return
    with tempfile.TemporaryDirectory(prefix="citemesh-negatives-") as name:
        workspace = Workspace(Path(name) / "workspace")
        load(workspace, GraphInputs([carried_pubmed_file()]))
        try:
            yield workspace
        finally:
            server.stop(workspace)


def main() -> None:
    """Print a table, ratios, and what the figures include."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=2_000, help="that the model encodes")
    parser.add_argument("--workspace", type=Path, help="a loaded workspace; else one is made")
    given = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with loaded_workspace(given.workspace) as workspace:
        with open_loaded_graph(workspace) as client:
            snapshot = open_snapshot(workspace, client).folder
        anchors = title_anchors_of(workspace)
        rows = [*ours(snapshot, anchors), *ours_in_processes(snapshot, anchors, usable_cpus())]
        rows.append(theirs(documents_of(workspace, given.documents)))
    slow = rows[-1]["microseconds per anchor"]
    for row in rows:
        row["times as fast"] = slow / row["microseconds per anchor"]
    print(render_table(rows))
    print(
        "citemesh: finding, guards, evidence and rows; the graph is loaded and its snapshot made "
        "before.\nIn processes ranges of anchors are read and their negatives written as well; "
        "opening is the start of the processes.\nmine_hard_negatives: encoding anchors and "
        f"abstracts, and the search among them, on {torch_threads()} threads; no file is written. "
        f"{machine()}"
    )


if __name__ == "__main__":
    main()
