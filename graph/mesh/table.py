"""The compact MeSH table: UI, name and tree numbers of one year's descriptors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from citemesh.graph.mesh.descriptors import RawDescriptor
from citemesh.graph.mesh.place import Place, text_lines
from citemesh.graph.mesh.year import YearClaim, is_year
from citemesh.graph.sources import open_source

#: First field of the first line; the second is the MeSH year.
HEADER = "#citemesh-mesh-1"
_WHAT = "a MeSH table (descriptor UI, name, tree numbers joined by a bar)"


def read_table(path: Path, claims: list[YearClaim]) -> Iterator[RawDescriptor]:
    """Yield the descriptors of a table, plain or gzipped, and note the year that it gives.

    Raises:
        InputError: with the line, for another header, another number of columns, text that is not
            UTF-8, a truncated file.
    """
    with open_source(path, _WHAT) as stream:
        lines = text_lines(stream, path)
        number, header = next(lines, (1, ""))
        claims.append(_read_header(header, Place(path, number)))
        for number, line in lines:
            yield _read_line(line, Place(path, number))


def _read_header(line: str, place: Place) -> YearClaim:
    fields = line.split("\t")
    if fields[0] != HEADER or len(fields) < 2 or not is_year(fields[1]):
        raise place.error(
            f"the header {HEADER} with a year was expected, found {line[:40]!r}",
            f"It should be {_WHAT}.",
        )
    return YearClaim(int(fields[1]), f"the header of {place.path}")


def _read_line(line: str, place: Place) -> RawDescriptor:
    fields = line.split("\t")
    if len(fields) != 3:
        raise place.error(
            f"3 tab-separated columns were expected, found {len(fields)}", f"It should be {_WHAT}."
        )
    ui, name, numbers = fields
    tree_numbers = [(number, place.line) for number in numbers.split("|") if number]
    return RawDescriptor(ui, name, tree_numbers, place.line)
