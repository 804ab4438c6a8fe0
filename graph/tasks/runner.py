"""Doing independent tasks side by side: processes of this machine, or a Dask cluster.

A task is a function of one item that writes its own output whole or not at all, so that any task
may be ended at any moment and done again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import Protocol, TypeVar

from citemesh.errors import CitemeshError, SettingsError
from citemesh.graph.tasks.worker import do_task, follow_parent

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Seconds that a worker gets to remove what it was writing before it is killed.
STOP_GRACE = 3.0
#: Tasks handed to the pool ahead of time, per worker: no worker waits, and little is queued.
_AHEAD = 2


class Runner(Protocol):
    """Something that does independent tasks."""

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result]]:
        """Do `function` on every item; yield the item's index and its result as they finish.

        Args:
            function: a function of a module, or a `functools.partial` of one: it is pickled.
            items: what to do it on; pickled one by one.

        Raises:
            CitemeshError: when a worker was killed from outside.
            Exception: what a task raised, unchanged; the other tasks are cancelled.
        """
        ...

    def close(self) -> None:
        """End what is still running."""
        ...


@contextmanager
def open_runner(workers: int | None = None, scheduler: str | None = None) -> Iterator[Runner]:
    """Give a runner; when the block ends, by error or Ctrl-C too, none of its processes is left.

    Args:
        workers: processes; as many as this process may use CPUs when None. No more than items are
            started, and with one the tasks are done in this process.
        scheduler: the address of a Dask scheduler such as ``tcp://host:8786``, whose workers see
            the same files under the same paths; or ``local`` for a Dask cluster on this machine.

    Raises:
        SettingsError: for fewer than one worker, or workers for a cluster that has its own.
        InputError: when no scheduler answers.
        ModuleNotFoundError: for a scheduler without the package `distributed`.
    """
    if workers is not None and workers < 1:
        raise SettingsError(f"{workers} workers cannot do anything.", "Use --workers 1 or more.")
    runner: Runner
    if scheduler is None:
        runner = PoolRunner(workers or usable_cpus())
    else:
        from citemesh.graph.tasks.dask_runner import DaskRunner

        runner = DaskRunner(scheduler, workers)
    try:
        yield runner
    finally:
        runner.close()


def usable_cpus() -> int:
    """The CPUs that this process may run on, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0))


def worker_killed() -> CitemeshError:
    """The error for a worker that something outside has ended."""
    return CitemeshError(
        "A worker process was killed from outside, most often for want of memory.",
        "What was finished is kept: run the same command again, with --workers 1 if memory is "
        "short.",
    )


class PoolRunner:
    """Tasks in processes of this machine.

    Args:
        workers: how many at most.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pools: list[ProcessPoolExecutor] = []

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item]
    ) -> Iterator[tuple[int, Result]]:
        """See `Runner.map`; with one item or one worker without any other process."""
        workers = min(self._workers, len(items))
        if workers <= 1:
            for index, item in enumerate(items):
                yield index, function(item)
            return
        # spawn: a forked process would share locks and threads of pyarrow, and may hang on them.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=follow_parent)
        self._pools.append(pool)
        try:
            yield from _map_in(pool, function, items, workers * _AHEAD)
            pool.shutdown()
        except BrokenProcessPool as error:
            raise worker_killed() from error
        finally:
            _end(pool)

    def close(self) -> None:
        """End every pool whose results were not read to the end."""
        for pool in self._pools:
            _end(pool)


def _map_in(
    pool: ProcessPoolExecutor,
    function: Callable[[Item], Result],
    items: Sequence[Item],
    ahead: int,
) -> Iterator[tuple[int, Result]]:
    task = partial(do_task, function)
    waiting = iter(enumerate(items))
    pending: dict[Future[Result], int] = {}
    while True:
        while len(pending) < ahead and (following := next(waiting, None)) is not None:
            index, item = following
            with _interrupts_held():
                pending[pool.submit(task, item)] = index
        if not pending:
            return
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            yield pending.pop(future), future.result()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while a process may be started, which then never gets one.

    A terminal sends Ctrl-C to all processes at once; workers are ended by this process, in order,
    and print nothing. A blocked signal stays blocked in a process that is started meanwhile.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool's workers now; a finished pool has none."""
    # The public way to end running workers, terminate_workers, came with Python 3.14.
    processes = list((pool._processes or {}).values())
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_GRACE
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
    pool.shutdown(cancel_futures=True)
