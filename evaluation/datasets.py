"""Evaluation tasks in BEIR layout: corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv, plain or gzip."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import InputError
from citemesh.evaluation.trec import Qrels, open_text, read_qrels
from citemesh.progress import progress_bar

_SCAN_ROWS = 100_000
_SHOWN = 3


@dataclass(frozen=True)
class Corpus:
    """The documents of a task: their ids in memory, their texts streamed from disk.

    Args:
        path: ``corpus.jsonl`` or ``corpus.jsonl.gz``.
        ids: (N,) UTF-8 bytes, in the file's order; a few bytes each, where 41 million Python
            strings would take 4 GB.
        order: (N,) rows in ascending order of id, which is how trec_eval breaks ties.
        sha256: of all texts in their order.
    """

    path: Path
    ids: NDArray[np.bytes_]
    order: NDArray[np.uint32]
    sha256: str

    def __len__(self) -> int:
        return len(self.ids)

    def texts(self) -> Iterator[str]:
        """The documents' texts as BEIR joins them (title, a space, text; stripped), in order."""
        for _, _, text in _documents(self.path):
            yield text

    def contains(self, ids: list[str]) -> NDArray[np.bool_]:
        """Which of some ids are documents, one answer per id."""
        wanted = np.array([name.encode() for name in ids], dtype=np.bytes_)
        places = np.searchsorted(self.ids, wanted, sorter=self.order)
        places = np.minimum(places, len(self.ids) - 1)
        found: NDArray[np.bool_] = self.ids[self.order[places]] == wanted
        return found


@dataclass(frozen=True)
class BeirTask:
    """One evaluation task.

    Args:
        name: the folder's name.
        folder: where it lies.
        queries: the judged queries, id to text, in the file's order.
        qrels: query id to document id to grade. A query with only grades of 0 or less stays in:
            trec_eval counts it as 0 in every measure, and so do we.
        corpus: the documents.
        qrels_path: the file of judgments.
        unjudged: how many queries of the file have no judgment and are left out.
    """

    name: str
    folder: Path
    queries: dict[str, str]
    qrels: Qrels
    corpus: Corpus
    qrels_path: Path
    unjudged: int = 0


def read_beir(folder: Path, split: str = "test") -> BeirTask:
    """Read a task and check that its parts belong together; the corpus is read once, not held.

    Args:
        folder: a folder in BEIR layout.
        split: the name of the file under ``qrels/``.

    Raises:
        InputError: with file and line, when a file is missing, damaged, or names what is not there.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", "Give a folder in BEIR layout with --on.")
    corpus_path = _find(folder, "corpus.jsonl")
    queries_path = _find(folder, "queries.jsonl")
    qrels_path = _find_qrels(folder, split)
    qrels = read_qrels(qrels_path)
    queries = _read_queries(queries_path)
    _check_known(qrels_path, "queries", [q for q in qrels if q not in queries], queries_path)
    corpus = _scan_corpus(corpus_path)
    judged = sorted({document for grades in qrels.values() for document in grades})
    there = corpus.contains(judged)
    missing = [name for name, known in zip(judged, there, strict=True) if not known]
    _check_known(qrels_path, "documents", missing, corpus_path)
    return BeirTask(
        name=folder.resolve().name,
        folder=folder,
        queries={name: text for name, text in queries.items() if name in qrels},
        qrels=qrels,
        corpus=corpus,
        qrels_path=qrels_path,
        unjudged=len(queries) - len(qrels),
    )


def _find(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    inside = sorted(path.parent.name for path in folder.glob(f"*/{name}*"))
    hint = f"It holds tasks; give one of them: {', '.join(inside)}." if inside else ""
    raise InputError(
        f"{folder} is not in BEIR layout: it has no {name} or {name}.gz.",
        hint or "BEIR layout is corpus.jsonl, queries.jsonl and qrels/test.tsv.",
    )


def _find_qrels(folder: Path, split: str) -> Path:
    path = folder / "qrels" / f"{split}.tsv"
    if not path.is_file():
        there = ", ".join(sorted(other.name for other in path.parent.glob("*.tsv"))) or "nothing"
        raise InputError(f"{folder} has no judgments qrels/{split}.tsv.", f"There is: {there}.")
    return path


def _check_known(path: Path, kind: str, missing: list[str], other: Path) -> None:
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
        raise InputError(
            f"{path} names {len(missing):,} {kind} that are not in {other.name}: {shown}.",
            "The files must belong together.",
        )


def _records(path: Path) -> Iterator[tuple[int, str, dict[str, object]]]:
    """Line number, id and fields of each record of a JSON lines file."""
    with open_text(path) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise InputError(f"{path}, line {number}: not JSON: {error}.") from error
            if not isinstance(record, dict):
                raise InputError(f"{path}, line {number}: not a JSON object.")
            yield number, _record_id(path, number, record), record


def _record_id(path: Path, number: int, record: dict[str, object]) -> str:
    name = record.get("_id")
    text = str(name) if isinstance(name, str | int) and not isinstance(name, bool) else ""
    # White space would break the columns of TREC files; numpy drops NULs at the end.
    if not text or len(text.split()) != 1 or text != text.strip() or "\0" in text:
        raise InputError(
            f"{path}, line {number}: {name!r} cannot be an id.",
            'Each line needs an "_id" without white space.',
        )
    return text


def _field(path: Path, number: int, record: dict[str, object], name: str, default: str) -> str:
    value = record.get(name)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise InputError(f'{path}, line {number}: "{name}" is not a text.')
    return value


def _documents(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line number, id and text of each document."""
    for number, name, record in _records(path):
        if record.get("text") is None and record.get("title") is None:
            raise InputError(f'{path}, line {number}: a document needs a "title" or a "text".')
        title = _field(path, number, record, "title", "")
        yield number, name, f"{title} {_field(path, number, record, 'text', '')}".strip()


def _read_queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for number, name, record in _records(path):
        if name in queries:
            raise InputError(f"{path}, line {number}: the id {name!r} is there twice.")
        if record.get("text") is None:
            raise InputError(f'{path}, line {number}: a query needs a "text".')
        queries[name] = _field(path, number, record, "text", "")
    return queries


def _scan_corpus(path: Path) -> Corpus:
    digest = hashlib.sha256()
    blocks: list[NDArray[np.bytes_]] = []
    ids: list[bytes] = []
    with progress_bar(f"Read {path.parent.name}", unit="document", scale=True) as bar:
        for _, name, text in _documents(path):
            encoded = text.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
            ids.append(name.encode())
            if len(ids) == _SCAN_ROWS:
                blocks.append(np.array(ids, dtype=np.bytes_))
                ids = []
            bar.update()
    if ids:
        blocks.append(np.array(ids, dtype=np.bytes_))
    if not blocks:
        raise InputError(f"{path} holds no document.")
    names = np.concatenate(blocks)
    order = np.argsort(names, kind="stable").astype(np.uint32)
    _check_unique(path, names, order)
    return Corpus(path, names, order, digest.hexdigest())


def _check_unique(path: Path, names: NDArray[np.bytes_], order: NDArray[np.uint32]) -> None:
    ordered = names[order]
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    if not len(twice):
        return
    row = int(order[twice + 1].min())
    # Rows and lines differ where the file has empty lines, so the line is looked up.
    number = next(line for at, (line, _, _) in enumerate(_documents(path)) if at == row)
    raise InputError(
        f"{path}, line {number}: the id {names[row].decode()!r} is there twice"
        f" ({len(twice):,} such lines)."
    )
