"""NLM's MeSH XML as a stream: descriptor and supplementary records, one in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from sys import intern
from typing import BinaryIO

from lxml import etree

from citemesh.errors import InputError
from citemesh.graph.mesh.descriptors import RawDescriptor
from citemesh.graph.mesh.place import AGAIN, BROKEN_OFF, Place
from citemesh.graph.mesh.tree import SupplementaryConcept
from citemesh.graph.mesh.year import YearClaim, is_year, year_in_dtd
from citemesh.graph.sources import open_source
from citemesh.progress import progress_bar

_CONCEPT_UI = re.compile(r"C\d{6,9}", re.ASCII)
_DESCRIPTOR_UI = re.compile(r"D\d{6,9}", re.ASCII)


class MeshXml:
    """One XML file of MeSH, plain or gzipped, and what it says about its year.

    Entities are not resolved and nothing is fetched (no DTD is needed to read a record).

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._active: int | None = None
        self._dtd: int | None = None

    @property
    def claims(self) -> list[YearClaim]:
        """The last year of all ActiveMeSHYearLists, which files up to about 2016 have."""
        source = f"ActiveMeSHYearList in {self.path}"
        return [YearClaim(self._active, source)] if self._active else []

    @property
    def hints(self) -> list[YearClaim]:
        """The year of the DTD that the file declares."""
        return [YearClaim(self._dtd, f"the DTD of {self.path}")] if self._dtd else []

    def descriptors(self) -> Iterator[RawDescriptor]:
        """Yield the descriptors of a DescriptorRecordSet in file order.

        Raises:
            InputError: with the line, for a truncated or malformed file.
        """
        for record in self._records("DescriptorRecordSet", "DescriptorRecord"):
            numbers = record.iterfind("TreeNumberList/TreeNumber")
            yield RawDescriptor(
                ui=self._text(record, "DescriptorUI"),
                name=self._text(record, "DescriptorName/String"),
                tree_numbers=[(self._own_text(number), _line(number)) for number in numbers],
                line=_line(record),
                descriptor_class=record.get("DescriptorClass", ""),
            )

    def concepts(self) -> Iterator[tuple[Place, SupplementaryConcept]]:
        """Yield the supplementary concepts of a SupplementalRecordSet with where they stand.

        Raises:
            InputError: with the line, for a truncated or malformed file, a malformed UI or class.
        """
        for record in self._records("SupplementalRecordSet", "SupplementalRecord"):
            place = Place(self.path, _line(record))
            ui = self._text(record, "SupplementalRecordUI")
            if not _CONCEPT_UI.fullmatch(ui):
                raise place.error(f"{ui[:40]!r} is no supplementary concept UI (such as C025735)")
            name = self._text(record, "SupplementalRecordName/String")
            if not name:
                raise place.error(f"supplementary concept {ui} has no name")
            scr_class = record.get("SCRClass", "1")  # 1 is the DTD's default
            if len(scr_class) != 1 or scr_class not in "123456":
                raise place.error(f"SCRClass {scr_class[:40]!r} is none of 1 to 6")
            yield place, SupplementaryConcept(ui, name, int(scr_class), self._mapped_to(record))

    def _mapped_to(self, record: etree._Element) -> tuple[tuple[str, bool], ...]:
        mapped: dict[str, bool] = {}
        for heading in record.iterfind("HeadingMappedToList/HeadingMappedTo"):
            marked = self._text(heading, "DescriptorReferredTo/DescriptorUI")
            ui = intern(marked.removeprefix("*"))
            if not _DESCRIPTOR_UI.fullmatch(ui):
                raise Place(self.path, _line(heading)).error(f"{marked[:40]!r} is no descriptor UI")
            # As in an article's headings: a starred qualifier makes the heading a major one.
            qualifier = self._text(heading, "QualifierReferredTo/QualifierUI")
            major = marked.startswith("*") or qualifier.startswith("*")
            mapped[ui] = mapped.get(ui, False) or major
        return tuple(mapped.items())

    def _records(self, root: str, tag: str) -> Iterator[etree._Element]:
        line = 1
        with (
            open_source(self.path, f"a MeSH XML file (root {root})") as stream,
            progress_bar(f"Reading {self.path.name}", unit="record", scale=True) as bar,
        ):
            try:
                for event, element in _parse(stream, root, tag):
                    line = _line(element)
                    if event == "start" and element.tag == root:
                        info = element.getroottree().docinfo
                        self._dtd = year_in_dtd(info.doctype)  # type: ignore[attr-defined]  # stubs
                    elif event == "end" and element.tag == tag:
                        self._note_years(element)
                        yield element
                        bar.update()
                        _forget(element)
            except etree.XMLSyntaxError as error:
                raise _malformed(error, Place(self.path, line)) from error
            except BROKEN_OFF as error:
                raise Place(self.path, line).broken_off(error) from error

    def _note_years(self, record: etree._Element) -> None:
        for element in record.iterfind("ActiveMeSHYearList/Year"):
            text = self._own_text(element)
            if not is_year(text):
                raise Place(self.path, _line(element)).error(f"{text[:40]!r} is no year")
            self._active = max(self._active or 0, int(text))

    def _text(self, element: etree._Element, path: str) -> str:
        found = element.find(path)
        return "" if found is None else self._own_text(found)

    def _own_text(self, element: etree._Element) -> str:
        if len(element):  # an entity or an element: half a name would be a wrong name
            message = f"{element.tag} holds more than text: entities and markup are not read"
            raise Place(self.path, _line(element)).error(message, AGAIN)
        return " ".join((element.text or "").split())


def _parse(stream: BinaryIO, root: str, tag: str) -> Iterator[tuple[str, etree._Element]]:
    events: Iterator[tuple[str, etree._Element]] = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=(root, tag),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    return events


def _malformed(error: etree.XMLSyntaxError, last: Place) -> InputError:
    # The log, not the error: for an undeclared entity the error itself has neither line nor cause.
    found = error.error_log.last_error  # type: ignore[attr-defined]  # the stubs lack it
    message = " ".join((found.message if found else error.msg).split())
    place = Place(last.path, (found.line if found else error.lineno) or last.line)
    return place.error(f"the XML is malformed or truncated ({message})")


def _line(element: etree._Element) -> int:
    line: int | None = element.sourceline  # type: ignore[assignment]  # the stubs do not say
    return line or 0


def _forget(element: etree._Element) -> None:
    """Free an element and what came before it, or the whole file would grow in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
