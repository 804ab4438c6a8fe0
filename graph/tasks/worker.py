"""What happens inside a worker process: a task that can be told to end, a parent that may die."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Stopped(BaseException):
    """Raised in a task whose process was told to end, so that it removes what it was writing."""


def _raise_stopped(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _Stopped


def do_task(function: Callable[[Item], Result], item: Item) -> Result:
    """Do one task in a worker; when told to end in mid-task, let it tidy up first."""
    try:
        try:
            signal.signal(signal.SIGTERM, _raise_stopped)
            return function(item)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
    except _Stopped:
        os._exit(128 + signal.SIGTERM)  # an exception would go to the pool, and the worker live on
    except Exception as error:
        if _can_travel(error):
            raise
        # The pool would take an error that cannot be pickled for the death of a worker.
        raise RuntimeError(f"{type(error).__name__}: {error}") from None


def _can_travel(error: Exception) -> bool:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - made in this line, read from nowhere
    except Exception:  # noqa: BLE001 - whatever a foreign class does here, the answer is no
        return False
    return True


def follow_parent() -> None:
    """In a worker: end when the process that started it is gone, killed for instance.

    The pool's queues do not tell: every worker holds both of their ends.
    """
    parent: Any = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
