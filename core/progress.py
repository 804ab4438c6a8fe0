"""Progress for anything over two seconds: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from tqdm import tqdm

#: Set by ``--quiet``; an environment variable so that worker processes follow it.
QUIET_VARIABLE = "CITEMESH_QUIET"
#: Seconds between two lines when the output is not a terminal.
LINE_INTERVAL = 10.0


def is_quiet() -> bool:
    """Whether progress and chatter are switched off."""
    return os.environ.get(QUIET_VARIABLE, "") not in ("", "0")


class _Lines:
    """A stream that turns a bar's carriage returns into lines, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        line = text.replace("\r", "").strip()
        if line:
            self._stream.write(line + "\n")

    def flush(self) -> None:
        self._stream.flush()


@contextmanager
def progress_bar(
    title: str, total: int | None = None, unit: str = "item", scale: bool = False
) -> Iterator[tqdm[Any]]:
    """A progress bar to update by hand, gone quiet with ``--quiet``.

    Args:
        title: what is being done, shown before the bar.
        total: how many units there will be; None when unknown.
        unit: the name of one unit.
        scale: print counts as 1.2k, 3.4M.
    """
    terminal = sys.stderr.isatty()
    with tqdm(
        desc=title,
        total=total,
        unit=f" {unit}",
        unit_scale=scale,
        disable=is_quiet(),
        file=sys.stderr if terminal else _Lines(sys.stderr),
        mininterval=0.2 if terminal else LINE_INTERVAL,
        dynamic_ncols=terminal,
        ncols=None if terminal else 100,
        ascii=not terminal,
    ) as bar:
        yield bar


def say(text: str) -> None:
    """Print a line for people to stderr, unless ``--quiet``."""
    if not is_quiet():
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Name a step that has no countable parts, and say how long it took.

    On a terminal the seconds run while it lasts.
    """
    if not sys.stderr.isatty():
        say(f"{title} …")
    started = time.monotonic()
    with _clock(title):
        yield
    say(f"{title}: done in {time.monotonic() - started:.1f} s")


@contextmanager
def _clock(title: str) -> Iterator[None]:
    """Seconds running beside the title, removed at the end; only on a terminal."""
    ended = threading.Event()
    layout = "{desc} … {elapsed}"
    with tqdm(
        desc=title, bar_format=layout, leave=False, file=sys.stderr,
        disable=is_quiet() or not sys.stderr.isatty(),
    ) as clock:  # fmt: skip

        def run() -> None:
            while not ended.wait(0.5):
                clock.refresh()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
