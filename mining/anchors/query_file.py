"""A user's own queries with their known positives, read from a file or folder.

Three forms, told apart by `open_query_file`: a BEIR folder, a TSV file, a JSON lines file. All are
streamed, and may be read several times; every fault is refused with file and line.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from citemesh.errors import InputError
from citemesh.graph.pubmed.ids import parse_pmid


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, for messages.

    Args:
        path: the file.
        line: from 1.
    """

    path: Path
    line: int

    def fault(self, what: str, hint: str = "") -> InputError:
        """The error that names the line."""
        return InputError(f"{self.path}, line {self.line}: {what}", hint)


class QueryFile(Protocol):
    """Queries with known positives."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are read."""

    @property
    def repeats(self) -> bool:
        """Whether a query may stand on several lines."""

    def queries(self) -> Iterator[tuple[Place, str, str]]:
        """Place, id and text of each query, in the order of the file."""

    def positives(self) -> Iterator[tuple[Place, str, int]]:
        """Place, query id and PMID of each known positive."""


def lines(path: Path) -> Iterator[tuple[Place, str]]:
    """The lines of a UTF-8 file, plain or gzip, without those that are empty.

    Raises:
        InputError: with the line, for what is not UTF-8; for a damaged gzip file.
    """
    place = Place(path, 0)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                place = Place(path, number)
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if text.strip():
                    yield place, text
    except UnicodeDecodeError as error:
        raise place.fault(f"not UTF-8: {error.reason}.") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise place.fault(f"the gzip file is damaged after this line: {error}.") from error


def json_rows(path: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The objects of a JSON lines file.

    Raises:
        InputError: with the line, for anything else.
    """
    for place, line in lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise place.fault(f"not JSON: {error}.") from error
        if not isinstance(row, dict):
            raise place.fault("not a JSON object.")
        yield place, row


def checked_id(place: Place, query_id: object) -> str:
    """A query's id.

    Raises:
        InputError: for one that would break the columns of TREC files.
    """
    text = str(query_id) if isinstance(query_id, str | int) else ""
    if isinstance(query_id, bool) or len(text.split()) != 1 or text != text.strip():
        raise place.fault(f"{query_id!r} cannot be the id of a query.", "It has no white space.")
    return text


def checked_text(place: Place, text: object) -> str:
    """A query's text on one line.

    Raises:
        InputError: when there is none, or it holds half a character (a lone surrogate of JSON).
    """
    if not isinstance(text, str) or not text.strip():
        raise place.fault("the query has no text.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise place.fault("the query's text holds half of a surrogate pair.")
    return " ".join(text.split())


def checked_pmid(place: Place, pmid: object) -> int:
    """A PMID.

    Raises:
        InputError: for anything else.
    """
    number = None if isinstance(pmid, bool) else parse_pmid(str(pmid))
    if number is None:
        raise place.fault(f"{str(pmid)[:40]!r} is no PMID.", "Positives are named by PMID.")
    return number
