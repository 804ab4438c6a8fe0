"""The manifest beside every output: what was run, on what, and what came out."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from citemesh import __version__
from citemesh.errors import InputError
from citemesh.outputs import write_text

FILE_NAME = "manifest.json"
#: Packages whose version can change a result.
_PACKAGES = (
    "neo4j", "lxml", "numpy", "pandas", "pyarrow", "torch", "transformers",
    "sentence-transformers", "datasets", "pytrec-eval-terrier",
)  # fmt: skip


@dataclass(frozen=True)
class Manifest:
    """What one command did.

    Args:
        kind: the command in a word, such as ``mine``.
        settings: every setting that shaped the output, defaults included.
        inputs: what was read, name to hash or version.
        counts: what came in and went out.
        dropped: what was left out, reason to count.
        seed: the seed of whatever was random; None when nothing was.
        command: the command line.
        versions: citemesh, Python and the packages that matter.
        created: UTC time in ISO 8601.
    """

    kind: str
    settings: dict[str, Any]
    inputs: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    seed: int | None = None
    command: str = field(default_factory=lambda: _command_line())
    versions: dict[str, str] = field(default_factory=lambda: _versions())
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into a folder."""
        write_text(folder / FILE_NAME, json.dumps(asdict(self), indent=2, default=str) + "\n")


def read_manifest(folder: Path, kind: str, made_by: str) -> Manifest:
    """Read the manifest of a finished output.

    Args:
        folder: the output's folder.
        kind: the kind it must have.
        made_by: the command that makes such a folder, for the hint.

    Raises:
        InputError: when the folder or its manifest is missing, unreadable or of another kind.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise InputError(f"{folder} holds no finished output of `{made_by}`.", f"Run: {made_by}")
    try:
        manifest = Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", f"Make it anew: {made_by}") from error
    if manifest.kind != kind:
        raise InputError(
            f"{folder} was made by `{manifest.kind}`, but `{kind}` is needed.", f"Run: {made_by}"
        )
    return manifest


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, read in blocks of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _command_line() -> str:
    return shlex.join(["citemesh", *sys.argv[1:]])


def _versions() -> dict[str, str]:
    found = {"citemesh": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
