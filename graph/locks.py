"""A lock between processes that the operating system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from citemesh.progress import say


@contextmanager
def exclusive_lock(path: Path, waiting_for: str) -> Iterator[None]:
    """Hold a lock file; wait for whoever holds it, saying so.

    The file is gone afterwards, unless its holder was killed; then it is taken over as it lies.

    Args:
        path: the lock file.
        waiting_for: what the other process is doing, for the line that is printed.
    """
    descriptor = _locked(path, waiting_for)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # while it is still locked: who waits looks again
        os.close(descriptor)


def _locked(path: Path, waiting_for: str) -> int:
    """A locked descriptor of the file that has this name now."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for_lock(descriptor, waiting_for)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its holder removed it while this one waited


def _wait_for_lock(descriptor: int, waiting_for: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"{waiting_for}; waiting for it …")
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
