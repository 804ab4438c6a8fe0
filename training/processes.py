"""Several processes that train together, as torchrun and accelerate start them."""

from __future__ import annotations

import os

from citemesh.progress import QUIET_VARIABLE


def is_main() -> bool:
    """Whether this process writes: the only one, or the first of several."""
    return os.environ.get("RANK", "0") == "0"


def process_number() -> int:
    """Which of the processes this is, from 0."""
    return int(os.environ.get("RANK", "0"))


def process_count() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait_for_all() -> None:
    """Wait until every process is here."""
    if process_count() > 1:
        import torch.distributed

        if torch.distributed.is_initialized():
            torch.distributed.barrier()


def join_processes() -> None:
    """Connect this process with the others that train, and keep all but the first quiet."""
    if process_count() == 1:
        return
    import torch
    from accelerate import PartialState

    PartialState(cpu=not torch.cuda.is_available())
    if not is_main():
        os.environ[QUIET_VARIABLE] = "1"
