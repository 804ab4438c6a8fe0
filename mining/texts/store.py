"""Prepared indexes in the workspace: made once, whole or not at all, and found again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from citemesh.errors import InputError, MissingDependencyError
from citemesh.graph.corpus import Corpus
from citemesh.graph.locks import exclusive_lock
from citemesh.manifest import FILE_NAME, Manifest, read_manifest
from citemesh.outputs import new_folder
from citemesh.workspace import Workspace

#: Raise it when what an index holds changes: those of another format are made anew.
_FORMAT = 1
MANIFEST_KIND = "mining index"


def prepared(
    workspace: Workspace,
    corpus: Corpus,
    kind: str,
    settings: Mapping[str, Any],
    make: Callable[[Path], Mapping[str, str]],
) -> Path:
    """The folder of an index of this state of the graph, made first when it is not there.

    The folder ``mining-indexes`` may be deleted. Processes wait for each other. A new index takes
    the place of those of other states of the graph; who has mapped one of them reads it to the end.

    Args:
        workspace: where it lies.
        corpus: says which state of the graph there is.
        kind: of index, for the folder's name.
        settings: whatever else shapes it.
        make: fills an empty folder; what it returns is kept in the manifest's inputs.
    """
    shaped_by = {"format": _FORMAT, "graph": corpus.manifest.settings["load_id"], **settings}
    key = hashlib.sha256(json.dumps(shaped_by, sort_keys=True).encode()).hexdigest()[:16]
    root = workspace.root / "mining-indexes"
    root.mkdir(parents=True, exist_ok=True)
    final = root / f"{kind}-{key}"
    with exclusive_lock(root / ".lock", "Another command prepares an index"):
        if not (final / FILE_NAME).exists():
            with new_folder(final, force=True) as folder:
                inputs = dict(make(folder))
                Manifest(MANIFEST_KIND, {"kind": kind, **shaped_by}, inputs).write(folder)
            _remove_outdated(root, shaped_by["graph"])
    return final


def _remove_outdated(root: Path, graph: str) -> None:
    """Remove indexes of another state of the graph or format, and what was never finished."""
    for folder in root.iterdir():
        if folder.is_dir() and _shown_by(folder) != (graph, _FORMAT):
            shutil.rmtree(folder, ignore_errors=True)


def _shown_by(folder: Path) -> tuple[str, int] | None:
    """The state of the graph that an index shows, and its format; None for what is none."""
    try:
        settings = read_manifest(folder, MANIFEST_KIND, "citemesh mine").settings
    except InputError:
        return None
    return settings["graph"], settings["format"]


def require(package: str, what: str) -> None:
    """Refuse what needs a package that is not installed, before any work is done.

    Args:
        package: as it is imported.
        what: needs it.

    Raises:
        MissingDependencyError: naming the extra that brings it.
    """
    if find_spec(package) is None:
        raise MissingDependencyError(
            f"{what} needs the package {package!r}, which is not installed.",
            "Install the extra text: pip install 'citemesh[text]'",
        )
