"""What the report shows of an audit: rates by strategy, reasons, and the page for reviewing."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.compute as pc

from citemesh.errors import InputError
from citemesh.manifest import FILE_NAME, Manifest, file_sha256, read_manifest
from citemesh.mining.audit.page.page import FILE_NAME as PAGE_FILE
from citemesh.mining.audit.verdicts import CLEAN, MANIFEST_KIND, RATES_FILE, verdict_batches
from citemesh.workspace import Workspace

#: Reasons that are named.
REASONS = 3


@dataclass(frozen=True)
class ShownAudit:
    """An audit as the report shows it.

    Args:
        name: of the audit.
        manifest: of the audit.
        overall: verdicts on all negatives, as ``rates.json`` has them.
        strategies: the same of each strategy, with its name as ``group``.
        reasons: the most frequent reasons of negatives that are not clean, with their number.
        page: the review page, as a link from the report; None where none was written.
    """

    name: str
    manifest: Manifest
    overall: dict[str, Any]
    strategies: list[dict[str, Any]]
    reasons: list[tuple[str, int]]
    page: str | None


def read_audit(
    workspace: Workspace, mined: str, run: str, asked: str | None = None
) -> ShownAudit | None:
    """The audit of a mined set; None where there is none, or one of older negatives.

    Args:
        workspace: the workspace.
        mined: name of the mined set.
        run: name of the run in whose folder the report lies.
        asked: name of the audit, which must be there then; that of the mined set when None.

    Raises:
        InputError: when the audit that was asked for is not there, or is of other negatives.
    """
    name = asked or mined
    folder = workspace.audit(name)
    command = f"citemesh audit run {mined} --name {name}"
    if asked is None and not (folder / FILE_NAME).is_file():
        return None
    manifest = read_manifest(folder, MANIFEST_KIND, command)
    own = file_sha256(workspace.mined(mined) / FILE_NAME)
    if manifest.inputs.get(f"{mined}/{FILE_NAME}") != own:
        if asked is None:
            return None
        raise InputError(
            f"{folder} is no audit of the mined set {mined!r} as it is now.",
            f"Audit it anew: {command} --force",
        )
    rates = json.loads((folder / RATES_FILE).read_text("utf-8"))
    return ShownAudit(
        name, manifest, rates["overall"], rates["by"]["strategy"], _reasons(folder),
        _link(folder / PAGE_FILE, workspace.run(run)),
    )  # fmt: skip


def _reasons(folder: Path) -> list[tuple[str, int]]:
    """Counted some rows at a time; on clean negatives reasons say little."""
    counts: Counter[str] = Counter()
    for batch in verdict_batches(folder, ["verdict", "reasons"]):
        doubted = batch.filter(pc.not_equal(batch["verdict"], CLEAN))
        counts.update(value for value in doubted["reasons"].flatten().to_pylist())
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:REASONS]


def _link(page: Path, report_folder: Path) -> str | None:
    """Relative, so that a workspace can be moved or copied with its links."""
    return quote(Path(os.path.relpath(page, report_folder)).as_posix()) if page.is_file() else None
