"""Writing so that nothing half-written ever stands under its final name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from citemesh.errors import OutputExistsError


def check_free(final: Path, *, force: bool) -> None:
    """Refuse an output that is there already, before any work is done.

    Raises:
        OutputExistsError: when `final` exists and `force` is false.
    """
    if final.exists() and not force:
        raise OutputExistsError(
            f"The output {final} is there already.",
            "Add --force to replace it, or give another name with --name.",
        )


@contextmanager
def new_folder(final: Path, *, force: bool = False) -> Iterator[Path]:
    """Fill a partial folder beside `final`; it gets its name only when the block ends well.

    A failure or Ctrl-C in the block removes the partial folder and leaves an older `final` as it
    was. What a killed run left behind is removed by the next one.

    Raises:
        OutputExistsError: when `final` exists and `force` is false.
    """
    check_free(final, force=force)
    final.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(final)
    partial = final.parent / f".{final.name}~{os.getpid()}.partial"
    partial.mkdir()
    try:
        yield partial
        publish_folder(partial, final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def publish_folder(partial: Path, final: Path) -> None:
    """Give a finished folder its final name; an older one of that name is removed."""
    replaced = final.parent / f".{final.name}~{os.getpid()}.replaced"
    if final.exists():
        final.rename(replaced)
    partial.rename(final)
    shutil.rmtree(replaced, ignore_errors=True)


def remove_leftovers(final: Path) -> None:
    """Remove partial folders of `final` whose process is gone; put back what it was replacing."""
    # No name holds a "~", so the leftovers of another name never match.
    for leftover in final.parent.glob(f".{final.name}~*"):
        pid, _, kind = leftover.name.removeprefix(f".{final.name}~").partition(".")
        if not pid.isdigit() or kind not in ("partial", "replaced") or psutil.pid_exists(int(pid)):
            continue
        if kind == "replaced" and not final.exists():
            leftover.rename(final)
        else:
            shutil.rmtree(leftover, ignore_errors=True)


def write_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a text file whole or not at all, with the given permissions from its first moment."""
    partial = path.with_name(f".{path.name}~{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
