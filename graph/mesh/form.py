"""Which form of MeSH a file is, told from its first bytes, never from its name."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.mesh.ascii import NEW_RECORD
from citemesh.graph.mesh.place import BROKEN_OFF, Place
from citemesh.graph.mesh.table import HEADER
from citemesh.graph.sources import open_source

_HEAD_BYTES = 1 << 16
_FORMS = (
    "It should be NLM's desc*.xml (supp*.xml beside it), d*.bin (mtrees*.bin beside it), "
    f"or a table that begins with {HEADER}."
)
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_HTML_TYPE = re.compile(rb"<!doctype\s+html", re.IGNORECASE)
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]*)")


class MeshForm(Enum):
    """The forms that can be read, each with its name in messages."""

    TABLE = "a compact table"
    DESCRIPTOR_XML = "descriptor XML"
    SUPPLEMENTARY_XML = "supplementary XML"
    RECORDS = "ASCII descriptors (d*.bin)"
    TREES = "ASCII trees (mtrees*.bin)"


_ROOTS = {
    "DescriptorRecordSet": MeshForm.DESCRIPTOR_XML,
    "SupplementalRecordSet": MeshForm.SUPPLEMENTARY_XML,
}


def form_of(path: Path) -> MeshForm:
    """Tell the form of a file, plain or gzipped.

    Raises:
        InputError: for a missing, empty or truncated file, an HTML page, a zip archive, UTF-16
            text, another root element, and anything that is no form of MeSH.
    """
    with open_source(path, "a MeSH file") as stream:
        try:
            head = stream.read(_HEAD_BYTES)
        except BROKEN_OFF as error:
            raise Place(path, 1).broken_off(error) from error
    first = Place(path, 1)
    if head.startswith(_UTF16_MARKS) or b"\0" in head[:64]:
        raise first.error("the text is UTF-16 or binary, not UTF-8", _FORMS)
    if head.startswith(b"PK\x03\x04"):
        raise InputError(f"{path} is a zip archive.", "Unpack it and give the file inside.")
    head = head.removeprefix(_UTF8_MARK).lstrip()
    if head.startswith(b"<"):
        return _form_of_xml(head, first)
    line = head.partition(b"\n")[0].rstrip()
    if line.startswith(HEADER.encode()):
        return MeshForm.TABLE
    if line == NEW_RECORD.encode():
        return MeshForm.RECORDS
    if b";" in line and b"\t" not in line:
        return MeshForm.TREES
    found = line[:40].decode("utf-8", "backslashreplace")
    raise first.error(f"no form of MeSH begins with {found!r}", _FORMS)


def _form_of_xml(head: bytes, first: Place) -> MeshForm:
    element = _ELEMENT.search(_COMMENT.sub(b"", head))
    root = element[1].decode("ascii", "backslashreplace") if element else ""
    if root.lower() == "html" or _HTML_TYPE.match(head):
        raise InputError(
            f"{first.path} is an HTML page, not a MeSH file: a server answered with a message.",
            "Open it in a browser to see what it says, then download the file again.",
        )
    if root == "QualifierRecordSet":
        raise first.error("these are qualifiers, which have no headings' tree", _FORMS)
    if root not in _ROOTS:
        raise first.error(f"the root element is {root or 'missing'}, which is no MeSH file", _FORMS)
    return _ROOTS[root]
