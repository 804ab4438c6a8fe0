"""Tell the form of a file or folder with negatives that a user brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from citemesh.errors import InputError, SettingsError
from citemesh.manifest import FILE_NAME
from citemesh.mining.anchors.query_file import json_rows
from citemesh.mining.audit.inputs.beir_negatives import open_beir_negatives
from citemesh.mining.audit.inputs.export_rows import open_export_rows
from citemesh.mining.audit.inputs.triples import TripleForm, Triples
from citemesh.mining.audit.inputs.user_negatives import TripleLines, UserNegatives

_SUFFIXES = (".jsonl", ".json", ".ndjson")


def open_user_negatives(path: Path, qrels: Sequence[str] = ()) -> UserNegatives:
    """Open a file or folder; a fault inside is told when it is read.

    Args:
        path: JSON lines, a folder of them, an export of ours, a BEIR folder.
        qrels: names of the judgments of a BEIR folder.

    Raises:
        InputError: when it is in none of these forms.
        SettingsError: for `qrels` that it has not, or that are not chosen among several.
    """
    if path.is_dir() and (path / "qrels").is_dir():
        return open_beir_negatives(path, qrels)
    if qrels:
        raise SettingsError(f"{path} is no BEIR folder, which --qrels is for.", "Leave it out.")
    if path.is_file():
        return _json_lines((path,))
    if (rows := open_export_rows(path)) is not None:
        return rows
    folders = [folder for name in ("train", "dev") if (folder := path / name).is_dir()] or [path]
    shards = tuple(file for folder in folders for file in sorted(folder.iterdir()) if _holds(file))
    if not shards:
        raise InputError(
            f"{path} holds no negatives in a form that is known.",
            "Give JSON lines, a BEIR folder or an export of citemesh; docs/audit.md lists them.",
        )
    return _json_lines(shards)


def _holds(file: Path) -> bool:
    return file.name != FILE_NAME and file.name.removesuffix(".gz").endswith(_SUFFIXES)


def _json_lines(paths: tuple[Path, ...]) -> TripleLines:
    def lines() -> Iterator[Triples]:
        for path in paths:
            form: TripleForm | None = None
            for place, row in json_rows(path):
                form = form or TripleForm.of(place, row)
                yield form.read(place, row)

    return TripleLines(paths, lines)
