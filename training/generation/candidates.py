"""Queries before they are kept or dropped, in a file that a killed run goes on with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_CHUNK_END = "chunk"


@dataclass(frozen=True)
class Candidate:
    """A query with the documents that answer it, as one line of JSON.

    The first three names are those of a JSON lines file that ``citemesh mine --anchors`` reads.

    Args:
        query_id: unique in a run.
        query: the text; of a dropped one as much as there is.
        positive_pmids: its own document; of a user's query all of its documents.
        type: as ``--type`` names it.
        source: the model that wrote it, ``PubMed``, or the user's file.
        dropped: why it is not kept; None for what passed so far.
    """

    query_id: str
    query: str
    positive_pmids: tuple[int, ...]
    type: str
    source: str
    dropped: str | None = None

    def as_row(self) -> dict[str, Any]:
        """What is written; the reason only where there is one."""
        row = asdict(self)
        if self.dropped is None:
            del row["dropped"]
        return row


def write_line(row: dict[str, Any]) -> str:
    """A row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False) + "\n"


class CandidateFile:
    """Candidates in chunks; a chunk counts when the line that ends it is there.

    Args:
        path: the file; what a kill cut short at its end is removed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        #: Chunks that are finished.
        self.chunks = 0
        whole = 0
        if path.exists():
            with path.open("rb") as stream:
                end = 0
                for line in stream:
                    end += len(line)
                    if line.endswith(b"\n") and _ends_chunk(json.loads(line)):
                        self.chunks, whole = self.chunks + 1, end
            os.truncate(path, whole)

    def append(self, candidates: Iterable[Candidate]) -> None:
        """Add a chunk; it is on the disk when this returns."""
        lines = [write_line(candidate.as_row()) for candidate in candidates]
        lines.append(write_line({_CHUNK_END: self.chunks}))
        with self._path.open("ab") as stream:
            stream.write("".join(lines).encode("utf-8", "replace"))
            stream.flush()
            os.fsync(stream.fileno())
        self.chunks += 1

    def read(self) -> Iterator[Candidate]:
        """All candidates, in the order in which they were added."""
        with self._path.open(encoding="utf-8") as stream:
            for line in stream:
                row = json.loads(line)
                if not _ends_chunk(row):
                    yield Candidate(**{**row, "positive_pmids": tuple(row["positive_pmids"])})


def _ends_chunk(row: dict[str, Any]) -> bool:
    return _CHUNK_END in row
