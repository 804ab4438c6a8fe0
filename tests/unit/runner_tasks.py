"""Tasks for test_runner.py, in a module of their own: worker processes import it by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from citemesh.outputs import new_folder


def pid(_item: object) -> int:
    """Which process did it."""
    return os.getpid()


def hold(folder: Path) -> None:
    """Begin to write, and do not end."""
    with new_folder(folder) as partial:
        (partial / "begun").touch()
        time.sleep(600)


def kill_once(flag: Path) -> str:
    """Kill this process the first time."""
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done again"
