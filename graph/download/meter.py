"""One bar of bytes for files that arrive side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from citemesh.progress import progress_bar

#: Bytes whose checksum takes over two seconds.
_LARGE = 1 << 30


class Meter:
    """Counts the bytes of many files on one bar; threads may call it side by side.

    Args:
        bar: the bar.
        files: how many files there will be.
    """

    def __init__(self, bar: tqdm[Any], files: int) -> None:
        self._bar = bar
        self._files = files
        self._done = 0
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._show_files()

    def expect(self, name: str, size: int, total: int | None) -> None:
        """A file of `total` bytes is arriving, of which `size` are there.

        A file that begins anew takes its old bytes off the bar; what an earlier run left is not
        counted as arriving in this one.
        """
        with self._lock:
            if self._closed:
                return
            if name not in self._sizes:
                self._bar.total = (self._bar.total or 0) + max(0, (total or 0) - size)
                self._sizes[name] = size
            self._move(name, size)

    def reach(self, name: str, size: int) -> None:
        """`size` bytes of a file are there."""
        with self._lock:
            if not self._closed:
                self._move(name, size)

    def check(self, name: str, size: int) -> None:
        """A file has arrived and is being read for its checksum; said where that takes a while."""
        with self._lock:
            if size >= _LARGE and not self._closed:
                self._bar.set_postfix_str(f"checking {name}")

    def finish(self, name: str) -> None:
        """A file is done, one way or the other."""
        with self._lock:
            self._sizes.pop(name, None)
            self._done += 1
            self._show_files()

    def close(self) -> None:
        """Take no more from threads that have not noticed the end."""
        with self._lock:
            self._closed = True

    def _move(self, name: str, size: int) -> None:
        self._bar.update(size - self._sizes.get(name, 0))
        self._sizes[name] = size

    def _show_files(self) -> None:
        self._bar.set_postfix_str(f"{self._done}/{self._files} files", refresh=False)


@contextmanager
def byte_meter(title: str, files: int, total: int | None = None) -> Iterator[Meter]:
    """A meter whose bar is there for the length of a block."""
    with progress_bar(title, total=total, unit="B", scale=True) as bar:
        meter = Meter(bar, files)
        try:
            yield meter
        finally:
            meter.close()
