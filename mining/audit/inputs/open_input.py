"""What is audited: a mined set, or negatives that a user brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from citemesh.errors import InputError, SettingsError
from citemesh.mining.audit.inputs.items import AuditItems
from citemesh.mining.audit.inputs.mined_input import open_mined
from citemesh.mining.audit.inputs.user_files import open_user_negatives
from citemesh.mining.audit.inputs.user_input import read_user_input
from citemesh.mining.negatives import ANCHORS_FILE
from citemesh.workspace import Workspace

__all__ = ["AuditInput", "AuditItems", "open_audit_input"]


class AuditInput(Protocol):
    """Negatives with the queries that they are negatives of."""

    @property
    def name(self) -> str:
        """A name for the audit."""

    @property
    def inputs(self) -> Mapping[str, str]:
        """The files that are read, with their SHA-256, for a manifest."""

    @property
    def left_out(self) -> Mapping[str, int]:
        """What cannot be audited, reason to count."""

    def batches(self, size: int) -> Iterator[AuditItems]:
        """All negatives in the order of their anchors, about `size` at a time.

        An anchor's negatives are never parted, and anchors without any are left out. It may be
        called more than once.
        """


def open_audit_input(workspace: Workspace, given: str, qrels: Sequence[str] = ()) -> AuditInput:
    """Open what is to be audited; a user's file is read through, so that faults are told now.

    Args:
        workspace: where mined sets lie.
        given: the name of a mined set; else a path: JSON lines, a BEIR folder, an export.
        qrels: names of the judgments of a BEIR folder.

    Raises:
        InputError: when there is neither, and for a fault of a file, with its line.
        SettingsError: for `qrels` that it has not, or that are not chosen among several.
    """
    mined = _mined(workspace, given)
    path = Path(given)
    if mined is None and (path / ANCHORS_FILE).is_file():
        mined = path.resolve()
    if mined is not None:
        if qrels:
            raise SettingsError(f"{given} is a mined set; --qrels is for BEIR folders.")
        return open_mined(mined)
    if not path.exists():
        raise InputError(
            f"{given!r} is neither a mined set of {workspace.root} nor a file or folder.",
            f"Mined sets are: {_mined_names(workspace)}.",
        )
    return read_user_input(path, open_user_negatives(path, qrels))


def _mined(workspace: Workspace, given: str) -> Path | None:
    try:
        folder = workspace.mined(given)
    except InputError:  # a path, not a name
        return None
    return folder if folder.is_dir() else None


def _mined_names(workspace: Workspace) -> str:
    folder = workspace.root / "mined"
    names = [p.name for p in sorted(folder.glob("*")) if (p / ANCHORS_FILE).is_file()]
    return ", ".join(names) or "none; make one with `citemesh mine`"
