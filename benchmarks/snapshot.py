"""Time a snapshot: how many relationships a second come out of Neo4j into arrays.

    python -m benchmarks.snapshot --articles 100000
    python -m benchmarks.snapshot --file pubmed20n0014.xml.gz --rounds 3

Reading is the queries and their transport alone; the whole is `open_snapshot(force=True)`, with
the arrays sorted, resolved and transposed. The fingerprint and the comparison of the snapshot
with the graph (`citemesh graph check`) read the same graph, and are timed beside them.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.synthetic_pubmed import write_synthetic_pubmed
from citemesh.graph import server
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.fingerprint import fingerprint
from citemesh.graph.load.load import load
from citemesh.graph.load.source import GraphInputs
from citemesh.graph.snapshot.check import snapshot_offenders
from citemesh.graph.snapshot.rows import Numbering, article_batches
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.tables import render_table
from citemesh.workspace import Workspace


def measure(workspace: Workspace, client: GraphClient) -> dict[str, float | int]:
    """One round: seconds of each, and entries per second of reading and of the whole."""
    uis = [row["ui"] for row in client.rows(named_query("graph", "snapshot_descriptors"))]
    positions = {ui: position for position, ui in enumerate(uis)}
    reading = _seconds(lambda: _read(client, positions))
    whole = _seconds(lambda: open_snapshot(workspace, client, force=True))
    held = open_snapshot(workspace, client)
    entries = sum(len(csr.indices) for csr in (held.cites, held.headings, held.same_work))
    checking = _seconds(lambda: list(snapshot_offenders(client, held)))
    printing = _seconds(lambda: fingerprint(client))
    return {
        "articles": len(held.pmid), "entries": entries, "read s": reading,
        "entries/s read": int(entries / reading), "snapshot s": whole,
        "entries/s": int(entries / whole), "check s": checking, "fingerprint s": printing,
    }  # fmt: skip


def _read(client: GraphClient, positions: dict[str, int]) -> int:
    return sum(len(batch.pmid) for batch in article_batches(client, Numbering(positions)))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def machine() -> str:
    """What was measured on, in a line."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"other work on them: load {load}"
    )


def run(files: Sequence[Path], folder: Path, rounds: int) -> list[dict[str, float | int]]:
    """Load the files into a workspace in a folder, and measure as often as asked."""
    workspace = Workspace(folder / "workspace")
    load(workspace, GraphInputs(files))
    try:
        with GraphClient(server.ensure_running(workspace)) as client:
            return [measure(workspace, client) for _ in range(rounds)]
    finally:
        server.stop(workspace)


def main() -> None:
    """Print a table of rounds, the machine and the peak memory of this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=100_000, help="made-up records")
    parser.add_argument("--file", type=Path, action="append", help="real files instead")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citemesh-snapshot-") as name:
        folder = Path(name)
        files = arguments.file or write_synthetic_pubmed(folder, arguments.articles)
        rows = run([file.absolute() for file in files], folder, arguments.rounds)
    print(render_table(rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{machine()}; peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
