"""Reading how a record is indexed: rows of the tables `headings` and `supplementary`."""

from __future__ import annotations

import re
from collections import Counter

from citemesh.graph.pubmed_walk import Attributes

#: ui, name, major, qualifiers, qualifier_major. Tuples of plain values cost the garbage collector
#: nothing; with lists in them it took a fifth of the whole parse.
HeadingRow = tuple[str, str, bool, tuple[str, ...], tuple[bool, ...]]
#: ui, name, type.
SupplementaryRow = tuple[str, str, str]
#: What chemicals are filed under; SupplMeshName/@Type names the other types.
CHEMICAL = "Chemical"
_is_descriptor = re.compile(r"D[0-9]{6,9}").fullmatch
_is_concept = re.compile(r"[CD][0-9]{6,9}").fullmatch


class HeadingReader:
    """Headings, supplementary concepts and chemicals of the record that is being read.

    Args:
        dropped: where what is left out is counted.
    """

    def __init__(self, dropped: Counter[str]) -> None:
        self._dropped = dropped
        self.clear()

    def clear(self) -> None:
        """Forget the record before."""
        self.headings: list[HeadingRow] = []
        self.supplementary: list[SupplementaryRow] = []
        self._ui = self._name = ""
        self._major = False
        self._qualifiers: list[str] = []
        self._qualifier_major: list[bool] = []

    def descriptor(self, attributes: Attributes, text: str) -> None:
        """DescriptorName, its UI and its own MajorTopicYN."""
        self._ui = attributes.get("UI", "")
        self._name = text.strip()
        if attributes.get("MajorTopicYN") == "Y":
            self._major = True

    def qualifier(self, attributes: Attributes, text: str) -> None:
        """QualifierName and its own MajorTopicYN."""
        major = attributes.get("MajorTopicYN") == "Y"
        self._major |= major
        self._qualifiers.append(text.strip())
        self._qualifier_major.append(major)

    def end_heading(self) -> None:
        """MeshHeading is whole: it is major if its descriptor *or any qualifier* says so.

        The descriptor's own flag is set for 29 % of the major headings of a 1979 file.
        """
        qualifiers: tuple[str, ...] = ()
        flags: tuple[bool, ...] = ()
        if self._qualifiers:
            qualifiers, flags = tuple(self._qualifiers), tuple(self._qualifier_major)
            self._qualifiers.clear()
            self._qualifier_major.clear()
        if _is_descriptor(self._ui):
            self.headings.append((self._ui, self._name, self._major, qualifiers, flags))
        else:
            self._dropped["heading without a descriptor UI"] += 1
        self._ui = ""
        self._major = False

    def supplementary_concept(self, attributes: Attributes, text: str) -> None:
        """SupplMeshName: its Type is Disease, Protocol, Organism and the like."""
        self._add_concept(attributes.get("UI", ""), text, attributes.get("Type", ""))

    def chemical(self, attributes: Attributes, text: str) -> None:
        """NameOfSubstance of a Chemical: a supplementary concept or a descriptor."""
        self._add_concept(attributes.get("UI", ""), text, CHEMICAL)

    def _add_concept(self, ui: str, text: str, kind: str) -> None:
        if _is_concept(ui):
            self.supplementary.append((ui, text.strip(), kind))
        else:
            self._dropped["supplementary concept or chemical without a UI"] += 1
