"""Take labels and verdicts back into a mined set: drop, keep or promote its negatives."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from citemesh.errors import InputError, SettingsError
from citemesh.manifest import read_manifest
from citemesh.mining.audit.labels.applied import (
    CONFLICTS_FILE,
    Applied,
    applied_manifest,
    write_conflicts,
)
from citemesh.mining.audit.labels.applied_drops import AppliedDrops
from citemesh.mining.audit.labels.applied_tables import AppliedTables
from citemesh.mining.audit.labels.decisions import ApplySettings, decisions
from citemesh.mining.audit.labels.label_files import Labels, read_labels
from citemesh.mining.audit.labels.verdict_rows import VerdictRows
from citemesh.mining.audit.verdicts import MANIFEST_KIND as AUDIT_KIND
from citemesh.mining.audit.verdicts import VERDICTS_FILE
from citemesh.mining.negatives import (
    DROPS_FILE,
    MANIFEST_KIND,
    NEGATIVE_SCHEMA,
    NEGATIVES_FILE,
    MinedWriter,
)
from citemesh.outputs import check_free, new_folder
from citemesh.workspace import Workspace

_NO_LABELS = Labels({})


def apply_labels(
    workspace: Workspace,
    mined: str,
    label_files: Sequence[Path],
    settings: ApplySettings,
    name: str,
    force: bool = False,
) -> Applied:
    """Write a mined set without the negatives that people, or verdicts when asked, object to.

    Rows stay as they were mined, in their order and with their ranks.

    Args:
        workspace: the workspace.
        mined: the mined set.
        label_files: JSON lines as the review page downloads them.
        settings: what is done with labels and verdicts.
        name: of the new mined set.
        force: replace one of that name.

    Raises:
        OutputExistsError, InputError, SettingsError: before anything stands under its name.
    """
    if name == mined:
        raise SettingsError(f"{name!r} is the mined set itself.", "Give another name with --name.")
    if not label_files and not settings.drop_verdicts:
        raise SettingsError("There is nothing to apply.", "Give label files, or --drop-verdict.")
    final, source = workspace.mined(name), workspace.mined(mined)
    check_free(final, force=force)
    manifest = read_manifest(source, MANIFEST_KIND, f"citemesh mine --name {mined} --strategy …")
    _check_columns(source)
    labels = read_labels(label_files) if label_files else _NO_LABELS
    audit = _audit_folder(workspace, settings.audit or mined) if settings.drop_verdicts else None
    applied = Applied(labels)
    with new_folder(final, force=force) as folder:
        made = decisions(labels, settings)
        tables = AppliedTables(source, made, settings.drop_verdicts, applied)
        with MinedWriter(folder) as writer:
            tables.write_negatives(writer, VerdictRows(audit, source) if audit else None)
            _check_matched(applied, mined)
            tables.write_anchors(writer)
        drops = _drop_report(source, applied)
        (folder / DROPS_FILE).write_text(json.dumps(drops, indent=2) + "\n", encoding="utf-8")
        write_conflicts(folder / CONFLICTS_FILE, applied, made)
        files = [*label_files, *([audit / VERDICTS_FILE] if audit else [])]
        found = applied_manifest(manifest, source, files, settings, applied, drops)
        found.write(folder)
    return applied


def _audit_folder(workspace: Workspace, name: str) -> Path:
    folder = workspace.audit(name)
    read_manifest(folder, AUDIT_KIND, f"citemesh audit run … --name {name}")
    return folder


def _check_columns(source: Path) -> None:
    if pq.read_schema(source / NEGATIVES_FILE).names != NEGATIVE_SCHEMA.names:
        raise InputError(
            f"{source} was mined by another version of CiteMesh: its table has other columns.",
            f"Mine again: citemesh mine --name {source.name} --strategy … --force",
        )


def _drop_report(source: Path, applied: Applied) -> dict[str, Any]:
    """``drops.json``, in the order of the strategies."""
    mined = json.loads((source / DROPS_FILE).read_text("utf-8"))
    drops = applied.drops
    return {name: drops.get(name, AppliedDrops()).as_json(own) for name, own in mined.items()}


def _check_matched(applied: Applied, mined: str) -> None:
    if applied.labels.by_pair and not applied.matched:
        audits = ", ".join(name or "unknown" for name in applied.labels.audits)
        raise InputError(
            f"None of the {len(applied.labels.by_pair):,} labelled pairs is a negative of "
            f"{mined!r}; they were labelled in the audit {audits}.",
            "Give the mined set that was audited.",
        )
