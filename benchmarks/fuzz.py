"""Damaged PubMed files through the reader: what may come of them, and whether what comes is true.

    python -m benchmarks.fuzz 100000 --seed 4

Of each file come records, counted skips with their reasons, or one `InputError`; never another
error, a hang, or a fact that the file does not state (benchmarks/pubmed_oracle.py).
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from benchmarks.mutations import mutate, pubmed_sources
from benchmarks.pubmed_oracle import facts_in_source, facts_in_tables
from citemesh.errors import InputError
from citemesh.graph.pubmed.read import Tables, read_pubmed

DATA = Path(__file__).parents[1] / "tests" / "data"
#: Seconds for one file of some kilobytes, after which the run ends with a traceback.
HANG = 60.0


@dataclass(slots=True)
class Trial:
    """Reads files one at a time, and counts what came of them.

    Args:
        folder: an empty folder to work in.
        outcomes: kind of outcome to files.
        skips: reason to records.
        lax: files that libxml2 refuses and the reader took.
    """

    folder: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    lax: int = 0

    def read(self, data: bytes) -> None:
        """Read a file.

        Raises:
            AssertionError: when it tells what the file does not say, or not all of a record.
            Exception: what the reader raised and should not have.
        """
        path = self.folder / "fuzz.xml"
        path.write_bytes(data)
        skipped: Counter[str] = Counter()
        try:
            tables = list(read_pubmed(path, skipped))
        except InputError as error:
            assert "\n" not in str(error), error
            self.outcomes[f"refused: {_kind(error, path)}"] += 1
            return
        self.skips.update(skipped)
        self.outcomes["skips, no record" if not tables else "records"] += 1
        self._judge(tables, skipped, data)

    def _judge(self, tables: list[Tables], skipped: Counter[str], data: bytes) -> None:
        told = facts_in_tables(tables)
        source = facts_in_source(data)
        if source is None:
            self.lax += 1
            return
        assert told <= source.allowed, f"not in the file: {sorted(told - source.allowed)[:5]}"
        pmids = [pmid for batch in tables for pmid in batch["articles"]["pmid"].to_pylist()]
        missing = {fact for fact in source.owed - told if fact[1] in pmids}
        assert not missing, f"lost: {sorted(missing)[:5]}"
        records = len(pmids) + sum(n for why, n in skipped.items() if why.startswith("record"))
        assert records >= source.records, f"{records} of {source.records} records accounted for"


def _kind(error: InputError, source: Path) -> str:
    """An error's message without what differs from file to file."""
    words = error.message.replace(str(source), "FILE").split(":")
    return words[0][:60]


@dataclass(slots=True)
class Run:
    """What a run found.

    Args:
        failures: what was raised that should not have been, to the seeds of those files.
        slowest: seconds of the slowest file.
        memory: resident memory in MB at ten moments of the run.
    """

    failures: dict[str, list[str]] = field(default_factory=dict)
    slowest: float = 0.0
    memory: list[int] = field(default_factory=list)


def damaged(name: str, originals: Sequence[bytes]) -> bytes:
    """One damaged file, the same for the same name and originals."""
    random = Random(name)
    return mutate(random, random.choice(originals))


def run(trial: Trial, files: int, seed: int, sources: Path) -> Run:
    """Damage and read files, each by a seed of its own: ``SEED-NUMBER``."""
    originals = pubmed_sources(sources)
    found = Run()
    for number in range(files):
        name = f"{seed}-{number}"
        data = damaged(name, originals)
        faulthandler.dump_traceback_later(HANG, exit=True)
        started = time.perf_counter()
        try:
            trial.read(data)
        except Exception as error:  # noqa: BLE001 - finding them is what this is for
            first_line = str(error).partition("\n")[0]
            kind = f"{type(error).__name__}: {first_line}"
            found.failures.setdefault(kind, []).append(name)
        found.slowest = max(found.slowest, time.perf_counter() - started)
        if number % max(1, files // 10) == 0:
            found.memory.append(psutil.Process().memory_info().rss >> 20)
    faulthandler.cancel_dump_traceback_later()
    return found


def main() -> None:
    """Read the files and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--sources", type=Path, default=DATA, help="folder of files to damage")
    parser.add_argument("--show", metavar="SEED-NUMBER", help="print one damaged file, read none")
    options = parser.parse_args()
    if options.show:
        sys.stdout.buffer.write(damaged(options.show, pubmed_sources(options.sources)))
        return
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder))
        found = run(trial, options.files, options.seed, options.sources)
    print(f"{options.files:,} damaged files, seed {options.seed}")
    _print_counts(trial.outcomes)
    print("Left out and counted:")
    _print_counts(trial.skips)
    print(f"Taken though libxml2 refuses them: {trial.lax:,}")
    print(f"Slowest file: {found.slowest:.2f} s. Memory in MB along the run: {found.memory}")
    for error, names in found.failures.items():
        print(f"FAILED {len(names)} times, first {names[0]}: {error}")
    raise SystemExit(1 if found.failures else 0)


def _print_counts(counts: Counter[str]) -> None:
    for name, count in counts.most_common():
        print(f"  {count:>9,}  {name}")


if __name__ == "__main__":
    main()
