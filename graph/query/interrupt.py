"""Ctrl-C while a query runs: the server is told first, the program ends between two rows."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Interrupt:
    """Whether Ctrl-C has been pressed."""

    asked: bool = False

    def check(self) -> None:
        """Raise KeyboardInterrupt, at a place where that harms nothing, if Ctrl-C was pressed."""
        if self.asked:
            raise KeyboardInterrupt


@contextmanager
def deferred_interrupt(stop: Callable[[], None]) -> Iterator[Interrupt]:
    """Let Ctrl-C call `stop` (in a thread of its own) instead of raising wherever it strikes.

    An exception in the middle of a message from the server would leave a connection on which
    nothing can be read any more, not even that the query has ended. A second Ctrl-C raises at once.
    """
    interrupt = Interrupt()
    in_main = threading.current_thread() is threading.main_thread()
    # Signals reach the main thread only; a job in the background ignores Ctrl-C, and goes on so.
    if not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupt
        return

    def on_signal(number: int, frame: object) -> None:
        if interrupt.asked:
            raise KeyboardInterrupt
        interrupt.asked = True
        threading.Thread(target=stop, daemon=True).start()

    signal.signal(signal.SIGINT, on_signal)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
