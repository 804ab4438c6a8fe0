"""Work folders: what a job of mining has finished, kept until the job is done.

A job is known by its settings, its inputs and the state of the graph: the same command goes on
where a killed one was. Jobs that nobody went on with leave their folders; the next job of any kind
removes those of another state of the graph, which can never be gone on with, and very old ones.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from citemesh.graph.locks import exclusive_lock
from citemesh.outputs import write_text

#: Days after which nobody is expected to go on with a job.
KEPT_DAYS = 30
_KEY_FILE = "key.json"


@contextmanager
def work_folder(root: Path, graph: str, job: Mapping[str, Any]) -> Iterator[Path]:
    """The folder of exactly this job, with what an earlier run has finished.

    It goes when the job is done and stays when it is not. One run of a job at a time has it.

    Args:
        root: where the work folders lie.
        graph: the state of the graph.
        job: whatever else makes the job, as JSON can write it but for sets.
    """
    key = json.dumps({"graph": graph, **job}, sort_keys=True, default=sorted)
    work = root / hashlib.sha256(key.encode()).hexdigest()[:16]
    root.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(_lock_of(work), "Another command does the same"):
        _remove_abandoned(root, graph, work)
        work.mkdir(exist_ok=True)
        write_text(work / _KEY_FILE, key + "\n")
        yield work
        shutil.rmtree(work)


def _remove_abandoned(root: Path, graph: str, own: Path) -> None:
    """Remove folders of another state of the graph and old ones, but for those of running jobs."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for folder in root.iterdir():
        if folder == own or not folder.is_dir():
            continue
        if _graph_of(folder) != graph or _changed(folder) < oldest:
            with _lock_if_free(_lock_of(folder)) as free:
                if free:
                    shutil.rmtree(folder, ignore_errors=True)


def _graph_of(folder: Path) -> str | None:
    """The state of the graph that a job is of; None when its key was never written."""
    try:
        content = json.loads((folder / _KEY_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    graph: str | None = content.get("graph")
    return graph


def _changed(folder: Path) -> float:
    """When something in a folder was last finished; now, when it has just been removed."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _lock_of(work: Path) -> Path:
    return work.with_suffix(".lock")


@contextmanager
def _lock_if_free(path: Path) -> Iterator[bool]:
    """Hold a job's lock, as `exclusive_lock` does, unless a running job has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        free = _locked(descriptor, path)
        yield free
        if free:
            path.unlink(missing_ok=True)  # while it is still locked: who waits looks again
    finally:
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):  # a job is running, or has just ended
        return False
