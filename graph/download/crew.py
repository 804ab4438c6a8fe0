"""Doing many things side by side in threads that can be left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from queue import SimpleQueue
from typing import TypeVar

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")
THREAD_NAME = "side by side"
#: Seconds given to the threads to notice that they are no longer wanted.
_FAREWELL = 0.5


def side_by_side(
    jobs: Sequence[_Job],
    worker: Callable[[], Callable[[_Job], _Result]],
    threads: int,
    stop: threading.Event,
) -> Generator[tuple[_Job, _Result | Exception], None, None]:
    """Do jobs in threads and yield each with its result, or with what it raised, as they end.

    A pool of the standard library waits at the end of the program for threads that wait for a
    stalled server; these threads end with the program. To call the work off, close the generator
    (``contextlib.closing``).

    Args:
        jobs: what to do.
        worker: called once for each thread; gives the function that does the jobs of that thread.
        threads: how many at a time.
        stop: set when the caller has had enough (it stops iterating, fails, or is interrupted);
            no job begins after that.
    """
    waiting: SimpleQueue[_Job | None] = SimpleQueue()
    ended: SimpleQueue[tuple[_Job, _Result | Exception]] = SimpleQueue()
    crew = min(threads, len(jobs))
    for job in [*jobs, *[None] * crew]:
        waiting.put(job)

    def run(work: Callable[[_Job], _Result]) -> None:
        while (job := waiting.get()) is not None and not stop.is_set():
            ended.put((job, _outcome(work, job)))

    members = [
        threading.Thread(target=run, args=(worker(),), daemon=True, name=THREAD_NAME)
        for _ in range(crew)
    ]
    try:
        for member in members:
            member.start()
        for _ in jobs:
            yield ended.get()
    finally:
        stop.set()
        for member in members:
            member.join(_FAREWELL)


def _outcome(work: Callable[[_Job], _Result], job: _Job) -> _Result | Exception:
    try:
        return work(job)
    except Exception as error:  # noqa: BLE001 - handed to the caller, which decides
        return error
