"""Reading how a record is indexed: rows of the tables `headings` and `supplementary`."""

from __future__ import annotations

import re
from collections import Counter

from citemesh.graph.pubmed.columns import Columns
from citemesh.graph.pubmed.walk import Attributes

#: What chemicals are filed under; SupplMeshName/@Type names the other types.
CHEMICAL = "Chemical"
_is_descriptor = re.compile(r"D[0-9]{6,9}").fullmatch
_is_concept = re.compile(r"[CD][0-9]{6,9}").fullmatch


class HeadingReader:
    """Headings, supplementary concepts and chemicals of the record that is being read.

    Args:
        headings: where headings go.
        supplementary: where supplementary concepts and chemicals go.
        dropped: where what is left out is counted.
    """

    def __init__(self, headings: Columns, supplementary: Columns, dropped: Counter[str]) -> None:
        self._add_ui = headings["ui"].append
        self._add_name = headings["name"].append
        self._add_major = headings["major"].append
        self._add_descriptor_major = headings["descriptor_major"].append
        self._add_qualifier_count = headings["qualifiers"].append
        self._add_flag_count = headings["qualifier_major"].append
        self._qualifiers = headings["qualifiers.item"]
        self._flags = headings["qualifier_major.item"]
        self._supplementary = supplementary
        self._dropped = dropped
        self.clear()

    def clear(self) -> None:
        """Forget the record before."""
        self._next_heading()

    def _next_heading(self) -> None:
        self._ui = self._name = ""
        self._descriptor_major = self._qualifier_major = False
        self._count = 0

    def descriptor(self, attributes: Attributes, text: str) -> None:
        """DescriptorName, its UI and its own MajorTopicYN."""
        self._ui = attributes.get("UI", "")
        self._name = text.strip()
        if attributes.get("MajorTopicYN") == "Y":
            self._descriptor_major = True

    def qualifier(self, attributes: Attributes, text: str) -> None:
        """QualifierName and its own MajorTopicYN."""
        major = attributes.get("MajorTopicYN") == "Y"
        if major:
            self._qualifier_major = True
        self._qualifiers.append(text.strip())
        self._flags.append(major)
        self._count += 1

    def end_heading(self) -> None:
        """MeshHeading is whole: it is major if its descriptor *or any qualifier* says so.

        The descriptor's own flag is set for 29 % of the major headings of a 1979 file.
        """
        if _is_descriptor(self._ui):
            self._add_ui(self._ui)
            self._add_name(self._name)
            self._add_major(self._descriptor_major or self._qualifier_major)
            self._add_descriptor_major(self._descriptor_major)
            self._add_qualifier_count(self._count)
            self._add_flag_count(self._count)
        else:
            del self._qualifiers[len(self._qualifiers) - self._count :]
            del self._flags[len(self._flags) - self._count :]
            self._dropped["heading without a descriptor UI"] += 1
        self._next_heading()

    def supplementary_concept(self, attributes: Attributes, text: str) -> None:
        """SupplMeshName: its Type is Disease, Protocol, Organism and the like."""
        self._add_concept(attributes.get("UI", ""), text, attributes.get("Type", ""))

    def chemical(self, attributes: Attributes, text: str) -> None:
        """NameOfSubstance of a Chemical: a supplementary concept or a descriptor."""
        self._add_concept(attributes.get("UI", ""), text, CHEMICAL)

    def _add_concept(self, ui: str, text: str, kind: str) -> None:
        if _is_concept(ui):
            self._supplementary["ui"].append(ui)
            self._supplementary["name"].append(text.strip())
            self._supplementary["type"].append(kind)
        else:
            self._dropped["supplementary concept or chemical without a UI"] += 1
