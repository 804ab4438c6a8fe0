"""NLM's ASCII MeSH: the records of dYYYY.bin, and mtreesYYYY.bin held against them.

A record is a line ``*NEWRECORD`` and lines ``ELEMENT = value`` (NLM, "ASCII MeSH Documentation and
Availability" and "ASCII MeSH. Descriptor Data Elements"): RECTYPE record type, MH heading, MN tree
number, DC descriptor class, UI. The text is UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from citemesh.graph.mesh.descriptors import DescriptorSet, RawDescriptor
from citemesh.graph.mesh.place import Place, text_lines
from citemesh.graph.sources import open_source

#: The line before each record.
NEW_RECORD = "*NEWRECORD"
_RECORD_TYPES = {"Q": "a qualifier", "C": "a supplementary concept"}
_ONCE = ("RECTYPE", "MH", "DC", "UI")


def read_ascii(path: Path) -> Iterator[RawDescriptor]:
    """Yield the descriptors of a dYYYY.bin file, plain or gzipped, in file order.

    Raises:
        InputError: with the line, for a record of another type, one without heading or UI, an
            element twice that stands once, text that is not UTF-8, a truncated file.
    """
    with open_source(path, "an ASCII MeSH file of descriptors (d*.bin)") as stream:
        record: _Record | None = None
        for number, line in text_lines(stream, path):
            if line.strip() == NEW_RECORD:
                if record is not None:
                    yield record.descriptor()
                record = _Record(Place(path, number))
            elif record is not None:
                record.add(line, Place(path, number))
        if record is not None:
            yield record.descriptor()


class _Record:
    """The elements of one record that are kept."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._values: dict[str, str] = {}
        self._tree_numbers: list[tuple[str, int]] = []

    def add(self, line: str, place: Place) -> None:
        element, _, value = line.partition("=")
        element, value = element.strip(), value.strip()
        if element == "MN":
            self._tree_numbers.append((value, place.line))
        elif element in _ONCE:
            if element in self._values:
                raise place.error(f"the record of line {self._place.line} has two {element}")
            self._values[element] = value

    def descriptor(self) -> RawDescriptor:
        kind = self._needed("RECTYPE")
        if kind != "D":
            found = _RECORD_TYPES.get(kind, "another kind")
            raise self._place.error(
                f"this is {found} of record (RECTYPE = {kind[:40]}), not a descriptor",
                "Give NLM's file of descriptors: d*.bin.",
            )
        return RawDescriptor(
            ui=self._needed("UI"),
            name=self._needed("MH"),
            tree_numbers=self._tree_numbers,
            line=self._place.line,
            descriptor_class=self._values.get("DC", ""),
        )

    def _needed(self, element: str) -> str:
        if not self._values.get(element):
            raise self._place.error(f"the record has no {element}: it is truncated or no MeSH")
        return self._values[element]


def check_trees(path: Path, known: DescriptorSet) -> None:
    """Hold an mtreesYYYY.bin file (lines ``Heading;tree number``) against the descriptors.

    Raises:
        InputError: with the line, for whatever one of the two has and the other has not, a tree
            number that is there twice, text that is not UTF-8, a truncated file.
    """
    seen: set[str] = set()
    with open_source(path, "a MeSH trees file (mtrees*.bin)") as stream:
        for line_number, line in text_lines(stream, path, ended=False):
            if line.strip():
                number = _check_line(line, Place(path, line_number), known)
                if number in seen:
                    raise Place(path, line_number).error(f"tree number {number} is there twice")
                seen.add(number)
    for number in known.owner:
        if number not in seen:
            message = f"tree number {number} is not in {path}"
            raise known.place(number).error(message, "Give two whole files of the same year.")


def _check_line(line: str, place: Place, known: DescriptorSet) -> str:
    name, semicolon, number = line.rpartition(";")
    name, number = " ".join(name.split()), number.strip()
    if not semicolon or not name:
        raise place.error(f"a heading, a semicolon and a tree number were expected: {line[:40]!r}")
    owner = known.owner.get(number)
    if owner is None:
        message = f"tree number {number[:60]!r} of {name[:60]!r} is not in {known.path}"
        raise place.error(message, "Give two whole files of the same year.")
    if known.descriptors[owner].name != name:
        raise place.error(
            f"tree number {number} belongs to {name[:60]!r} here, but to "
            f"{known.descriptors[owner].name!r} in {known.path}",
            "Give two whole files of the same year.",
        )
    return number
