"""Runs and qrels as text files, in the formats of TREC and BEIR."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from citemesh.errors import InputError
from citemesh.outputs import write_text

#: query id → document id → grade
Qrels = dict[str, dict[str, int]]
#: query id → document id → score
Run = dict[str, dict[str, float]]


def write_run(path: Path, run: Mapping[str, Mapping[str, float]], system: str) -> None:
    """Write ``query Q0 document rank score system``, ranked as trec_eval ranks.

    Scores are written so that reading them back gives the same numbers.

    Raises:
        InputError: for an id or a system name that is empty or has white space in it.
    """
    _check_word(system)
    lines = []
    for query, documents in run.items():
        _check_word(query)
        ranked = sorted(documents.items(), key=lambda hit: (hit[1], hit[0]), reverse=True)
        for rank, (document, score) in enumerate(ranked, start=1):
            _check_word(document)
            lines.append(f"{query} Q0 {document} {rank} {score!r} {system}\n")
    write_text(path, "".join(lines))


def read_run(path: Path) -> Run:
    """Read a run; the ranks in it are ignored, as by trec_eval.

    Raises:
        InputError: with file and line, for a line of another shape or a document given twice.
    """
    run: Run = {}
    with open_text(path) as stream:
        for number, line in enumerate(stream, start=1):
            fields = line.split()
            if not fields:
                continue
            if len(fields) != 6 or (score := _score(fields[4])) is None:
                raise InputError(
                    f"{path}, line {number}: not a line of a TREC run.",
                    "A line is `query Q0 document rank score system`.",
                )
            documents = run.setdefault(fields[0], {})
            if fields[2] in documents:
                raise InputError(
                    f"{path}, line {number}: document {fields[2]!r} is there twice for query"
                    f" {fields[0]!r}."
                )
            documents[fields[2]] = score
    return run


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write ``query 0 document grade`` with tabs between, as trec_eval and ir_measures read it.

    Raises:
        InputError: for an id that is empty or has white space in it.
    """
    lines = []
    for query, documents in qrels.items():
        _check_word(query)
        for document, grade in documents.items():
            _check_word(document)
            lines.append(f"{query}\t0\t{document}\t{grade}\n")
    write_text(path, "".join(lines))


def read_qrels(path: Path) -> Qrels:
    """Read judgments: BEIR's three columns with or without header, or TREC's four.

    Raises:
        InputError: with file and line, for a line of another shape or a pair judged twice.
    """
    qrels: Qrels = {}
    with open_text(path) as stream:
        for number, line in enumerate(stream, start=1):
            fields = _fields(line)
            if not fields:
                continue
            if number == 1 and _is_header(fields):
                continue
            query, document, grade = _judgment(path, number, fields)
            grades = qrels.setdefault(query, {})
            if document in grades:
                raise InputError(
                    f"{path}, line {number}: query {query!r} and document {document!r} are judged"
                    " twice."
                )
            grades[document] = grade
    if not qrels:
        raise InputError(f"{path} judges no query.", "Without judgments nothing can be measured.")
    return qrels


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a plain or gzip text file; damage found while reading becomes an InputError."""
    try:
        with _opened(path) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path} is damaged or cut short: {error}.", "Copy or download it again."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}.") from error


def _opened(path: Path) -> TextIO:
    # utf-8-sig: some tools put a byte order mark first, which json refuses.
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _fields(line: str) -> list[str]:
    """The columns of a line; with tabs, so that an id with a space is not taken for two."""
    columns = line.split("\t") if "\t" in line else line.split(" ")
    return [column.strip() for column in columns if column.strip()]


def _is_header(fields: list[str]) -> bool:
    return not any(character.isdigit() for character in fields[-1])


def _is_grade(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _judgment(path: Path, number: int, fields: list[str]) -> tuple[str, str, int]:
    words = all(field.split() == [field] for field in fields)
    if len(fields) not in (3, 4) or not words or not _is_grade(fields[-1]):
        raise InputError(
            f"{path}, line {number}: not a judgment: {' '.join(fields)[:80]!r}.",
            "A line is `query-id document-id grade` or `query-id 0 document-id grade`: ids without"
            " white space, a whole number as grade.",
        )
    return fields[0], fields[-2], int(fields[-1])


def _check_word(text: str) -> None:
    if text.split() != [text]:
        raise InputError(
            f"{text!r} cannot stand in a TREC file.", "Names there have no white space."
        )


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if math.isfinite(score) else None
