"""Downloading: what is there already is checked without a network, the rest comes side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from citemesh.errors import CitemeshError
from citemesh.graph.download.checks import file_md5, recorded_md5
from citemesh.graph.download.crew import side_by_side
from citemesh.graph.download.http import DownloadError, Patience, Web
from citemesh.graph.download.meter import Meter, byte_meter
from citemesh.graph.download.sources import Source, Wanted
from citemesh.graph.download.transfer import Remote, State, Transfer
from citemesh.graph.locks import exclusive_lock
from citemesh.progress import progress_bar, say

#: The NLM asks for few connections at a time.
PARALLEL = 3
#: So many files that fail one after another say that it is not about the files.
_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Options:
    """How to download.

    Args:
        parallel: files at a time.
        refresh: ask about files that are there already too; some are published again.
        patience: how failures are met.
    """

    parallel: int = PARALLEL
    refresh: bool = False
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that lies in the folder.

    Args:
        path: where.
        state: how it came there.
        size: its bytes.
    """

    path: Path
    state: State
    size: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a download came to.

    Args:
        arrived: the files that are there, in the order they were asked for.
        failed: names of files that could not be had, with the reason.
        untried: how many were not tried, because too many failed.
    """

    arrived: tuple[Arrived, ...]
    failed: dict[str, str]
    untried: int = 0

    def count(self, state: State) -> int:
        """How many files are in a state."""
        return sum(arrived.state is state for arrived in self.arrived)

    def raise_for_failures(self) -> None:
        """Say in one line what could not be had.

        Raises:
            DownloadError: when something could not.
        """
        if not self.failed:
            return
        untried = f" and {self.untried:,} were not tried" if self.untried else ""
        raise DownloadError(
            f"{len(self.failed):,} of {len(self.arrived) + len(self.failed) + self.untried:,} "
            f"files could not be fetched{untried}: {next(iter(self.failed.values()))}",
            "What has arrived is kept: run the same command again to go on.",
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """What lies in the folder for a file that was asked for.

    Args:
        path: under one of its names.
        md5: of its bytes.
        right: it is what its ``.md5`` file says.
        damaged: it is not; false as well where there is no ``.md5`` file.
    """

    path: Path
    md5: str
    right: bool
    damaged: bool


def download(folder: Path, source: Source, options: Options | None = None) -> Report:
    """Bring the files of a source into a folder, each with its MD5 in a ``.md5`` file beside it.

    A file that is there and matches its ``.md5`` file is not asked for again. A file gets its name
    when it is whole and right; until then it is ``NAME.partial``, from which the next run goes on.

    Args:
        folder: where the files go; made when it is not there.
        source: PubMed, MeSH or iCite.
        options: how to download.

    Raises:
        DownloadError: when it is not known where a file is. That one could not be fetched does not
            end the rest; the report holds it.
    """
    options = options or Options()
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder / ".download.lock", f"Another command downloads into {folder}"):
        web = Web(options.patience)
        wanted = source.wanted(web)
        held = _look(folder, wanted, options.parallel)
        kept = {} if options.refresh else {k: h.path for k, h in held.items() if h.right}
        asked = [w for w in wanted if w.key not in kept]
        remotes = source.locate(web, asked) if asked else []
        states, failed = _fetch(folder, remotes, held, options)
    come = {
        w.key: folder / remote.name
        for w, remote in zip(asked, remotes, strict=True)
        if remote.name in states
    }
    arrived = [
        Arrived(path, states.get(path.name, State.KEPT), path.stat().st_size)
        for w in wanted
        if (path := kept.get(w.key) or come.get(w.key)) is not None
    ]
    return Report(tuple(arrived), failed, len(wanted) - len(arrived) - len(failed))


def _look(folder: Path, wanted: Sequence[Wanted], threads: int) -> dict[int | str, _Held]:
    """Read what is there of the files that were asked for, and check it."""
    present = [(w.key, path) for w in wanted if (path := _present(folder, w)) is not None]
    if not present:
        return {}
    held: dict[int | str, _Held] = {}
    lock = threading.Lock()
    total = sum(path.stat().st_size for _, path in present)
    with progress_bar(f"Checking {folder.name}", total=total, unit="B", scale=True) as bar:

        def advance(size: int) -> None:
            with lock:
                bar.update(size)

        def check(job: tuple[int | str, Path]) -> _Held:
            return _held(job[1], advance)

        with closing(side_by_side(present, lambda: check, threads, Event())) as results:
            for (key, path), result in results:
                if isinstance(result, Exception):
                    raise result
                if result.damaged:
                    say(f"{path.name} does not match its MD5; it is fetched again.")
                held[key] = result
    return held


def _present(folder: Path, wanted: Wanted) -> Path | None:
    return next((p for name in wanted.names if (p := folder / name).is_file()), None)


def _held(path: Path, on_block: Callable[[int], object]) -> _Held:
    md5, recorded = file_md5(path, on_block), recorded_md5(path)
    return _Held(path, md5, right=md5 == recorded, damaged=recorded not in (None, md5))


def _fetch(
    folder: Path, remotes: Sequence[Remote], held: dict[int | str, _Held], options: Options
) -> tuple[dict[str, State], dict[str, str]]:
    """Bring files side by side; returns the states of those that came and why others did not."""
    if not remotes:
        return {}, {}
    md5s = {h.path.name: h.md5 for h in held.values()}
    stop = Event()
    with byte_meter("Downloading", len(remotes)) as meter:

        def worker() -> Callable[[Remote], State]:
            transfer = Transfer(folder, Web(options.patience), meter, stop)
            return lambda remote: transfer.fetch(remote, md5s.get(remote.name))

        with closing(side_by_side(remotes, worker, options.parallel, stop)) as results:
            return _gather(results, meter)


def _gather(
    results: Iterable[tuple[Remote, State | Exception]], meter: Meter
) -> tuple[dict[str, State], dict[str, str]]:
    """Sort results into files that came and files that failed, until too many failed."""
    states: dict[str, State] = {}
    failed: dict[str, str] = {}
    in_a_row = 0
    for remote, result in results:
        meter.finish(remote.name)
        if isinstance(result, State):
            states[remote.name] = result
            in_a_row = 0
        elif isinstance(result, CitemeshError):
            failed[remote.name] = result.message
            in_a_row += 1
            if in_a_row == _FAILURES_IN_A_ROW:
                break
        else:
            raise result
    return states, failed
