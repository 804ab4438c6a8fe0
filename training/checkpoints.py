"""Checkpoints: which of them are whole, and whether an unfinished run can be taken up."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from citemesh.errors import CitemeshError, NoSpaceError, OutputExistsError, is_no_space
from citemesh.outputs import write_text
from citemesh.progress import say
from citemesh.training.processes import process_number

_NUMBERED = re.compile(r"checkpoint-(\d+)")
_STATE = "trainer_state.json"
#: Written by transformers for every checkpoint (Trainer._save_checkpoint), all of them zip files.
_TORCH_FILES = ("optimizer.pt", "scheduler.pt")
#: Written likewise: one for each process, with its number where there are several.
_RANDOM_STATES = "rng_state*.pth"
#: Written by us, last: which queries were seen.
SEEN_FILE = "seen.npy"
#: What writers that give no errno say: safetensors with a number, torch's zip writer without.
_OS_ERROR = re.compile(r"os error (?:28|122|27)\b")
_TORCH_WRITE_ERROR = re.compile(r"PytorchStreamWriter|inline_container|unexpected pos")


@dataclass(frozen=True)
class PartialRun:
    """The folder of a run that is not finished; it outlives a kill so that the run can go on.

    Args:
        folder: ``models/.NAME.partial``.
    """

    folder: Path

    @property
    def checkpoints(self) -> Path:
        """Where transformers writes ``checkpoint-STEP`` folders."""
        return self.folder / "checkpoints"

    @property
    def cache(self) -> Path:
        """Memory-mapped copies of the data, made anew by every attempt."""
        return self.folder / "cache"

    @property
    def own_cache(self) -> Path:
        """The part of the cache that belongs to this of several processes."""
        return self.cache / str(process_number())

    @property
    def log(self) -> Path:
        """The training log so far."""
        return self.folder / "training_log.jsonl"

    @property
    def dev_log(self) -> Path:
        """The evaluations on the dev part so far."""
        return self.folder / "dev_log.jsonl"

    @property
    def best(self) -> Path:
        """The trained weights of the best evaluation."""
        return self.folder / "best.safetensors"

    @property
    def last(self) -> Path:
        """The trained weights after the last step; there before the last checkpoint is."""
        return self.folder / "last.safetensors"

    @property
    def model(self) -> Path:
        """The finished model, before it gets its final name."""
        return self.folder / "model"

    def take_up(self, identity: dict[str, Any]) -> Path | None:
        """Make the folder ready for a run and find the checkpoint to go on from.

        Args:
            identity: settings and hashes that must be equal for a run to be taken up.

        Returns:
            The newest whole checkpoint of an equal run; None to start anew.

        Raises:
            OutputExistsError: when another process is at work in the folder.
        """
        self._refuse_company()
        if self.folder.exists():
            changed = self._changed(identity)
            if changed:
                say(f"An unfinished run of this name had another {changed}: starting anew.")
                shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / "settings.json", json.dumps(identity, indent=2) + "\n")
        own = psutil.Process()
        owner = json.dumps({"pid": own.pid, "started": own.create_time()})
        write_text(self.folder / "owner.json", owner)
        for leftover in (self.cache, self.model):
            shutil.rmtree(leftover, ignore_errors=True)
        checkpoint = newest_whole(self.checkpoints)
        if checkpoint:
            say(f"Going on from step {step_of(checkpoint)} of an unfinished run.")
        return checkpoint

    def _changed(self, identity: dict[str, Any]) -> str:
        """Name the settings in which the unfinished run differs; empty when it is the same run."""
        old = _read_json(self.folder / "settings.json") or {}
        keys = [key for key in {**old, **identity} if old.get(key) != identity.get(key)]
        return ", ".join(key.replace("_", " ") for key in keys)

    def _refuse_company(self) -> None:
        owner = _read_json(self.folder / "owner.json")
        if owner is None or owner["pid"] == os.getpid():
            return
        try:
            started = psutil.Process(owner["pid"]).create_time()
        except psutil.Error:
            return
        # A process number is used again after a while; its start time tells the two apart.
        if abs(started - owner["started"]) < 1.0:
            raise OutputExistsError(
                f"Process {owner['pid']} is training into {self.folder} right now.",
                "Wait for it or give another --name.",
            )


def newest_whole(checkpoints: Path) -> Path | None:
    """Find the newest checkpoint that a kill did not cut short, and remove those that it did."""
    whole = []
    for folder in checkpoints.glob("checkpoint-*"):
        if is_whole(folder):
            whole.append(folder)
        else:
            shutil.rmtree(folder)
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """The step after which a checkpoint was written."""
    match = _NUMBERED.fullmatch(checkpoint.name)
    return int(match[1]) if match else -1


def is_whole(checkpoint: Path) -> bool:
    """Whether every file of a checkpoint is there and ends where its own header says.

    transformers writes straight into the final name, the trainer's state last.
    """
    from safetensors import SafetensorError, safe_open

    weights = list(checkpoint.rglob("*.safetensors"))
    if step_of(checkpoint) < 0 or not weights or _read_json(checkpoint / _STATE) is None:
        return False
    if not (checkpoint / SEEN_FILE).is_file():
        return False
    try:
        for path in weights:
            with safe_open(path, framework="numpy"):
                pass
    except (OSError, SafetensorError):
        return False
    states = list(checkpoint.glob(_RANDOM_STATES))
    files = [*(checkpoint / name for name in _TORCH_FILES), *states]
    return bool(states) and all(zipfile.is_zipfile(file) for file in files)


@contextmanager
def full_disk_in_words(checkpoints: Path) -> Iterator[None]:
    """Turn a failure to write into one error that says so, and remove what it left half-written.

    Raises:
        NoSpaceError: when a writer in the block found no space.
    """
    try:
        yield
    except CitemeshError:
        raise
    except Exception as error:
        if not _says_no_space(error):
            raise
        kept = newest_whole(checkpoints)
        going_on = f"; it will go on from step {step_of(kept)}" if kept else ""
        raise NoSpaceError(
            f"No space left to write ({error}).".replace("\n", " "),
            f"Free some space and run the same command again{going_on}.",
        ) from error


def _says_no_space(error: BaseException) -> bool:
    text = str(error)
    return is_no_space(error) or bool(_OS_ERROR.search(text) or _TORCH_WRITE_ERROR.search(text))


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
