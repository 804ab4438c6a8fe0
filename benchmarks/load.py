"""Time a first load beside its parts: parsing alone, and Neo4j's import tool alone.

    python -m benchmarks.load --articles 1000000
    python -m benchmarks.load --file pubmed20n0014.xml.gz --rounds 3

Whole: `citemesh graph load`, everything included, in an empty workspace. Bare: `citemesh graph
parse` in an empty workspace, then the import tool on the tables that the load gives it. Then the
last file is removed and added again with `citemesh graph update`, and its rows are timed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic_pubmed import write_synthetic_pubmed
from citemesh.graph import homes, server
from citemesh.graph.client import GraphClient
from citemesh.graph.java import run_admin
from citemesh.graph.load.import_load import IMPORT_HEAP, build_tables, import_arguments
from citemesh.graph.load.result import graph_counts
from citemesh.graph.load.source import GraphInputs, read_source
from citemesh.tables import render_table
from citemesh.workspace import Workspace

#: Labels and types that an update of PubMed files writes.
WRITTEN = ("Article", "CITES", "HAS_MESH", "HAS_MAJOR", "HAS_SUPPLEMENTARY", "SAME_WORK")


@dataclass(frozen=True)
class Round:
    """Seconds of one round, and rows per second of the update.

    Args:
        whole: `citemesh graph load`.
        parse: `citemesh graph parse`.
        bare_import: the import tool alone.
        update_rows: nodes and relationships that the update wrote.
        update: seconds of the update, everything included.
    """

    whole: float
    parse: float
    bare_import: float
    update_rows: int
    update: float

    @property
    def ratio(self) -> float:
        """The whole beside its parts."""
        return self.whole / (self.parse + self.bare_import)


def measure(files: Sequence[Path], folder: Path) -> Round:
    """One round in an empty folder."""
    loaded, parsed, bare = (Workspace(folder / name) for name in ("loaded", "parsed", "bare"))
    whole = _timed(loaded, "graph", "load", *files)
    server.stop(loaded)
    parse = _timed(parsed, "graph", "parse", *files, "--out", folder / "tables")
    bare_import = _bare_import(bare, loaded, files)
    rows, update = _update(loaded, files) if len(files) > 1 else (0, 0.0)
    return Round(whole, parse, bare_import, rows, update)


def _timed(workspace: Workspace, *arguments: object) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "citemesh", "--workspace", str(workspace.root),
         *map(str, arguments)],
        check=True, stdout=subprocess.DEVNULL, stderr=None,
        env={k: v for k, v in os.environ.items() if not k.startswith("NEO4J_")},
    )  # fmt: skip
    return time.perf_counter() - started


def _bare_import(workspace: Workspace, loaded: Workspace, files: Sequence[Path]) -> float:
    source = read_source(loaded, GraphInputs(files))  # parsed already
    work, corpus = workspace.root / "work", workspace.root / "corpus"
    for folder in (work, corpus):
        folder.mkdir(parents=True)
    counts, _ = build_tables(source, work, corpus, 1)
    home = homes.create_home(workspace)
    started = time.perf_counter()
    run_admin(home, list(import_arguments(home, work, counts)), heap=IMPORT_HEAP)
    return time.perf_counter() - started


def _update(workspace: Workspace, files: Sequence[Path]) -> tuple[int, float]:
    _timed(workspace, "graph", "load", "--force", *files[:-1])
    with GraphClient(server.ensure_running(workspace)) as client:
        before = graph_counts(client)
    seconds = _timed(workspace, "graph", "update", files[-1])
    with GraphClient(server.ensure_running(workspace)) as client:
        after = graph_counts(client)
    server.stop(workspace)
    return sum(after[name] - before[name] for name in WRITTEN), seconds


def main() -> None:
    """Print a table of rounds and the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=1_000_000, help="made-up records")
    parser.add_argument("--file", type=Path, action="append", help="real files instead")
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citemesh-load-") as name:
        folder = Path(name)
        files = arguments.file or write_synthetic_pubmed(folder, arguments.articles)
        rounds = []
        for number in range(arguments.rounds):
            place = folder / f"round-{number}"
            place.mkdir()
            rounds.append(measure([file.absolute() for file in files], place))
            shutil.rmtree(place)
    rows = [
        {
            "round": str(number), "load s": r.whole, "parse s": r.parse, "import s": r.bare_import,
            "load / (parse + import)": r.ratio, "update rows": r.update_rows, "update s": r.update,
            "rows/s": r.update_rows / r.update if r.update else None,
        }
        for number, r in enumerate(rounds, start=1)
    ]  # fmt: skip
    print(render_table(rows))
    print(f"median load / (parse + import): {statistics.median(r.ratio for r in rounds):.2f}")


if __name__ == "__main__":
    main()
